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
        <meta name="robots" content="noindex">
        <title>\(title) · cardproof</title>
        <style>\(Self.style)</style>
        </head>
        <body>
        <nav><a href="?lang=zh-CN" lang="zh-CN">中文</a>
        <a href="?lang=en" lang="en">English</a></nav>
        <main>
        <h1>\(title)</h1>
        \(body)
        </main>
        </body>
        </html>

        """
    }

    private static let style = String(decoding: PackageResources.verify_css, as: UTF8.self)
    private static let policy =
        "default-src 'none'; style-src 'sha256-"
        + Base64.encode(Array(SHA256.hash(data: Array(style.utf8))))
        + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
