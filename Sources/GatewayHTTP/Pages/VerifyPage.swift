import CardModel
import Crypto
import HTTPTypes
import Hummingbird
import WireFormat

/// The page on which anybody checks an evidence bundle in the browser.
///
/// One file, so that a copy of it works without a network and without trusting this server once
/// more. Its policy names the only script and style by their digests and forbids every
/// connection: what is dropped on it stays where it is.
struct VerifyPage: Sendable {
    static let path = "/verify"

    /// The whole page in each language; they differ in the `lang` of the document alone.
    private let pages: [Language: [UInt8]]
    private let policy: String

    init() {
        let script =
            Self.text(PackageResources.verify_js) + Self.text(PackageResources.verify_page_js)
        let style = Self.text(PackageResources.verify_css)
        policy = """
            default-src 'none'; script-src '\(Self.source(script))'; \
            style-src '\(Self.source(style))'; connect-src 'none'; base-uri 'none'; \
            form-action 'none'; frame-ancestors 'none'
            """
        let head =
            "<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\""
            + policy.replacing("; frame-ancestors 'none'", with: "") + "\">\n"
        let body = Self.text(PackageResources.verify_html)
        pages = Dictionary(
            uniqueKeysWithValues: Language.allCases.map { language in
                let page = """
                    <!DOCTYPE html>
                    <html lang="\(language.rawValue)">
                    <head>
                    \(head)<meta name="viewport" content="width=device-width, initial-scale=1">
                    <title>\(Self.title[language])</title>
                    <style>\(style)</style>
                    </head>
                    <body>
                    \(body)<script>\(script)</script>
                    </body>
                    </html>

                    """
                return (language, Array(page.utf8))
            }
        )
    }

    func add(to table: inout RouteTable) {
        table.on(.get, Self.path) { call in
            let query = try QueryParameters(call.request.uri.query, known: ["lang"])
            var response = Response.bytes(
                pages[call.pageLanguage(chosen: query["lang"])] ?? [],
                type: "text/html; charset=utf-8",
                cache: "no-cache"
            )
            response.headers[.contentSecurityPolicy] = policy
            response.headers[.vary] = "accept-language, cookie"
            return response
        }
    }

    private static let title = LocalisedText(
        zhCN: "验证证据包 · cardproof",
        en: "Verify an evidence bundle · cardproof"
    )

    private static func text(_ resource: [UInt8]) -> String {
        String(decoding: resource, as: UTF8.self)
    }

    /// A source expression of Content Security Policy level 3: the digest of an inline element.
    private static func source(_ text: String) -> String {
        "sha256-" + Base64.encode(Array(SHA256.hash(data: Array(text.utf8))))
    }
}
