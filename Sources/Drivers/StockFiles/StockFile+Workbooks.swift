import Gateway
public import StatementKit

/// What reading workbooks takes.
public struct WorkbookReading: Sendable {
    /// Where the program `cardproof-render` is; nil when it is not installed.
    public let program: String?
    /// Where a workbook goes that comes through a pipe, into a file without a name.
    public let folder: String

    public init(program: String?, folder: String) {
        self.program = program
        self.folder = folder
    }
}

/// What stands at one path: a file of text, or the sheets of a workbook.
public struct StockFileSet: Sendable {
    /// In the order of the tabs.
    public let files: [StockFile]
    /// Sheets that are not read: hidden, empty, or without rows.
    public let unread: [SheetEntry]
}

extension StockFile {
    /// Opens `path` and reads the beginning of what stands there; `-` is standard input. Whether
    /// it is a workbook is told by its first bytes, not by its name.
    ///
    /// - Throws: ``StockFileError`` when it cannot be read, or when no sheet has text;
    ///   `StockReadingError.utf16WithoutMark`.
    public static func all(
        at path: String,
        workbooks reading: WorkbookReading
    ) throws -> StockFileSet {
        let source = try path == "-" ? FileSource(standardInput: path) : FileSource(path: path)
        let head = try source.collect(WorkbookFile.headBytes)
        guard WorkbookFile.isWorkbook(head) else {
            return StockFileSet(
                files: [try StockFile(source, head: head, path: path)],
                unread: []
            )
        }
        let workbook = try WorkbookFile(source, head: head, path: path, reading: reading)
        let entries = try workbook.sheets()
        let files = try entries.filter { $0.content == .rows }.map { entry in
            try StockFile(StockSheet(workbook: workbook, entry: entry))
        }
        guard !files.isEmpty else {
            throw StockFileError(path: path, message: "no visible sheet of the workbook has text")
        }
        return StockFileSet(files: files, unread: entries.filter { $0.content != .rows })
    }
}

/// One sheet of a workbook.
struct StockSheet: Sendable {
    let workbook: WorkbookFile
    let entry: SheetEntry

    /// The sheet from its first row, as CSV: line n is row n.
    func open() throws -> any ByteSource {
        try workbook.open(["sheet", "\(entry.number)"])
    }
}
