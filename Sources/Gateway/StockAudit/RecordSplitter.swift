/// Divides one record into serial, key and expiry as its grammar says, without copying: only cells
/// with quotes in them are rewritten, into a buffer of the splitter.
struct RecordSplitter {
    typealias Field = UnsafeBufferPointer<UInt8>

    /// The fields of a record, as written.
    struct Fields {
        var serial: Field?
        var key: Field
        var expiresOn: Field?
    }

    enum Outcome {
        case blank
        case fields(Fields)
        case malformed(Malformation)
    }

    let grammar: StockGrammar
    private let separator: [UInt8]
    private let unquoted: UnsafeMutablePointer<UInt8>

    /// The caller frees it with ``deallocate()``.
    init(grammar: StockGrammar) {
        self.grammar = grammar
        separator = if case .separated(let text) = grammar { Array(text.utf8) } else { [] }
        unquoted = .allocate(capacity: StockAuditLimits.recordBytes)
    }

    func deallocate() { unquoted.deallocate() }

    @inline(__always)
    func split(_ record: Field) -> Outcome {
        let text = Self.trimmed(record)
        guard let first = text.first else { return .blank }
        if first == 0x23 { return .malformed(Malformation(.commentLine)) }
        switch grammar {
        case .separated:
            // A tab at the end may be the separator before an empty key.
            return separator[0] == 0x09 ? splitSeparated(record) : splitSeparated(text)
        case .bareKey: return splitBare(text)
        case .csv(let columns): return splitCells(record, columns)
        }
    }

    /// Without spaces and tabs around it; empty when there is nothing else.
    @inline(__always)
    private static func trimmed(_ field: Field) -> Field {
        var lower = 0
        var upper = field.count
        while lower < upper, field[lower] == 0x20 || field[lower] == 0x09 { lower &+= 1 }
        while lower < upper, field[upper &- 1] == 0x20 || field[upper &- 1] == 0x09 { upper &-= 1 }
        return Field(rebasing: field[lower..<upper])
    }

    @inline(__always)
    private func splitSeparated(_ text: Field) -> Outcome {
        guard let base = text.baseAddress, let found = separatorOffset(in: text, from: 0) else {
            return .malformed(Malformation(.separatorMissing))
        }
        let behind = found &+ separator.count
        if separatorOffset(in: text, from: behind) != nil {
            return .malformed(Malformation(.separatorRepeated, occurrences(in: text)))
        }
        return .fields(
            Fields(
                serial: Field(start: base, count: found),
                key: Field(start: base + behind, count: text.count &- behind),
                expiresOn: nil
            )
        )
    }

    @inline(__always)
    private func separatorOffset(in text: Field, from start: Int) -> Int? {
        guard let base = text.baseAddress else { return nil }
        let length = separator.count
        let end = base + text.count
        return separator.withUnsafeBufferPointer { wanted -> Int? in
            var cursor = base + start
            while let hit = Bytes.first(wanted[0], from: cursor, to: end) {
                guard end - hit >= length else { return nil }
                var matched = 1
                while matched < length, hit[matched] == wanted[matched] { matched &+= 1 }
                if matched == length { return hit - base }
                cursor = hit + 1
            }
            return nil
        }
    }

    private func occurrences(in text: Field) -> Int {
        var count = 0
        var start = 0
        while let found = separatorOffset(in: text, from: start) {
            count += 1
            start = found + separator.count
        }
        return count
    }

    /// A bare key holds no separator but the space, which normalisation drops.
    private func splitBare(_ text: Field) -> Outcome {
        var dashes = 0
        for byte in text {
            dashes = byte == 0x2d ? dashes &+ 1 : 0
            if byte == 0x7c || byte == 0x2c || byte == 0x09 || byte == 0x3a || dashes == 4 {
                return .malformed(Malformation(.separatorUnexpected))
            }
        }
        return .fields(Fields(serial: nil, key: text, expiresOn: nil))
    }

    @inline(__always)
    private func splitCells(_ record: Field, _ columns: CSVColumns) -> Outcome {
        var cells = CSVCellReader(record: record, unquoted: unquoted)
        var fields = Fields(serial: nil, key: Field(start: nil, count: 0), expiresOn: nil)
        var index = 0
        var hasKey = false
        while let cell = cells.next() {
            if index == columns.key {
                fields.key = cell
                hasKey = true
            } else if index == columns.serial {
                fields.serial = cell
            } else if index == columns.expiresOn {
                fields.expiresOn = cell
            }
            index &+= 1
            if index > columns.count, !Self.trimmed(cell).isEmpty {
                let most = columns.count
                return .malformed(Malformation(.columnsExcess, index, least: most, most: most))
            }
        }
        if cells.hasTextAfterQuote { return .malformed(Malformation(.textAfterQuote)) }
        guard hasKey else {
            let least = columns.key + 1
            return .malformed(
                Malformation(.columnsMissing, index, least: least, most: columns.count)
            )
        }
        return .fields(fields)
    }
}

/// The cells of one CSV record, in order.
struct CSVCellReader {
    typealias Field = RecordSplitter.Field

    private var cursor: UnsafePointer<UInt8>?
    private let end: UnsafePointer<UInt8>?
    private var free: UnsafeMutablePointer<UInt8>
    private(set) var hasTextAfterQuote = false

    /// - Parameter unquoted: room for all bytes of `record`.
    init(record: Field, unquoted: UnsafeMutablePointer<UInt8>) {
        cursor = record.baseAddress
        end = record.baseAddress.map { $0 + record.count }
        free = unquoted
    }

    @inline(__always)
    mutating func next() -> Field? {
        guard let start = cursor, let end else { return nil }
        if start < end, start.pointee == 0x22 { return quotedCell(from: start + 1, to: end) }
        let comma = Bytes.first(0x2c, from: start, to: end)
        cursor = comma.map { $0 + 1 }
        return Field(start: start, count: (comma ?? end) - start)
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
        if source < end, source.pointee != 0x2c { hasTextAfterQuote = true }
        cursor = Bytes.first(0x2c, from: source, to: end).map { $0 + 1 }
        return Field(start: cell, count: free - cell)
    }
}
