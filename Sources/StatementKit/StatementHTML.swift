import WireFormat

/// Documents as one HTML page that needs nothing beside itself: no script, no request, no font.
///
/// It is read from a disk years later, by browsers and people we do not know: plain elements in
/// reading order, tables with heads, a language on each part, colours of the reader's own scheme,
/// and A4 paper.
public enum StatementHTML {
    /// - Parameters:
    ///   - documents: the same statement in each language, in the order of the page.
    ///   - qrSVG: pictures made by ``RenderingOrder/qrSVG(_:)``, by their text. A code without a
    ///     picture is shown as text.
    /// - Returns: UTF-8; the same bytes for the same arguments.
    public static func page(
        of documents: [StatementDocument],
        qrSVG: [String: [UInt8]] = [:]
    ) -> [UInt8] {
        let title = documents.map(\.title).joined(separator: " · ")
        let parts = documents.enumerated().map { article($1, number: $0 + 1, qrSVG: qrSVG) }
        let page = """
            <!DOCTYPE html>
            <html lang="\(documents.first?.languageTag ?? "en")">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(Markup.escaped(title))</title>
            <style>
            \(style)</style>
            </head>
            <body>
            \((contents(documents) + parts).joined(separator: "\n"))
            </body>
            </html>

            """
        return Array(page.utf8)
    }

    /// Styles stand in the page; QR codes are pictures inside it, in which no script runs.
    private static let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

    /// Links to the parts, where there are several.
    private static func contents(_ documents: [StatementDocument]) -> [String] {
        guard documents.count > 1 else { return [] }
        let links = documents.enumerated().map { index, document in
            "<li><a href=\"#part-\(index + 1)\" lang=\"\(document.languageTag)\">"
                + "\(Markup.escaped(document.title))</a></li>"
        }
        return ["<nav aria-label=\"Languages\"><ul>\n\(links.joined(separator: "\n"))\n</ul></nav>"]
    }

    private static func article(
        _ document: StatementDocument,
        number: Int,
        qrSVG: [String: [UInt8]]
    ) -> String {
        let blocks = document.blocks.map { html($0, qrSVG: qrSVG) }
        return """
            <article id="part-\(number)" lang="\(document.languageTag)">
            <h1>\(Markup.escaped(document.title))</h1>
            \(blocks.joined(separator: "\n"))
            <footer><p><time datetime="\(document.createdAt.rfc3339)">\
            \(document.createdAt.rfc3339)</time></p>\
            <p>\(Markup.escaped(document.footer))</p></footer>
            </article>
            """
    }

    private static func html(
        _ block: StatementDocument.Block,
        qrSVG: [String: [UInt8]]
    ) -> String {
        switch block {
        case .heading(let text): "<h2>\(Markup.escaped(text))</h2>"
        case .paragraph(let text): "<p>\(Markup.escaped(text))</p>"
        case .notice(let text): "<p class=\"notice\"><strong>\(Markup.escaped(text))</strong></p>"
        // A line break right after the start tag would be swallowed.
        case .code(let lines):
            "<pre><code>\(Markup.escaped(lines.joined(separator: "\n")))</code></pre>"
        case .table(let table): html(table)
        case .qrCode(let code): html(code, picture: qrSVG[code.text])
        }
    }

    private static func html(_ table: StatementDocument.Table) -> String {
        let head = table.columns.map { "<th scope=\"col\">\(Markup.escaped($0))</th>" }.joined()
        let rows = table.rows.map { row in
            "<tr>" + row.map { "<td>\(Markup.escaped($0))</td>" }.joined() + "</tr>\n"
        }
        return """
            <div class="table"><table>
            <thead><tr>\(head)</tr></thead>
            <tbody>
            \(rows.joined())</tbody>
            </table></div>
            """
    }

    private static func html(_ code: StatementDocument.QRCode, picture: [UInt8]?) -> String {
        let image = picture.map { svg in
            "<img alt=\"\" src=\"data:image/svg+xml;base64,\(Base64.encode(svg))\">\n"
        }
        return """
            <figure>
            \(image ?? "")<figcaption><p>\(Markup.escaped(code.caption))</p>\
            <p><code>\(Markup.escaped(code.text))</code></p></figcaption>
            </figure>
            """
    }

    private static let style = """
        :root { color-scheme: light dark; }
        body { margin: 0 auto; padding: 1.5rem 1rem; max-width: 46rem;
          font: 1rem/1.6 system-ui, "Noto Sans CJK SC", "Noto Sans SC", "PingFang SC",
            "Microsoft YaHei", sans-serif; overflow-wrap: break-word; }
        nav ul { display: flex; flex-wrap: wrap; gap: 1rem; list-style: none; padding: 0; }
        h1 { font-size: 1.5rem; line-height: 1.3; }
        h2 { font-size: 1.1rem; margin: 1.5em 0 .4em; break-after: avoid; }
        p, td, th, figcaption { white-space: pre-line; }
        p { margin: .4em 0; }
        .notice { border-left: .25rem solid currentColor; padding: .3em .8em; }
        .table { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: .9rem; }
        th, td { border: 1px solid; padding: .3em .5em; text-align: start; vertical-align: top; }
        tr { break-inside: avoid; }
        code { font-family: ui-monospace, "Noto Sans Mono CJK SC", monospace; font-size: .9em; }
        pre { border: 1px solid; padding: .6em .8em; white-space: pre-wrap; }
        pre, figcaption { overflow-wrap: anywhere; }
        figure { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; margin: 1em 0;
          break-inside: avoid; }
        figure img { width: 32mm; height: 32mm; background: #fff; }
        figcaption { flex: 1 1 12rem; }
        footer { border-top: 1px solid; margin: 2rem 0; font-size: .8rem; }
        @page { size: A4; margin: 18mm 16mm; }
        @media print {
          body { max-width: none; padding: 0; font-size: 9.5pt; line-height: 1.4; }
          h1 { font-size: 14pt; margin: 0 0 .4em; }
          h2 { font-size: 11pt; margin: 1em 0 .3em; }
          td { overflow-wrap: anywhere; }
          footer { margin: 1em 0 0; font-size: 8pt; }
          nav { display: none; }
          article + article { break-before: page; }
        }

        """
}
