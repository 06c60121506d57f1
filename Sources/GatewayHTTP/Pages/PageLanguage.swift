import CardModel
import HTTPTypes

extension Call {
    /// The cookie in which a page may keep the language that a reader chose.
    static let languageCookie = "lang"
    /// Bytes of a cookie header that are looked at.
    private static let longestCookie = 4096

    /// The language of a page: `?lang=`, then the cookie, then `Accept-Language`. A choice that
    /// is no language of ours counts as none.
    func pageLanguage(chosen: String?) -> Language {
        chosen.flatMap { Language(rawValue: $0) } ?? cookieLanguage ?? language
    }

    private var cookieLanguage: Language? {
        guard let header = headers[.cookie], header.utf8.count <= Self.longestCookie else {
            return nil
        }
        for pair in header.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
                .map { $0.drop(while: { $0 == " " }) }
            guard parts.count == 2, parts[0] == Self.languageCookie else { continue }
            return Language(rawValue: String(parts[1]))
        }
        return nil
    }
}
