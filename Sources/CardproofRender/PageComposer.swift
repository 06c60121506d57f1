import StatementKit

/// Puts blocks below each other and begins a new page when one is full.
///
/// The page numbers say how many there are, so everything is composed twice: first without a
/// canvas, to count. Only one row of a table is held at a time.
struct PageComposer {
    /// More is nothing that people read; a row of every table of the largest document fits.
    static let mostPages = 400
    /// A heading at the end of a page has at least this much below it.
    private static let keptBelowHeading = 40.0

    let fonts: Fonts
    let canvas: PDFCanvas?
    /// Nil while they are counted.
    let pageCount: Int?
    private(set) var page = 0
    private var footer = ""
    /// Where the next block may begin.
    var top = PageGeometry.margin

    init(fonts: Fonts, canvas: PDFCanvas?, pageCount: Int?) {
        self.fonts = fonts
        self.canvas = canvas
        self.pageCount = pageCount
    }

    /// Composes one document on pages of its own.
    mutating func compose(_ document: StatementDocument) throws(RenderFailure) {
        fonts.speak(document.languageTag)
        footer = document.footer
        page += 1
        top = PageGeometry.margin
        try flow(document.title, .title)
        for block in document.blocks {
            switch block {
            case .heading(let text): try heading(text)
            case .paragraph(let text): try flow(text, .body)
            case .notice(let text): try notice(text)
            case .code(let lines): try code(lines)
            case .table(let table): try place(table)
            case .qrCode(let code): try place(code)
            }
        }
        endPage()
    }

    /// What is left of this page.
    var room: Double { PageGeometry.bottom - top }

    var isAtTop: Bool { top <= PageGeometry.margin }

    /// Leaves a space, but not at the top of a page.
    mutating func space(_ points: Double) {
        if !isAtTop { top += points }
    }

    mutating func newPage() throws(RenderFailure) {
        endPage()
        guard page < Self.mostPages else {
            throw .input("/documents: they would have more than \(Self.mostPages) pages")
        }
        page += 1
        top = PageGeometry.margin
    }

    private func endPage() {
        guard let canvas, let pageCount else { return }
        let digest = TextLines(footer, .footer, width: PageGeometry.footerWidth, fonts: fonts)
        canvas.show(
            digest,
            digest.lines,
            x: PageGeometry.margin,
            y: PageGeometry.footerTop
        )
        let number = TextLines("\(page)/\(pageCount)", .footer, width: nil, fonts: fonts)
        canvas.show(
            number,
            number.lines,
            x: PageGeometry.width - PageGeometry.margin - number.width,
            y: PageGeometry.footerTop
        )
        canvas.endPage()
    }

    private mutating func heading(_ text: String) throws(RenderFailure) {
        let lines = TextLines(text, .heading, width: PageGeometry.textWidth, fonts: fonts)
        if lines.height(of: lines.lines) + Self.keptBelowHeading > room, !isAtTop { try newPage() }
        try flow(text, .heading)
    }

    /// Lines over as many pages as they take. `beside` draws what belongs to a piece of them,
    /// given where the piece stands and how high it is.
    mutating func flow(
        _ text: String,
        _ style: TextStyle,
        inset: Double = 0,
        beside: (PDFCanvas, Double, Double) -> Void = { _, _, _ in }
    ) throws(RenderFailure) {
        let lines = TextLines(
            text,
            style,
            width: PageGeometry.textWidth - 2 * inset,
            fonts: fonts
        )
        space(style.spaceBefore)
        var rest = lines.lines
        while !rest.isEmpty {
            let piece = lines.fitting(rest, height: room)
            guard !piece.isEmpty else {
                try newPage()
                continue
            }
            let height = lines.height(of: piece)
            if let canvas {
                beside(canvas, top, height)
                canvas.show(lines, piece, x: PageGeometry.margin + inset, y: top)
            }
            top += height
            rest = piece.upperBound..<rest.upperBound
        }
    }

    /// Bold, with a bar at its side: seen on a black and white copy too.
    private mutating func notice(_ text: String) throws(RenderFailure) {
        let barWidth = 3.0
        try flow(text, .notice, inset: 3 * barWidth) { canvas, top, height in
            canvas.fill(
                x: PageGeometry.margin,
                y: top,
                width: barWidth,
                height: height,
                shade: PDFCanvas.Shade.text
            )
        }
    }

    private mutating func code(_ lines: [String]) throws(RenderFailure) {
        let inset = 2 * PageGeometry.padding
        space(PageGeometry.padding)
        try flow(lines.joined(separator: "\n"), .code, inset: inset) { canvas, top, height in
            canvas.fill(
                x: PageGeometry.margin,
                y: top,
                width: PageGeometry.textWidth,
                height: height,
                shade: PDFCanvas.Shade.ground
            )
        }
        space(PageGeometry.padding)
    }
}
