/// Divides one record into its fields as its grammar says, without copying: only cells with quotes
/// in them are rewritten, into a buffer of the splitter.
final class RecordSplitter {
    typealias Field = UnsafeBufferPointer<UInt8>

    /// The fields of a record, as written; those it does not have are empty.
    struct Fields {
        var serial = Field(start: nil, count: 0)
        var key = Field(start: nil, count: 0)
        var expiresOn = Field(start: nil, count: 0)
        var supplier = Field(start: nil, count: 0)
        var batch = Field(start: nil, count: 0)
        var faceValue = Field(start: nil, count: 0)
    }

    enum Outcome {
        case blank, divided
        case malformed(Malformation)
    }

    /// What the hot loop asks first.
    private enum Kind { case separated, bareKey, labelled, account, csv }

    let grammar: StockGrammar
    private let kind: Kind
    private let separator: UnsafeMutablePointer<UInt8>
    private let separatorCount: Int
    private let isTab: Bool
    private let cells: CellPlaces
    private let unquoted: UnsafeMutablePointer<UInt8>

    init(grammar: StockGrammar) {
        self.grammar = grammar
        var text: [UInt8] = [0]
        var columns = CSVColumns.headerless
        switch grammar {
        case .separated(let separator):
            kind = .separated
            text = Array(separator.utf8)
        case .bareKey: kind = .bareKey
        case .labelled: kind = .labelled
        case .account: kind = .account
        case .csv(let own):
            kind = .csv
            columns = own
        }
        separatorCount = text.count
        separator = .allocate(capacity: text.count)
        separator.initialize(from: text, count: text.count)
        isTab = text[0] == 0x09
        cells = CellPlaces(columns)
        unquoted = .allocate(capacity: StockAuditLimits.recordBytes)
    }

    deinit {
        separator.deallocate()
        unquoted.deallocate()
    }

    /// - Parameter fields: supplier, batch and face value are only written where the record has
    ///   them; the rest whenever it was divided.
    @inline(__always)
    func split(_ record: Field, into fields: inout Fields) -> Outcome {
        let text = Self.trimmed(record)
        guard let first = text.first else { return .blank }
        if first == 0x23 { return .malformed(Malformation(.commentLine)) }
        switch kind {
        // A tab at the end may be the separator before an empty key.
        case .separated: return splitSeparated(isTab ? record : text, into: &fields)
        case .csv: return splitCells(record, into: &fields)
        case .bareKey: return splitBare(text, into: &fields)
        case .labelled: return LabelledLine(text).split(into: &fields)
        case .account: return splitAccount(text, into: &fields)
        }
    }

    /// Without spaces and tabs around it; empty when there is nothing else.
    @inline(__always)
    static func trimmed(_ field: Field) -> Field {
        var lower = 0
        var upper = field.count
        while lower < upper, field[lower] == 0x20 || field[lower] == 0x09 { lower &+= 1 }
        while lower < upper, field[upper &- 1] == 0x20 || field[upper &- 1] == 0x09 { upper &-= 1 }
        return Field(rebasing: field[lower..<upper])
    }
}

// MARK: lines

extension RecordSplitter {
    @inline(__always)
    private func splitSeparated(_ text: Field, into fields: inout Fields) -> Outcome {
        guard let base = text.baseAddress, let found = separatorOffset(in: text, from: 0) else {
            return .malformed(Malformation(.separatorMissing))
        }
        if separator[0] == 0x3a, LabelledLine.isLink(text, colonAt: found) {
            return .malformed(Malformation(.separatorMissing))
        }
        let behind = found &+ separatorCount
        if separatorOffset(in: text, from: behind) != nil {
            return .malformed(Malformation(.separatorRepeated, occurrences(in: text)))
        }
        fields.serial = Field(start: base, count: found)
        fields.key = Field(start: base + behind, count: text.count &- behind)
        return .divided
    }

    @inline(__always)
    private func separatorOffset(in text: Field, from start: Int) -> Int? {
        guard let base = text.baseAddress else { return nil }
        let end = base + text.count
        var cursor = base + start
        while let hit = Bytes.firstNear(separator[0], from: cursor, to: end) {
            guard end - hit >= separatorCount else { return nil }
            var matched = 1
            while matched < separatorCount, hit[matched] == separator[matched] { matched &+= 1 }
            if matched == separatorCount { return hit - base }
            cursor = hit + 1
        }
        return nil
    }

    private func occurrences(in text: Field) -> Int {
        var count = 0
        var start = 0
        while let found = separatorOffset(in: text, from: start) {
            count += 1
            start = found + separatorCount
        }
        return count
    }

