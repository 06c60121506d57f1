import CardModel

/// What the platform keeps under the fingerprint of one code.
public struct CodeTrail: Sendable {
    /// Lines of registered stock: the one that stands for the code, and those beside it.
    public var lines: [StockCodeRecord]
    /// Who holds it, whom it was told of again, and what the lines were handed over as; by number.
    public var items: [ItemRecord]

    /// Lines, and items, of one trail: a code that was told of more often is a case for people.
    public static let mostRecords = 100

    public init(lines: [StockCodeRecord], items: [ItemRecord]) {
        self.lines = lines
        self.items = items
    }
}
