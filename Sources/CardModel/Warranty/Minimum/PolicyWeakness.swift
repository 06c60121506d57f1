/// A field in which a policy protects the buyer less than the platform's minimum (平台底线, M2-31).
public struct PolicyWeakness: Sendable, Hashable {
    /// RFC 6901, into the policy's document.
    public let pointer: String

    /// What each of the two says, spelled as in a policy file; `none` where it says nothing.
    public let minimum: String
    public let policy: String
    public let kind: Kind

    /// What people call the field.
    let title: LocalisedText

    public enum Kind: Sendable, Hashable {
        case lower
        /// The minimum has these, the policy has not.
        case missing([String])
        /// The policy has these, the minimum has not.
        case excess([String])
        /// Working days against elapsed time, or two currencies: nobody can say which protects
        /// more, and so the policy may not be taken for the better one.
        case notComparable
    }

    /// One sentence for the author of the policy.
    public func text(in language: Language) -> String {
        switch language {
        case .zhCN: title.zhCN + ending.zhCN
        case .en: title.en.prefix(1).uppercased() + title.en.dropFirst() + ending.en
        }
    }

    private var ending: LocalisedText {
        switch kind {
        case .lower:
            LocalisedText(
                zhCN: "：平台底线为 \(minimum)，本政策为 \(policy)。",
                en: ": the minimum says \(minimum), the policy \(policy)."
            )
        case .missing(let names):
            LocalisedText(
                zhCN: "：缺少平台底线要求的 \(names.joined(separator: "、"))。",
                en: ": \(names.joined(separator: ", ")) of the minimum is missing."
            )
        case .excess(let names):
            LocalisedText(
                zhCN: "：\(names.joined(separator: "、")) 不在平台底线之内。",
                en: ": \(names.joined(separator: ", ")) is not in the minimum."
            )
        case .notComparable:
            LocalisedText(
                zhCN: "：平台底线为 \(minimum)，本政策为 \(policy)，两者无法比较，视为低于底线。",
                en: ": the minimum says \(minimum), the policy \(policy); they cannot be compared,"
                    + " which counts as weaker."
            )
        }
    }
}
