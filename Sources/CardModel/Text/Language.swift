/// The languages every text for people exists in.
public enum Language: String, Sendable, Hashable, CaseIterable {
    case zhCN = "zh-CN"
    case en
}

/// One text in every language; reason codes beside it are never translated.
public struct LocalisedText: Sendable, Hashable {
    public let zhCN: String
    public let en: String

    public init(zhCN: String, en: String) {
        self.zhCN = zhCN
        self.en = en
    }

    public subscript(language: Language) -> String {
        switch language {
        case .zhCN: zhCN
        case .en: en
        }
    }
}
