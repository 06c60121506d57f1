import Glibc

/// Rows as lines of CSV (RFC 4180, with LF): line n is row n of the sheet, so that a defect's line
/// is where a person finds it. Rows without text before the first or between two become empty
/// lines; those behind the last are left out.
///
/// A sheet of a single column holds lines of text, such as `serial----key`; they are written as
/// they stand, without quotes.
struct RowWriter {
    private static let pieceBytes = 256 << 10

    /// Whether text may stand in the first column alone; a cell in another ends it.
    var isSingleColumn = false
    private(set) var hasRows = false
    private let descriptor: Int32
    private var output: [UInt8] = []
    /// Lines ended so far.
    private var lines = 0
    private var cells: [UInt8] = []
    private var firstCell: [UInt8] = []
    private var column = 0

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Adds a cell to the row in the making, right of those before.
    mutating func add(_ text: some Collection<UInt8>, column: Int) {
        guard !text.isEmpty else { return }
        if column > 1 { isSingleColumn = false } else { firstCell += text }
        cells.append(
            contentsOf: repeatElement(UInt8(ascii: ","), count: column - max(1, self.column)))
        self.column = column
        let isPlain = text.allSatisfy { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\"") }
        if isPlain {
            cells += text
        } else {
            cells.append(UInt8(ascii: "\""))
            for byte in text {
                if byte == UInt8(ascii: "\"") { cells.append(byte) }
                cells.append(byte)
            }
            cells.append(UInt8(ascii: "\""))
        }
    }

    /// Ends the row, which is row number `row`, from 1.
    mutating func endRow(_ row: Int) throws(RenderFailure) {
        guard !cells.isEmpty else { return }
        hasRows = true
        for _ in lines..<(row - 1) { try append(UInt8(ascii: "\n")) }
        output += isSingleColumn ? firstCell : cells
        output.append(UInt8(ascii: "\n"))
        lines = row
        cells.removeAll(keepingCapacity: true)
        firstCell.removeAll(keepingCapacity: true)
        column = 0
        if output.count >= Self.pieceBytes { try flush() }
    }

    mutating func flush() throws(RenderFailure) {
        guard StandardStreams.write(output, to: descriptor) else {
            throw .library("standard output cannot be written: \(StandardStreams.reason)")
        }
        output.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ byte: UInt8) throws(RenderFailure) {
        output.append(byte)
        if output.count >= Self.pieceBytes { try flush() }
    }
}

/// Texts of cells as they stand on one line.
enum CellText {
    /// Line breaks become a space, and `_x000D_` the symbol it stands for (ECMA-376-1, 22.9.2.19).
    static func onOneLine(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(text.count)
        var index = 0
        var isBehindReturn = false
        while index < text.count {
            let escaped = escape(in: text, at: index)
            index += escaped == nil ? 1 : escapeBytes
            let symbol = escaped ?? Unicode.Scalar(text[index - 1])
            switch symbol {
            case "\r", "\n":
                if symbol == "\r" || !isBehindReturn { line.append(UInt8(ascii: " ")) }
            default:
                if escaped == nil {
                    line.append(text[index - 1])
                } else {
                    line.append(contentsOf: UTF8.encode(symbol) ?? UTF8.encodedReplacementCharacter)
                }
            }
            isBehindReturn = symbol == "\r"
        }
        return line
    }

    /// Bytes of `_x000D_`.
    private static let escapeBytes = 7

    /// The symbol that `_xHHHH_` at `index` stands for.
    private static func escape(
        in text: UnsafeBufferPointer<UInt8>,
        at index: Int
    ) -> Unicode.Scalar? {
        guard text[index] == UInt8(ascii: "_"), index + escapeBytes <= text.count,
            text[index + 1] == UInt8(ascii: "x"), text[index + 6] == UInt8(ascii: "_")
        else { return nil }
        let digits = String(decoding: text[(index + 2)..<(index + 6)], as: UTF8.self)
        guard digits.allSatisfy(\.isHexDigit) else { return nil }
        return UInt16(digits, radix: 16).flatMap { Unicode.Scalar($0) }
    }
}
