import CardModel
import WireFormat

/// What a policy may name outside of itself.
struct PolicyReferences {
    /// Something that a policy names in vain.
    struct Unknown {
        let pointer: String
        /// A stable id, as those of the findings of `policy lint`.
        let rule: String
        let explanation: LocalisedText
        var suggestion: String?
    }

    let calendars: CalendarFolder
    /// The platform's minimum that a policy is held against.
    let minimum: WarrantyPolicy

    /// - Parameter document: a policy, or what would be one but for its faults.
    func unknown(in document: JSONValue) -> [Unknown] {
        [calendars.unknown(in: document), otherMinimum(in: document)].compactMap(\.self)
    }

    private func otherMinimum(in document: JSONValue) -> Unknown? {
        guard let named = document["legal_minimum"]?.stringValue, named != minimum.reference else {
            return nil
        }
        return Unknown(
            pointer: "/legal_minimum",
            rule: "other_minimum",
            explanation: LocalisedText(
                zhCN: "`\(named)` 不是现行最低标准；现行的是 `\(minimum.reference)`。",
                en: "`\(named)` is not the minimum in force, which is `\(minimum.reference)`"
            )
        )
    }
}

extension CalendarFolder {
    /// The calendar that a policy names and that is not here.
    func unknown(in policy: JSONValue) -> PolicyReferences.Unknown? {
        guard let id = policy["calendar"]?.stringValue, self[id] == nil else { return nil }
        let known = ids.joined(separator: ", ")
        return PolicyReferences.Unknown(
            pointer: "/calendar",
            rule: "unknown_calendar",
            explanation: LocalisedText(
                zhCN: "没有日历 `\(id)`；现有 \(known)，自己的日历放在 calendars_directory 指定的文件夹。",
                en: "there is no calendar `\(id)`; there are \(known), and those of your own in "
                    + "the folder that calendars_directory names"
            ),
            suggestion: NearestWord.to(id, among: ids)
        )
    }
}
