import CardModel

extension ClaimHistoryEntry {
    /// How the names of steps begin that tell of a merchant's penalties.
    static let penaltyPrefix = "penalty."

    /// Whether whoever reads the claim sees the step. A penalty counts all claims against the
    /// merchant, and what a person made of it: no business of one claim's buyer or of a third
    /// party.
    func isShown(to viewer: ClaimActor) -> Bool {
        switch viewer {
        case .platform, .arbiter, .merchant, .system: true
        case .buyer, .thirdParty: !event.hasPrefix(Self.penaltyPrefix)
        }
    }

    /// Whether the sealed record of the step may keep what somebody said.
    var mayHaveWords: Bool {
        event == ClaimOrigin.reportedEvent
            || StepWords(detail).text(ClaimDrafting.reasonDigestName) != nil
    }
}
