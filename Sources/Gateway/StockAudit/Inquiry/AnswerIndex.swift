/// What a journal says of each position, sorted, within a bounded memory.
public final class AnswerIndex {
    /// The last thing that a journal says of one code.
    public struct Entry: Sendable, Equatable {
        public let position: StockPosition
        public let outcome: Outcome
        /// Of the record in the journal.
        public let offset: Int
    }

    public enum Outcome: Sendable, Equatable {
        /// The issuer did not take the question.
        case notAsked
        /// Whoever asked died before the answer was kept.
        case interrupted
        case answered(StockAnswer.Weight)
    }

    private let scratch: any ScratchSpace
    private let rows: DefectSorter
    /// The entries, once the index has ended.
    private var entries: (file: any ScratchFile, count: Int)?

    /// - Parameter rowLimit: rows in memory before they go to scratch.
    public init(scratch: any ScratchSpace, rowLimit: Int) {
        self.scratch = scratch
        rows = DefectSorter(scratch: scratch, rowLimit: max(1, rowLimit))
    }

    /// Takes the records in the order of the journal; none after the first reader was made.
    public func add(_ record: InquiryRecord, offset: Int) throws {
        let (position, outcome): (StockPosition, UInt64)
        switch record {
        case .withdrawn(let place, _): (position, outcome) = (place, 0)
        case .asking(let place, _): (position, outcome) = (place, 1)
        case .answer(let answer):
            (position, outcome) = (answer.position, UInt64(answer.weight.rawValue))
        case .head, .pause: return
        }
        // Later records of a position are greater.
        try rows.add([DefectRow(order: position.packed, value: UInt64(offset) << 8 | outcome)])
    }

    /// Reads the entries in the order of positions, one each, from the first one on.
    public func makeReader() throws -> AnswerIndexReader {
        let entries = try self.entries ?? sorted()
        self.entries = entries
        return AnswerIndexReader(file: entries.file, count: entries.count)
    }

    private func sorted() throws -> (file: any ScratchFile, count: Int) {
        let file = try scratch.makeFile()
        var count = 0
        var piece: [UInt64] = []
        func flush() throws {
            try piece.withUnsafeBytes { try file.append($0) }
            piece.removeAll(keepingCapacity: true)
        }
        var last: DefectRow?
        func keep(_ row: DefectRow) throws {
            piece += [row.order, row.value]
            count += 1
            if piece.count >= 2 * AnswerIndexReader.pieceEntries { try flush() }
        }
        try rows.drain { row in
            if let before = last, before.order == row.order {
                if row.value > before.value { last = row }
                return
            }
            if let before = last { try keep(before) }
            last = row
        }
        if let last { try keep(last) }
        try flush()
        return (file, count)
    }
}

/// Reads an index in order.
public final class AnswerIndexReader {
    /// Entries read at a time.
    static let pieceEntries = 4_096

    private let file: any ScratchFile
    private let count: Int
    private var taken = 0
    private var piece: ArraySlice<UInt64> = []

    init(file: any ScratchFile, count: Int) {
        self.file = file
        self.count = count
    }

    /// The entry of `position`, if there is one; forgets those before it.
    public func entry(at position: StockPosition) throws -> AnswerIndex.Entry? {
        while let head = try peek(), head.position < position { drop() }
        guard let head = try peek(), head.position == position else { return nil }
        return head
    }

    /// Takes the next entry; nil at the end.
    public func next() throws -> AnswerIndex.Entry? {
        defer { drop() }
        return try peek()
    }

    private func drop() { piece = piece.dropFirst(2) }

    private func peek() throws -> AnswerIndex.Entry? {
        if piece.isEmpty { try refill() }
        guard let order = piece.first, let value = piece.dropFirst().first else { return nil }
        let outcome: AnswerIndex.Outcome =
            switch value & 0xff {
            case 0: .notAsked
            case 1: .interrupted
            default: .answered(StockAnswer.Weight(rawValue: UInt8(value & 0xff)) ?? .undecided)
            }
        return AnswerIndex.Entry(
            position: StockPosition(packed: order),
            outcome: outcome,
            offset: Int(value >> 8)
        )
    }

    private func refill() throws {
        let wanted = min(Self.pieceEntries, count - taken)
        guard wanted > 0 else { return }
        let start = taken * 16
        piece = try [UInt64](unsafeUninitializedCapacity: 2 * wanted) { buffer, filled in
            try file.read(at: start, into: UnsafeMutableRawBufferPointer(buffer))
            filled = 2 * wanted
        }[...]
        taken += wanted
    }
}
