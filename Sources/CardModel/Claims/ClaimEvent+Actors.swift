extension ClaimEvent {
    /// Whose act the event is. Nobody can close, mute or stop a claim of somebody else (M0-06), and
    /// a merchant who is suspended keeps all of his.
    var actors: Set<ClaimActor> {
        switch self {
        case .coverageConfirmed, .coverageRefused, .verdictRecorded, .liabilityFound, .timerRung,
            .remedyVerified, .riskNoted:
            [.system]
        case .demandStated, .withdrawn, .remedyAnswered: [.buyer]
        case .messagePosted, .messageRead, .evidenceAdded: Set(ClaimActor.allCases)
        case .evidenceRequested: [.buyer, .merchant, .platform, .arbiter, .system]
        case .remedyOffered: [.merchant, .platform]
        case .reviewStarted, .reviewExtended, .thirdPartyNamed, .liabilityProposed,
            .progressReported, .payoutApproved, .riskCleared, .fraudConfirmed:
            [.platform, .arbiter]
        case .disputed: [.merchant]
        case .ruled: [.platform, .arbiter]
        case .remedyReceipt: [.platform, .merchant, .thirdParty]
        case .appealFiled: [.buyer, .merchant]
        case .appealDecided: [.arbiter]
        case .riskRaised: [.platform, .arbiter, .system]
        case .escalated, .externalUpdate: [.buyer, .platform, .arbiter]
        case .reopened: [.buyer, .platform, .arbiter]
        }
    }
}
