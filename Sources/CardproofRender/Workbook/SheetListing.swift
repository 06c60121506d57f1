import StatementKit
import WireFormat

/// `cardproof-render sheets` and `sheet NUMBER`.
enum SheetListing {
    static func write(from input: Int32, to output: Int32) throws(RenderFailure) {
        let workbook = try Workbook(descriptor: input)
        var lines: [UInt8] = []
        for (index, sheet) in workbook.sheets.enumerated() {
            let entry = SheetEntry(
                number: index + 1,
                name: sheet.name,
                content: try workbook.content(of: sheet)
            )
            lines += entry.jsonValue.serialized() + [UInt8(ascii: "\n")]
        }
        guard StandardStreams.write(lines, to: output) else {
            throw .library("standard output cannot be written: \(StandardStreams.reason)")
        }
    }
}

extension Workbook {
    func content(of sheet: Sheet) throws(RenderFailure) -> SheetEntry.Content {
        guard let part = sheet.part else { return .other }
        guard !sheet.isHidden else { return .hidden }
        let probe = SheetProbe(sheet.name)
        guard try archive.parse(part, into: probe) else {
            throw .input("is damaged: it has no part \(part)")
        }
        return probe.hasText ? .rows : .empty
    }

    /// Writes sheet number `number`, from 1, as CSV.
    func writeSheet(_ number: Int, to output: Int32) throws(RenderFailure) {
        guard (1...sheets.count).contains(number), let part = sheets[number - 1].part else {
            throw .input("has no sheet \(number) with rows")
        }
        let reader = SheetReader(
            sheets[number - 1].name,
            strings: try sharedStrings(),
            formats: try formats(),
            dates: dates,
            rows: RowWriter(descriptor: output)
        )
        do throws(RenderFailure) {
            guard try archive.parse(part, into: reader) else {
                throw .input("is damaged: it has no part \(part)")
            }
        } catch {
            // What was read before the fault is told first.
            try reader.breakOff()
            throw error
        }
        try reader.finish()
    }
}

/// Looks for the first cell with text.
private final class SheetProbe: XMLPartHandler {
    let place: String
    private(set) var hasText = false
    private var isInsideCell = false

    init(_ name: String) { place = "sheet \(name)" }

    var hasEnough: Bool { hasText }

    func start(_ name: XMLName, _ attributes: XMLAttributes) throws(RenderFailure) {
        if name == "c" { isInsideCell = true }
        // A formula without a value shows nothing.
        if isInsideCell, name == "v" || name == "is" { hasText = true }
    }

    func end(_ name: XMLName) throws(RenderFailure) {
        if name == "c" { isInsideCell = false }
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws(RenderFailure) {}
}
