import CardModel
import WireFormat

/// What became of an act on a claim, in a few lines.
enum ActText {
    /// - Parameters:
    ///   - claim: as the gateway answered the act.
    ///   - event: the act's name.
    static func text(of claim: JSONValue, after event: String, in words: ClaimWords) -> String {
        let language = words.language
        func told(_ member: String) -> String? {
            claim[member]?.stringValue.map { words.beside($0, of: member) }
        }
        var rows = [
            [language("申诉", "CLAIM"), claim["claim"]?.stringValue ?? "-"],
            [language("发生", "HAPPENED"), words.beside(event, of: "event")],
        ]
        rows += effects(in: claim, of: event).map {
            [language("随后", "THEN"), words.word(for: $0, of: "effects") ?? $0]
        }
        rows.append([language("状态", "STATE"), told("state") ?? "-"])
        rows += told("owner").map { [[language("由谁处理", "WHO MUST ACT"), $0]] } ?? []
        rows += due(of: claim, in: language).map { [[language("最迟", "BY"), $0]] } ?? []
        return Table(rows: rows).text
    }

    /// What followed from the latest act of that name.
    private static func effects(in claim: JSONValue, of event: String) -> [String] {
        let steps = claim["history"]?.arrayValue ?? []
        let step = steps.last { $0["event"]?.stringValue == event }
        return (step?["detail"]?["effects"]?.arrayValue ?? []).compactMap(\.stringValue)
    }

    private static func due(of claim: JSONValue, in language: Language) -> String? {
        let isProvisional = claim["due_is_provisional"]?.boolValue == true
        return claim["due_at"]?.stringValue.map {
            $0 + (isProvisional ? language("（暂定）", " (provisional)") : "")
        }
    }
}
