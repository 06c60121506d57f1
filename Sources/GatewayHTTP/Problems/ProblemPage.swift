import CardModel
import HTTPTypes

/// The page behind a problem's `type`: what it means and what to do, in both languages.
enum ProblemPage {
    /// One reason. Its texts are our own, so nothing has to be escaped.
    static func html(_ reason: ProblemReason) -> String {
        page(
            title: reason.rawValue,
            body: """
                <h1><code>\(reason.rawValue)</code></h1>
                <p>HTTP \(reason.status.code)</p>
                \(section(reason, .zhCN))
                \(section(reason, .en))
                """
        )
    }

    /// All reasons.
    static let index = page(
        title: "problems",
        body: "<h1>cardproof: problems</h1>\n<ul>\n"
            + ProblemReason.allCases.map {
                "<li><a href=\"\($0.path)\"><code>\($0.rawValue)</code></a> "
                    + "<span lang=\"zh-CN\">\($0.title.zhCN)</span> · "
                    + "<span lang=\"en\">\($0.title.en)</span></li>"
            }.joined(separator: "\n") + "\n</ul>"
    )

    private static func section(_ reason: ProblemReason, _ language: Language) -> String {
        """
        <section lang="\(language.rawValue)">
        <h2>\(reason.title[language])</h2>
        <p>\(reason.detail[language])</p>
        </section>
        """
    }

    private static func page(title: String, body: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title)</title>
        </head>
        <body>
        \(body)
        </body>
        </html>

        """
    }
}
