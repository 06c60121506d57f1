import CPangoCairo

/// A PDF in the making: pages of A4, drawn one after the other.
final class PDFCanvas {
    /// How dark a line or a text is, from 0 (black).
    enum Shade {
        static let text = 0.0
        static let rule = 0.6
        static let ground = 0.93
    }

    private final class Output { var bytes: [UInt8] = [] }

    let cairo: OpaquePointer
    private let surface: OpaquePointer
    private let output: Output

    init(title: String, creator: String, created: String) throws(RenderFailure) {
        let output = Output()
        let surface = cairo_pdf_surface_create_for_stream(
            { context, data, length in
                guard let context, let data else { return CAIRO_STATUS_WRITE_ERROR }
                Unmanaged<Output>.fromOpaque(context).takeUnretainedValue().bytes
                    .append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
                return CAIRO_STATUS_SUCCESS
            },
            Unmanaged.passUnretained(output).toOpaque(),
            PageGeometry.width,
            PageGeometry.height
        )
        guard let surface, let cairo = cairo_create(surface) else {
            throw .library("cairo gives no surface")
        }
        self.output = output
        self.surface = surface
        self.cairo = cairo
        cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_5)
        // Without a date of ours cairo writes the clock's.
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, creator)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, created)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, created)
    }

    deinit {
        cairo_destroy(cairo)
        cairo_surface_destroy(surface)
    }

    func show(_ text: TextLines, _ lines: Range<Int>, x: Double, y: Double) {
        shade(Shade.text)
        text.draw(lines, x: x, y: y, on: cairo)
    }

    /// A filled rectangle.
    func fill(x: Double, y: Double, width: Double, height: Double, shade: Double) {
        self.shade(shade)
        cairo_rectangle(cairo, x, y, width, height)
        cairo_fill(cairo)
    }

    /// The outline of a rectangle.
    func frame(x: Double, y: Double, width: Double, height: Double) {
        shade(Shade.rule)
        cairo_set_line_width(cairo, PageGeometry.ruleWidth)
        cairo_rectangle(cairo, x, y, width, height)
        cairo_stroke(cairo)
    }

    /// A QR code, one filled path; `side` is that of the symbol without its quiet zone.
    func show(_ symbol: QRSymbol, x: Double, y: Double, side: Double) {
        shade(Shade.text)
        let module = side / Double(symbol.side)
        for run in symbol.runs {
            cairo_rectangle(
                cairo,
                x + Double(run.column) * module,
                y + Double(run.row) * module,
                Double(run.length) * module,
                module
            )
        }
        cairo_fill(cairo)
    }

    func endPage() { cairo_show_page(cairo) }

    /// The whole file. Nothing can be drawn afterwards.
    func finish() throws(RenderFailure) -> [UInt8] {
        let drawing = cairo_status(cairo)
        cairo_surface_finish(surface)
        for status in [drawing, cairo_surface_status(surface)] where status != CAIRO_STATUS_SUCCESS
        {
            throw .library("cairo: \(String(cString: cairo_status_to_string(status)))")
        }
        return output.bytes
    }

    private func shade(_ shade: Double) { cairo_set_source_rgb(cairo, shade, shade, shade) }
}

/// A4 in points, and what stands where on it.
enum PageGeometry {
    static let pointsPerMillimetre = 72 / 25.4
    static let width = 210 * pointsPerMillimetre
    static let height = 297 * pointsPerMillimetre
    /// Printers leave out 5 mm, binders take 15.
    static let margin = 17 * pointsPerMillimetre
    /// The text ends here; below it the footer.
    static let bottom = height - 21 * pointsPerMillimetre
    static let footerTop = height - 17 * pointsPerMillimetre
    static let textWidth = width - 2 * margin
    /// Room in which a footer may stand beside the page's number.
    static let footerWidth = textWidth - 14 * pointsPerMillimetre
    static let ruleWidth = 0.4
    /// Between a table's rule or a code's frame and its text.
    static let padding = 3.0
}
