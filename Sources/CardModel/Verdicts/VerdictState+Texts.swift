extension VerdictState {
    /// What the state means, one sentence for the buyer. The texts are exhaustive switches, one a
    /// language: a new state does not compile without its sentences.
    public func meaning(in language: Language) -> String {
        switch language {
        case .zhCN: meaningZhCN
        case .en: meaningEn
        }
    }

    /// What follows for the buyer, one sentence. Whether a claim opened, and why not, is said by
    /// the decision about it (``ClaimDecision/text(in:)``).
    public func nextStep(in language: Language) -> String {
        switch language {
        case .zhCN: nextStepZhCN
        case .en: nextStepEn
        }
    }
}
