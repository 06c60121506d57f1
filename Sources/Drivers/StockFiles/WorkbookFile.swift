import Gateway
import StatementKit
import WireFormat

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// An .xlsx workbook (Excel 工作簿). The gateway does not read it: `cardproof-render` does, in a
/// process of its own, and turns a sheet into CSV.
final class WorkbookFile: Sendable {
    /// Enough of a file to know what it is.
    static let headBytes = 8
    /// The largest workbook that is taken from a pipe; unpacked it has many times as much.
    static let mostPipedBytes = 1 << 30
    /// The listing of the most sheets a workbook may have.
    private static let mostListingBytes = 4 << 20
    /// ZIP archives, empty ones included.
    private static let zipMagic: [[UInt8]] = [
        [0x50, 0x4b, 0x03, 0x04], [0x50, 0x4b, 0x05, 0x06],
    ]
    /// Microsoft's compound files: old workbooks, and encrypted ones.
    private static let compoundFileMagic: [UInt8] = [
        0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1,
    ]

    let path: String
    private let program: String
    private let descriptor: Int32
    private let identity: FileIdentity

    static func isWorkbook(_ head: [UInt8]) -> Bool {
        head.starts(with: compoundFileMagic) || zipMagic.contains { head.starts(with: $0) }
    }

    /// - Parameter head: what was already read of `source`.
    /// - Throws: ``StockFileError``: an old or encrypted workbook, no program to read it, a pipe
    ///   that is too long.
    init(
        _ source: FileSource,
        head: [UInt8],
        path: String,
        reading: WorkbookReading
    ) throws {
        guard !head.starts(with: Self.compoundFileMagic) else {
            throw StockFileError(
                path: path,
                message: "is an old .xls or an encrypted workbook; save it as .xlsx without a "
                    + "password or as CSV"
            )
        }
        guard let program = reading.program else {
            throw StockFileError(
                path: path,
                message: "is a workbook, which \(ProgramRenderer.programName) reads; it is not "
                    + "installed beside cardproof. Install it, or save the sheet as CSV"
            )
        }
        self.path = path
        self.program = program
        let descriptor =
            source.isRegularFile
            ? source.detach()
            : try Self.copied(head, source, path: path, folder: reading.folder)
        guard let identity = FileIdentity(of: descriptor) else {
            let failure = StockFileError(path: path, doing: "cannot be examined")
            close(descriptor)
            throw failure
        }
        self.descriptor = descriptor
        self.identity = identity
    }

    deinit { close(descriptor) }

    /// The sheets in the order of their tabs.
    func sheets() throws -> [SheetEntry] {
        let listing = try open(["sheets"]).collect(Self.mostListingBytes)
        return try listing.split(separator: 0x0a).map { line in
            guard let value = try? JSONValue.parse(line), let entry = SheetEntry(json: value) else {
                throw StockFileError(
                    path: path,
                    message: "\(program) is of another version: it lists no sheets"
                )
            }
            return entry
        }
    }

    /// What the program writes when it is started with `arguments` and reads the workbook.
    func open(_ arguments: [String]) throws -> WorkbookSource {
        // Opened anew: two programs must not move each other's place in the file.
        let file = FileSource.opened("/proc/self/fd/\(descriptor)")
        guard file >= 0 else { throw StockFileError(path: path, doing: "cannot be opened") }
        defer { close(file) }
        return try WorkbookSource(
            RendererStream.Command(program: program, arguments: arguments, file: file),
            workbook: self
        )
    }

    /// - Throws: ``StockFileError`` when the file is not as it was when it was opened.
    func checkUnchanged() throws {
        guard FileIdentity(of: descriptor) == identity else {
            throw StockFileError(path: path, message: "changed while it was read; run again")
        }
    }

    /// Copies what comes through a pipe into a file that has no name and is gone with the process.
    private static func copied(
        _ head: [UInt8],
        _ source: FileSource,
        path: String,
        folder: String
    ) throws -> Int32 {
        let file = try TemporaryScratch.unnamedFile(in: folder)
        do {
            try copy(PrefixSource(head, then: source), to: file, path: path, folder: folder)
        } catch {
            close(file)
            throw error
        }
        return file
    }

    private static func copy(
        _ source: any ByteSource,
        to file: Int32,
        path: String,
        folder: String
    ) throws {
        var copied = 0
        while case let piece = try source.collect(1 << 20), !piece.isEmpty {
            copied += piece.count
            guard copied <= mostPipedBytes else {
                throw StockFileError(
                    path: path,
                    message: "a workbook of more than \(mostPipedBytes >> 20) MiB comes through "
                        + "the pipe; name it as a file"
                )
            }
            var rest = piece[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    throw StockFileError(path: folder, doing: "the workbook cannot be copied here")
                }
                rest = rest.dropFirst(count)
            }
        }
    }
}

/// What the program makes of a workbook, as it comes.
final class WorkbookSource: ByteSource {
    private let stream: RendererStream
    private let workbook: WorkbookFile
    private var isAtEnd = false

    init(_ command: RendererStream.Command, workbook: WorkbookFile) throws {
        self.workbook = workbook
        do {
            stream = try RendererStream(command)
        } catch {
            throw StockFileError(path: workbook.path, message: "cannot be read: \(error.message)")
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !isAtEnd, buffer.count > 0 else { return 0 }
        do {
            let count = try stream.read(into: buffer)
            if count > 0 { return count }
        } catch {
            isAtEnd = true
            try workbook.checkUnchanged()
            throw StockFileError(path: workbook.path, message: error.message)
        }
        isAtEnd = true
        try workbook.checkUnchanged()
        return 0
    }
}
