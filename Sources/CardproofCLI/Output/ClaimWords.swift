import CardModel
import Gateway
import WireFormat

/// Words for the tokens in the JSON of claims: each by the member that has it, from the word list
/// of its type.
struct ClaimWords {
    let language: Language

    init(_ language: Language) { self.language = language }

    /// Words with the token after them, which is what commands and the API take; the token alone
    /// where there are none.
    func beside(_ token: String, of member: String) -> String {
        guard let words = word(for: token, of: member), words != token else { return token }
        return language("\(words)（\(token)）", "\(words) (\(token))")
    }

    /// The text in the reader's language, of a value that has it in both; nil for any other value.
    func text(of value: JSONValue) -> String? {
        guard value.objectValue?.members.count == Language.allCases.count else { return nil }
        let texts = Language.allCases.map { value[$0.rawValue]?.stringValue }
        return texts.contains(nil) ? nil : value[language.rawValue]?.stringValue
    }

    /// - Parameter member: the name of the member, of an array for what stands in it.
    func word(for token: String, of member: String) -> String? {
        switch member {
        case "state", "to":
            word(token, ClaimState.name) ?? word(token, VerdictState.meaning)
                ?? word(token, RemedyRecord.State.name)
        case "from": word(token, ClaimState.name) ?? word(token, ClaimActor.name)
        case "owner", "by", "actor", "reported_by": word(token, ClaimActor.name)
        case "event": ClaimHistoryEntry.words(of: token)?[language]
        case "effects": ClaimHistoryEntry.words(ofEffect: token)?[language]
        case "timer": word(token, ClaimTimer.name)
        case "against", "party", "liable": word(token, LiableParty.name)
        case "remedy", "demand": word(token, Remedy.name)
        case "payer": word(token, Execution.Payer.name)
        case "reported_via": word(token, ReportChannel.name)
        case "refusal", "no_claim_because": word(token, NotCoveredReason.text)
        case "exclusion": word(token, Exclusion.Kind.name)
        default: wordOfFinding(token, member) ?? wordOfFiling(token, member)
        }
    }

    /// What stands in a verdict.
    private func wordOfFinding(_ token: String, _ member: String) -> String? {
        switch member {
        case "issuer_state", "attached_defects": word(token, VerdictState.meaning)
        case "family": word(token, DefectFamily.name)
        case "certainty": word(token, Certainty.name)
        case "timing": word(token, Timing.name)
        case "cause": IndeterminateCause(rawValue: token).meaning[language]
        default: nil
        }
    }

    /// What stands in a filing at a channel outside.
    private func wordOfFiling(_ token: String, _ member: String) -> String? {
        switch member {
        case "channel": word(token, EscalationChannel.name)
        case "status": word(token, OutsideFiling.Status.name)
        case "filed_by": word(token, FilingPerson.name)
        default: nil
        }
    }

    private func word<Token: RawRepresentable<String>>(
        _ token: String,
        _ name: (Token) -> (Language) -> String
    ) -> String? {
        Token(rawValue: token).map { name($0)(language) }
    }
}
