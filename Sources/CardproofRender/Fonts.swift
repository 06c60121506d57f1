import CPangoCairo

/// The fonts of this machine, as Pango finds them.
final class Fonts {
    let context: OpaquePointer
    private let descriptions: [TextStyle: OpaquePointer]

    /// Chinese, Latin and digits: what every statement is written in.
    private static let probe = "卡密核验说明 Statement 0123"

    /// - Throws: a failure that names the package, when Chinese cannot be drawn: boxes in place of
    ///   text would be a document that says nothing.
    init() throws(RenderFailure) {
        guard let context = pango_font_map_create_context(pango_cairo_font_map_get_default())
        else { throw .library("pango gives no context") }
        self.context = context
        // The same on every machine: no adjustment to a screen's pixels.
        let options = cairo_font_options_create()
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        pango_cairo_context_set_font_options(context, options)
        cairo_font_options_destroy(options)
        pango_context_set_round_glyph_positions(context, 0)
        descriptions = Dictionary(
            uniqueKeysWithValues: TextStyle.allCases.map { ($0, Self.description($0)) }
        )
        let unknown = TextLines(Self.probe, .body, width: nil, fonts: self).unknownGlyphs
        guard unknown == 0 else {
            throw .fonts("no font on this machine has Chinese: install fonts-noto-cjk")
        }
    }

    deinit {
        for description in descriptions.values { pango_font_description_free(description) }
        g_object_unref(UnsafeMutableRawPointer(context))
    }

    /// Shapes of Han characters and line breaks follow the language (BCP 47).
    func speak(_ languageTag: String) {
        pango_context_set_language(context, pango_language_from_string(languageTag))
    }

    func description(of style: TextStyle) -> OpaquePointer? { descriptions[style] }

    private static func description(_ style: TextStyle) -> OpaquePointer {
        let description = pango_font_description_from_string(style.families)
        // Absolute: a unit of the page is a point, whatever a screen's resolution is.
        pango_font_description_set_absolute_size(
            description,
            style.points * Double(PANGO_SCALE)
        )
        if style.isBold { pango_font_description_set_weight(description, PANGO_WEIGHT_BOLD) }
        return description!
    }
}

/// A text broken into lines, which stand at equal distances whatever fonts their letters come from.
/// Lengths in points.
final class TextLines {
    let lineCount: Int
    /// Of the widest line.
    let width: Double
    /// Characters that no font has; each is drawn as a box with its number.
    var unknownGlyphs: Int { Int(pango_layout_get_unknown_glyphs_count(layout)) }
    private let layout: OpaquePointer
    private let style: TextStyle

    /// - Parameter width: where lines are broken, between words if one ends in time; nil: only at
    ///   line breaks of the text.
    init(_ text: String, _ style: TextStyle, width: Double?, fonts: Fonts) {
        self.style = style
        layout = pango_layout_new(fonts.context)
        pango_layout_set_font_description(layout, fonts.description(of: style))
        pango_layout_set_text(layout, text, -1)
        if let width {
            pango_layout_set_width(layout, Int32(width * Double(PANGO_SCALE)))
            pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
        }
        var size = (width: Int32(0), height: Int32(0))
        pango_layout_get_size(layout, &size.width, &size.height)
        self.width = Double(size.width) / Double(PANGO_SCALE)
        lineCount = Int(pango_layout_get_line_count(layout))
    }

    deinit { g_object_unref(UnsafeMutableRawPointer(layout)) }

    var lines: Range<Int> { 0..<lineCount }

    func height(of lines: Range<Int>) -> Double { Double(lines.count) * style.linePitch }

    /// The first of these lines that have room in `height`.
    func fitting(_ lines: Range<Int>, height: Double) -> Range<Int> {
        lines.prefix(Int(max(0, height / style.linePitch)))
    }

    /// Draws lines with the top of the first one at `y`.
    func draw(_ lines: Range<Int>, x: Double, y: Double, on cairo: OpaquePointer) {
        for (place, line) in lines.enumerated() {
            cairo_move_to(cairo, x, y + Double(place) * style.linePitch + style.ascent)
            pango_cairo_show_layout_line(
                cairo,
                pango_layout_get_line_readonly(layout, Int32(line))
            )
        }
    }
}
