public import CardModel

/// What an issuer's word says about an order: one row of a redeeming adapter's table.
public enum RedemptionMeaning: Sendable, Hashable {
    /// The last word. The state is never `indeterminate`.
    case settled(VerdictState)
    /// Taken, and decided later.
    case accepted
    /// Explicitly nothing taken.
    case notTaken(IndeterminateCause)
    /// Nobody can say what happened to the code.
    case unknown(IndeterminateCause)

    /// The state that the code is in by this word.
    public var state: VerdictState {
        switch self {
        case .settled(let state): state
        case .accepted, .notTaken, .unknown: .indeterminate
        }
    }

    private var disposition: RedemptionAnswer.Disposition {
        switch self {
        case .settled: .settled
        case .accepted: .accepted
        case .notTaken: .notTaken
        case .unknown: .unknown
        }
    }

    /// The answer with the issuer's own words.
    public func answer(
        _ issuer: IssuerStatement,
        certainty: Certainty = .authoritative,
        transcripts: [Transcript] = []
    ) -> RedemptionAnswer {
        var result: InquiryResult
        switch self {
        case .settled(let state):
            result = InquiryResult(state: state, certainty: certainty, issuer: issuer)
        case .accepted: result = .indeterminate(.inProgress, issuer: issuer)
        case .notTaken(let cause), .unknown(let cause):
            result = .indeterminate(cause, issuer: issuer)
        }
        result.transcripts = transcripts
        return RedemptionAnswer(disposition, result)
    }
}
