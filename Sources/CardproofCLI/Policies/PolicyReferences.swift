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
    /// The platform's minimum that a policy is held against; nil for none.
    let minimum: WarrantyPolicy?

    /// What ships.
    static var shipped: PolicyReferences {
        PolicyReferences(
            calendars: CalendarFolder(folder: nil, faults: FaultList()), minimum: .platformMinimum)
    }

    /// - Parameter document: a policy, or what would be one but for its faults.
    func unknown(in document: JSONValue) -> [Unknown] {
        [calendars.unknown(in: document), otherMinimum(in: document)].compactMap(\.self)
    }

    private func otherMinimum(in document: JSONValue) -> Unknown? {
        minimum?.objection(toLegalMinimum: document["legal_minimum"]?.stringValue).map {
            Unknown(pointer: "/legal_minimum", rule: "other_minimum", explanation: $0)
        }
    }
}

extension CalendarFolder {
    /// The calendar that a policy names and that is not here.
    func unknown(in policy: JSONValue) -> PolicyReferences.Unknown? {
        guard let id = policy["calendar"]?.stringValue, self[id] == nil else { return nil }
        return PolicyReferences.Unknown(
            pointer: "/calendar",
            rule: "unknown_calendar",
            explanation: LocalisedText(
                zhCN: "没有日历 `\(id)`；现有 \(ids.joined(separator: "、"))，"
                    + "自己的日历放在 calendars_directory 指定的文件夹。",
                en: "there is no calendar `\(id)`; there are \(ids.joined(separator: ", ")), and "
                    + "those of your own in the folder that calendars_directory names"
            ),
            suggestion: NearestWord.to(id, among: ids)
        )
    }
}

extension PolicyReferences {
    /// What a gateway of this configuration knows.
    init(_ sources: ConfigurationSources, faults: FaultList) {
        self.init(
            calendars: CalendarFolder(
                folder: sources.text("calendars_directory"), faults: faults),
            minimum: MinimumPolicy(sources: sources, faults: faults).policy
        )
    }

    /// The same calendars beside another minimum.
    func with(minimum: WarrantyPolicy?) -> PolicyReferences {
        PolicyReferences(calendars: calendars, minimum: minimum)
    }
}
