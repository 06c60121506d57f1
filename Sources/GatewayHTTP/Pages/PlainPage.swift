import CardModel
import Crypto
import HTTPTypes
import Hummingbird
import WireFormat

/// A page of text in one language that loads nothing, runs nothing and is shown by no other page.
struct PlainPage {
    let title: String
    /// HTML; what comes from outside is escaped by who writes it.
    let body: String
    let language: Language
    /// The page's query without `lang`; what stands in it needs no escape.
    var query = ""
    /// Whether search engines may show it.
    var isPublished = false

    /// - Parameter rows: names and values, as HTML.
    static func table(of rows: [(String, String)]) -> String {
        table(rows.map { "<tr><th scope=\"row\">\($0.0)</th><td>\($0.1)</td></tr>" })
    }

    /// - Parameter rows: whole `tr` elements.
    static func table(_ rows: [String]) -> String {
        "<div class=\"table\"><table>\n\(rows.joined(separator: "\n"))\n</table></div>\n"
    }

    /// - Parameter cache: a `Cache-Control` value.
    func response(cache: String) -> Response {
        var response = Response.text(html, type: "text/html; charset=utf-8", cache: cache)
        response.headers[.contentSecurityPolicy] = Self.policy
        response.headers[.vary] = "accept-language, cookie"
        // The address may be all that one needs to see the page.
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }

    private var html: String {
        """
        <!DOCTYPE html>
        <html lang="\(language.rawValue)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="\(isPublished ? "all" : "noindex")">
        <title>\(title) · cardproof</title>
        <style>\(Self.style)</style>
        </head>
        <body>
        <nav>\(link(.zhCN, "中文"))
        \(link(.en, "English"))</nav>
        <main>
        <h1>\(title)</h1>
        \(body)
        </main>
        </body>
        </html>

        """
    }

    private func link(_ language: Language, _ name: String) -> String {
        let query = (query.isEmpty ? "" : "\(query)&amp;") + "lang=\(language.rawValue)"
        return "<a href=\"?\(query)\" lang=\"\(language.rawValue)\">\(name)</a>"
    }

    private static let style = String(decoding: PackageResources.verify_css, as: UTF8.self)
    private static let policy =
        "default-src 'none'; style-src 'sha256-"
        + Base64.encode(Array(SHA256.hash(data: Array(style.utf8))))
        + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
