public import WireFormat

/// A problem that a person can report (申报的问题): a state that a claim can be about and that people
/// notice (claims.md E1, M3-33).
///
/// A statement is no finding: its verdict has the certainty `claimed`, which decides about nobody.
public struct ReportedProblem: Sendable, Hashable {
    public let state: VerdictState
    public let family: DefectFamily

    /// - Returns: nil for a state that no person reports.
    public init?(_ state: VerdictState) {
        guard state.witness != .gateway, let family = state.defectFamily else { return nil }
        self.state = state
        self.family = family
    }

    /// Every problem that can be reported, in the order of the states.
    public static let all = VerdictState.allCases.compactMap { ReportedProblem($0) }

    /// Whether the issuer has said the opposite. What he cannot see, he does not refute; where he
    /// was never asked, or his answer decides nothing, a person looks into it.
    public func isRefuted(by standing: Verdict?) -> Bool {
        guard let standing, state.witness == .issuer else { return false }
        return standing.isGood && standing.certainty == .authoritative
    }

    /// What the report says of an item.
    public func verdict(expectedValue: Money?, expiresOn: CalendarDate?) -> Verdict {
        Verdict(
            state: state,
            certainty: .claimed,
            expectedValue: expectedValue,
            expiresOn: expiresOn
        )
    }
}

extension VerdictState {
    /// Who can tell that a code, or its delivery, is in a state.
    enum Witness {
        /// The issuer, where he can be asked; else the buyer, who tried.
        case issuer
        /// The people who took part: no issuer sees what was promised, paid or handed over.
        case people
        /// The gateway alone: its own log, or nothing that anybody suffers.
        case gateway
    }

    var witness: Witness {
        switch self {
        case .malformed, .notFound, .notActivated, .undervalued, .partiallyUsed, .used, .expired,
            .revoked, .locked:
            .issuer
        case .wrongProduct, .wrongRegion, .wrongVersion, .shortShelfLife, .notDelivered,
            .shortDelivery, .lateDelivery, .extractionFailed, .doubleCharged, .termShortened,
            .serviceInterrupted, .accountMismatch, .accountCompromised:
            .people
        case .okUnused, .okActivatedByBuyer, .duplicateDelivery, .duplicateStock, .oversold,
            .temporarilyUnusable, .issuerDelay, .indeterminate, .unsupported, .conflict:
            .gateway
        }
    }
}
