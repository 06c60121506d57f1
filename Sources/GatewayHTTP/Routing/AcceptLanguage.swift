import CardModel

extension Language {
    /// Bytes of the header that are looked at; browsers send under a hundred.
    static let longestAcceptLanguage = 512

    /// The best of our two languages for an `Accept-Language` header (RFC 9110 §12.5.4):
    /// any Chinese is zh-CN, everything else English.
    init(acceptLanguage header: String?) {
        guard let header else {
            self = .en
            return
        }
        var best: (language: Language, weight: Double) = (.en, 0)
        for range in header.prefix(Self.longestAcceptLanguage).split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            guard let tag = parts.first, let language = Language(tag: tag) else { continue }
            let weight =
                parts.dropFirst().first { $0.hasPrefix("q=") }
                .map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if weight > best.weight { best = (language, weight) }
        }
        self = best.language
    }

    private init?(tag: String) {
        switch tag.prefix(2) {
        case "zh": self = .zhCN
        case "en", "*": self = .en
        default: return nil
        }
    }
}
