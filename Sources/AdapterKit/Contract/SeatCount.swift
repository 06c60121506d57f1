public import CardModel

/// How many devices or users a licence is already in use on.
public struct SeatCount: Sendable, Hashable {
    public var taken: Int64
    /// Nil where the issuer sets no limit.
    public var limit: Int64?

    public init(taken: Int64, limit: Int64?) {
        self.taken = taken
        self.limit = limit
    }

    /// None taken, some, or all of them.
    public var state: VerdictState {
        if taken <= 0 { return .okUnused }
        return limit.map { taken >= $0 } ?? false ? .used : .partiallyUsed
    }
}
