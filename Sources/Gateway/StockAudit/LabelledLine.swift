/// A line that names its parts: `卡号:x 密码:y`, `账号：x--密码：y`.
///
/// Each part begins with a name of ``StockColumnNames`` and a colon, half or full width, at the
/// beginning of the line or behind a space, a dash, a comma, a semicolon or a bar, and ends before
/// the next such name.
struct LabelledLine {
    private typealias Field = RecordSplitter.Field

    /// The longest name is looked for in this many bytes before a colon.
    private static let nameBytes = 48
    private static let fullWidthColon: [UInt8] = [0xef, 0xbc, 0x9a]

    private let text: UnsafeBufferPointer<UInt8>

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    /// Whether the colon at `index` belongs to the scheme of a link, `https://…`.
    static func isLink(_ text: UnsafeBufferPointer<UInt8>, colonAt index: Int) -> Bool {
        index + 2 < text.count && text[index + 1] == 0x2f && text[index + 2] == 0x2f
    }

    private struct Label {
        let column: StockColumnNames.Column
        let start: Int
        /// The first byte of the value.
        let valueStart: Int
    }

    func split(into fields: inout RecordSplitter.Fields) -> RecordSplitter.Outcome {
        let labels = self.labels
        guard labels.contains(where: { $0.column == .key }) else {
            return .malformed(Malformation(.labelMissing))
        }
        fields = RecordSplitter.Fields()
        for (index, label) in labels.enumerated() {
            let end = index + 1 < labels.count ? labels[index + 1].start : text.count
            let value = trimmedValue(label.valueStart..<max(label.valueStart, end))
            switch label.column {
            case .serial: fields.serial = value
            case .key: fields.key = value
            case .expiresOn: fields.expiresOn = value
            case .supplier: fields.supplier = value
            case .batch: fields.batch = value
            case .faceValue: fields.faceValue = value
            }
        }
        return .divided
    }

    private var labels: [Label] {
        var labels: [Label] = []
        var index = 0
        while index < text.count {
            guard let width = colonWidth(at: index) else {
                index += 1
                continue
            }
            if !Self.isLink(text, colonAt: index), let label = label(endingAt: index, width) {
                labels.append(label)
            }
            index += width
        }
        return labels
    }

    private func colonWidth(at index: Int) -> Int? {
        if text[index] == 0x3a { return 1 }
        guard text[index] == 0xef, index + 2 < text.count else { return nil }
        return text[index..<index + 3].elementsEqual(Self.fullWidthColon) ? 3 : nil
    }

    /// The name right before the colon, if it is one.
    private func label(endingAt colon: Int, _ width: Int) -> Label? {
        var start = colon
        while start > 0, colon - start < Self.nameBytes, !Self.isBoundary(text[start - 1]) {
            start -= 1
        }
        let name = String(decoding: text[start..<colon], as: UTF8.self)
        guard let column = StockColumnNames.column(named: name) else { return nil }
        return Label(column: column, start: start, valueStart: colon + width)
    }

    private static func isBoundary(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x2d || byte == 0x2c || byte == 0x3b
            || byte == 0x7c
    }

    /// Without what divides it from the next name.
    private func trimmedValue(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, text[lower] == 0x20 || text[lower] == 0x09 { lower += 1 }
        while lower < upper, Self.isBoundary(text[upper - 1]) { upper -= 1 }
        return UnsafeBufferPointer(rebasing: text[lower..<upper])
    }
}
