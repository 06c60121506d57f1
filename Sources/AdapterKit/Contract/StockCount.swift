public import CardModel
public import WireFormat

/// An adapter whose issuer tells how many codes of a range it has loaded (`stock_count`).
///
/// A merchant's stock that counts more codes of a range than the issuer loaded holds codes that
/// were never made; fewer proves nothing. No code is named, so none is asked about.
public protocol StockCountingAdapter: IssuerAdapter {
    /// Counts the codes the issuer has loaded from `range.first` to `range.last`, both included.
    ///
    /// - Throws: `AdapterError` when nothing could be asked or no answer arrived.
    func countStock(
        _ range: SerialRange,
        askedAt: Instant,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> StockCount
}

/// Serials that follow each other, both ends included; the issuer decides what order means.
public struct SerialRange: Sendable, Hashable {
    public var first: SerialNumber
    public var last: SerialNumber

    public init(first: SerialNumber, last: SerialNumber) {
        self.first = first
        self.last = last
    }
}

/// What an issuer said about a range of serials.
public struct StockCount: Sendable {
    public enum Outcome: Sendable, Hashable {
        case loaded(Int)
        /// The answer was not understood, or decides nothing.
        case undecided(IndeterminateCause)
    }

    public var outcome: Outcome
    /// The issuer's code and text, verbatim but scrubbed and bounded.
    public var issuer: IssuerStatement
    /// How long the issuer asked us to wait.
    public var retryAfter: Duration?
    /// What was said, in order, scrubbed.
    public var transcripts: [Transcript]

    public init(
        _ outcome: Outcome,
        issuer: IssuerStatement,
        retryAfter: Duration? = nil,
        transcripts: [Transcript] = []
    ) {
        self.outcome = outcome
        self.issuer = issuer
        self.retryAfter = retryAfter
        self.transcripts = transcripts
    }
}
