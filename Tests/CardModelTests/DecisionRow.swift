import Testing

@testable import CardModel

/// A row of the table "covered by warranty, auto-claim": written from the table.
struct DecisionRow: Sendable, CustomTestStringConvertible {
    let state: VerdictState
    var timing: Timing?
    var context = ClaimContext()
    var certainty = Certainty.authoritative
    let decision: ClaimDecision

    var testDescription: String {
        "\(state.rawValue) \(timing?.rawValue ?? "") → \(decision.reason)"
    }
}

extension DecisionRow {
    private typealias Row = DecisionRow

    static func merchant(_ family: DefectFamily) -> ClaimDecision {
        .open(against: .merchant, family: family)
    }

    /// One row a case of the table.
    static let all: [DecisionRow] = [
        Row(state: .okUnused, decision: .noDefect),
        Row(state: .okActivatedByBuyer, decision: .noDefect),
        Row(state: .malformed, certainty: .local, decision: .awaitsBuyerConfirmation),
        Row(
            state: .malformed,
            context: ClaimContext(isTextConfirmed: true),
            certainty: .local,
            decision: merchant(.codeUnusable)
        ),
        Row(state: .notFound, decision: merchant(.codeUnusable)),
        Row(state: .notActivated, decision: .awaitsRecheck),
        Row(
            state: .notActivated,
            context: ClaimContext(sameAnswers: 2),
            decision: merchant(.codeUnusable)
        ),
        Row(state: .wrongProduct, decision: merchant(.notAsDescribed)),
        Row(state: .wrongRegion, decision: merchant(.notAsDescribed)),
        Row(state: .wrongVersion, decision: merchant(.notAsDescribed)),
        Row(
            state: .wrongRegion,
            context: ClaimContext(isAttributeListed: false),
            decision: .notCovered(.notPromised)
        ),
        Row(state: .undervalued, decision: merchant(.notAsDescribed)),
        Row(state: .partiallyUsed, timing: .beforeDelivery, decision: merchant(.codeUnusable)),
        Row(
            state: .partiallyUsed,
            timing: .afterDelivery,
            decision: .notCovered(.usedAfterDelivery)
        ),
        Row(state: .partiallyUsed, timing: .unknown, decision: .needsPerson(.timingUnknown)),
        Row(state: .used, timing: .beforeDelivery, decision: merchant(.codeUnusable)),
        Row(state: .used, timing: .afterDelivery, decision: .notCovered(.usedAfterDelivery)),
        Row(state: .used, timing: .unknown, decision: .needsPerson(.timingUnknown)),
        Row(state: .expired, timing: .beforeDelivery, decision: merchant(.codeUnusable)),
        Row(state: .expired, timing: .afterDelivery, decision: .notCovered(.expiredAfterDelivery)),
        Row(state: .expired, timing: .unknown, decision: .needsPerson(.timingUnknown)),
        Row(state: .shortShelfLife, decision: merchant(.notAsDescribed)),
        Row(state: .revoked, timing: .beforeDelivery, decision: merchant(.codeUnusable)),
        Row(state: .revoked, timing: .afterDelivery, decision: merchant(.codeUnusable)),
        Row(state: .locked, decision: .needsPerson(.lockedCode)),
        Row(state: .duplicateDelivery, certainty: .derived, decision: merchant(.codeUnusable)),
        Row(state: .duplicateStock, certainty: .derived, decision: .notCovered(.preSaleOnly)),
        Row(state: .oversold, certainty: .derived, decision: merchant(.delivery)),
        Row(state: .notDelivered, certainty: .derived, decision: merchant(.delivery)),
        Row(state: .shortDelivery, certainty: .derived, decision: merchant(.delivery)),
        Row(
            state: .lateDelivery,
            certainty: .derived,
            decision: .proposed(against: .merchant, family: .delivery)
        ),
        Row(
            state: .extractionFailed,
            certainty: .derived,
            decision: .open(against: .platform, family: .delivery)
        ),
        Row(state: .doubleCharged, certainty: .derived, decision: .needsPerson(.paymentComparison)),
        Row(state: .termShortened, decision: .awaitsRecheck),
        Row(
            state: .termShortened,
            context: ClaimContext(sameAnswers: 2),
            decision: merchant(.service)
        ),
        Row(state: .serviceInterrupted, decision: .awaitsRecheck),
        Row(
            state: .serviceInterrupted,
            context: ClaimContext(sameAnswers: 2),
            decision: merchant(.service)
        ),
        Row(
            state: .accountMismatch,
            decision: .proposed(against: .merchant, family: .notAsDescribed)
        ),
        Row(
            state: .accountCompromised,
            decision: .proposed(against: .merchant, family: .accountSecurity)
        ),
        Row(state: .temporarilyUnusable, decision: .tracked(family: .codeUnusable)),
        Row(state: .issuerDelay, decision: .tracked(family: .codeUnusable)),
        Row(state: .indeterminate, decision: .awaitsRecheck),
        Row(state: .unsupported, decision: .awaitsBuyerEvidence),
        Row(state: .conflict, certainty: .conflict, decision: .needsPerson(.sourcesConflict)),
    ]
}