    /// A bare key holds no separator but the space, which normalisation drops. A link is a key,
    /// with its colon and all.
    private func splitBare(_ text: Field, into fields: inout Fields) -> Outcome {
        var dashes = 0
        for (index, byte) in text.enumerated() {
            dashes = byte == 0x2d ? dashes &+ 1 : 0
            let isColon = byte == 0x3a && !LabelledLine.isLink(text, colonAt: index)
            if byte == 0x7c || byte == 0x2c || byte == 0x09 || isColon || dashes == 4 {
                return .malformed(Malformation(.separatorUnexpected))
            }
        }
        fields.serial = Field(start: nil, count: 0)
        fields.key = text
        return .divided
    }

    /// `mail----password----…`: the address first, and at least one more part.
    private func splitAccount(_ text: Field, into fields: inout Fields) -> Outcome {
        guard let base = text.baseAddress else { return .blank }
        var dashes = 0
        var hasAddress = false
        for (index, byte) in text.enumerated() {
            if byte == 0x40, index > 0 { hasAddress = true }
            dashes = byte == 0x2d ? dashes + 1 : 0
            guard dashes == 4 else { continue }
            guard hasAddress else { return .malformed(Malformation(.accountMissing)) }
            guard index + 1 < text.count else { break }
            fields.serial = Field(start: nil, count: 0)
            fields.key = Field(start: base, count: text.count)
            return .divided
        }
        return .malformed(Malformation(hasAddress ? .separatorMissing : .accountMissing))
    }
}

// MARK: cells

/// Where the hot loop finds the cells of a record; columns that are not there lie behind all.
private struct CellPlaces {
    let separator: UInt8
    let serial, key, expiresOn, supplier, batch, faceValue: Int
    let count: Int

    init(_ columns: CSVColumns) {
        separator = columns.separator
        serial = columns.serial ?? .max
        key = columns.key
        expiresOn = columns.expiresOn ?? .max
        supplier = columns.supplier ?? .max
        batch = columns.batch ?? .max
        faceValue = columns.faceValue ?? .max
        count = columns.count
    }
}

extension RecordSplitter {
    @inline(__always)
    private func splitCells(_ record: Field, into fields: inout Fields) -> Outcome {
        var reader = CSVCellReader(
            record: record,
            separator: cells.separator,
            unquoted: unquoted
        )
        // One by one: to write all of them costs a copy a line.
        fields.serial = Field(start: nil, count: 0)
        fields.expiresOn = Field(start: nil, count: 0)
        var index = 0
        while let cell = reader.next() {
            if index == cells.serial {
                fields.serial = cell
            } else if index == cells.key {
                fields.key = cell
            } else if index == cells.expiresOn {
                fields.expiresOn = cell
            } else if index == cells.supplier {
                fields.supplier = cell
            } else if index == cells.batch {
                fields.batch = cell
            } else if index == cells.faceValue {
                fields.faceValue = cell
            }
            index &+= 1
            if index > cells.count, !Self.trimmed(cell).isEmpty {
                let most = cells.count
                return .malformed(Malformation(.columnsExcess, index, least: most, most: most))
            }
        }
        if reader.hasTextAfterQuote { return .malformed(Malformation(.textAfterQuote)) }
        guard index > cells.key else {
            let least = cells.key + 1
            return .malformed(Malformation(.columnsMissing, index, least: least, most: cells.count))
        }
        return .divided
    }
}

/// The cells of one CSV record, in order.
struct CSVCellReader {
    typealias Field = RecordSplitter.Field

    private let separator: UInt8
    private var cursor: UnsafePointer<UInt8>?
    private let end: UnsafePointer<UInt8>?
    private var free: UnsafeMutablePointer<UInt8>
    private(set) var hasTextAfterQuote = false

    /// - Parameter unquoted: room for all bytes of `record`.
    init(record: Field, separator: UInt8, unquoted: UnsafeMutablePointer<UInt8>) {
        self.separator = separator
        cursor = record.baseAddress
        end = record.baseAddress.map { $0 + record.count }
        free = unquoted
    }

    @inline(__always)
    mutating func next() -> Field? {
        guard let start = cursor, let end else { return nil }
        if start < end, start.pointee == 0x22 { return quotedCell(from: start + 1, to: end) }
        let found = Bytes.firstNear(separator, from: start, to: end)
        cursor = found.map { $0 + 1 }
        return Field(start: start, count: (found ?? end) - start)
    }

    private mutating func quotedCell(
        from start: UnsafePointer<UInt8>,
        to end: UnsafePointer<UInt8>
    ) -> Field {
        let cell = free
        var source = start
        while source < end {
            if source.pointee == 0x22 {
                source += 1
                guard source < end, source.pointee == 0x22 else { break }
            }
            free.pointee = source.pointee
            free += 1
            source += 1
        }
        if source < end, source.pointee != separator { hasTextAfterQuote = true }
        cursor = Bytes.first(separator, from: source, to: end).map { $0 + 1 }
        return Field(start: cell, count: free - cell)
    }
}
