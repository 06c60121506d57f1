import Glibc
import StatementKit

/// `cardproof-render workbook`: records in, one .xlsx file out, in one pass. Parts of a workbook
/// stand in any order, so what names the sheets comes last.
struct WorkbookComposer {
    /// Sheets of one workbook, continued ones included.
    static let mostSheets = 1_024
    /// A part of a container that is not ZIP64, and with it a sheet, stays below 4 GiB.
    static let mostSheetBytes = 2 << 30

    private var package: WorkbookPackage
    private var sheets: [(name: String, leads: Bool)] = []
    private var sheet: SheetText?
    private var description: WorkbookSheet?
    /// How many sheets the one in the making is already continued over.
    private var continuations = 0

    static func run(from input: Int32, to output: Int32) throws(RenderFailure) {
        var composer = WorkbookComposer(package: try WorkbookPackage(descriptor: output))
        var number = 0
        var lines = RecordLines(descriptor: input)
        while let line = try lines.next() {
            number += 1
            let record: WorkbookRecord
            do throws(StatementFault) {
                record = try WorkbookRecord(json: line)
            } catch {
                throw .input("record \(number): \(error.description)")
            }
            try composer.add(record, number: number)
        }
        try composer.finish()
    }

    private init(package: WorkbookPackage) { self.package = package }

    private mutating func add(_ record: WorkbookRecord, number: Int) throws(RenderFailure) {
        switch record {
        case .sheet(let description):
            try endSheet()
            self.description = description
            continuations = 0
            try startSheet()
        case .row(let cells):
            guard var sheet else { throw .input("record \(number): a row before any sheet") }
            guard cells.count <= description?.columns.count ?? 0 else {
                throw .input("record \(number): more cells than the sheet has columns")
            }
            if sheet.isFull {
                try endSheet()
                continuations += 1
                try startSheet()
                guard let next = self.sheet else { return }
                sheet = next
            }
            self.sheet = nil
            sheet.append(cells)
            try flush(&sheet, atLeast: SheetText.pieceBytes)
            self.sheet = sheet
        }
    }

    private mutating func startSheet() throws(RenderFailure) {
        guard let description else { return }
        guard sheets.count < Self.mostSheets else {
            throw .input("more than \(Self.mostSheets) sheets")
        }
        let name =
            continuations == 0
            ? description.name : "\(description.name) \(continuations + 1)"
        guard !sheets.contains(where: { $0.name.lowercased() == name.lowercased() }) else {
            throw .input("two sheets are called \(name)")
        }
        sheets.append((name, description.leads))
        try package.startPart("xl/worksheets/sheet\(sheets.count).xml")
        var sheet = SheetText(description.columns, isSelected: description.leads)
        try flush(&sheet, atLeast: 0)
        self.sheet = sheet
    }

    private mutating func endSheet() throws(RenderFailure) {
        guard var sheet else { return }
        sheet.end()
        try flush(&sheet, atLeast: 0)
        self.sheet = nil
    }

    private func flush(_ sheet: inout SheetText, atLeast count: Int) throws(RenderFailure) {
        guard sheet.piece.count >= count, !sheet.piece.isEmpty else { return }
        try package.write(sheet.piece)
        sheet.drain()
    }

    private mutating func finish() throws(RenderFailure) {
        try endSheet()
        guard !sheets.isEmpty else { throw .input("there is no sheet") }
        for (path, text) in WorkbookParts(sheets).all {
            try package.startPart(path)
            try package.write(Array(text.utf8))
        }
        try package.finish()
    }
}

/// Lines of a stream.
private struct RecordLines {
    private static let readBytes = 64 << 10

    let descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// The next line without its end; nil behind the last.
    mutating func next() throws(RenderFailure) -> ArraySlice<UInt8>? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return buffer[start..<end]
            }
            searched = buffer.count
            if isAtEnd {
                defer { start = buffer.count }
                return start < buffer.count ? buffer[start...] : nil
            }
            guard buffer.count - start <= WorkbookRecord.mostBytes else {
                throw .input("a record of more than \(WorkbookRecord.mostBytes) bytes")
            }
            buffer.removeFirst(start)
            searched -= start
            start = 0
            try refill()
        }
    }

    private mutating func refill() throws(RenderFailure) {
        var piece = [UInt8](repeating: 0, count: Self.readBytes)
        var count = -1
        repeat { count = read(descriptor, &piece, piece.count) } while count < 0 && errno == EINTR
        guard count >= 0 else {
            throw .input("standard input cannot be read: \(StandardStreams.reason)")
        }
        isAtEnd = count == 0
        buffer += piece[..<count]
    }
}
