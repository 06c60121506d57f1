/// Where a code stands in the stock. Journals and reports name codes by it, and by nothing else.
public struct StockPosition: Sendable, Hashable, Comparable {
    /// Index of the stock file.
    public let file: Int
    /// Physical line of the record's start, from 1.
    public let line: UInt64

    public init(file: Int, line: UInt64) {
        self.file = file
        self.line = line
    }

    /// 24 bits of file and 40 of line: the order of positions.
    var packed: UInt64 { UInt64(file) << 40 | line }

    init(packed: UInt64) {
        file = Int(packed >> 40)
        line = packed & (1 << 40 - 1)
    }

    public static func < (left: StockPosition, right: StockPosition) -> Bool {
        left.packed < right.packed
    }
}
