/// How a text looks on paper; lengths in points.
enum TextStyle: Hashable, CaseIterable {
    case title
    case heading
    case body
    case notice
    case columnTitle
    case cell
    case code
    case footer

    var points: Double {
        switch self {
        case .title: 15
        case .heading: 11
        case .body, .notice: 9.5
        case .columnTitle, .cell: 8.5
        case .code: 8
        case .footer: 7
        }
    }

    /// From one baseline to the next.
    var linePitch: Double { points * 1.42 }

    /// From the top of a line to its baseline; Han characters reach 0.88 of it.
    var ascent: Double { points * 1.07 }

    var isBold: Bool {
        switch self {
        case .title, .heading, .notice, .columnTitle: true
        case .body, .cell, .code, .footer: false
        }
    }

    /// Family names in order; what none of them has comes from any font that has it. Latin comes
    /// from a TrueType font: cairo 1.16 gives up subsetting Noto's outlines for some mixtures of
    /// Latin and Chinese, and then embeds a megabyte of them.
    var families: String {
        switch self {
        case .code: "DejaVu Sans Mono, Liberation Mono, Noto Sans Mono CJK SC, monospace"
        default: "Liberation Sans, Noto Sans CJK SC, Noto Sans SC, sans-serif"
        }
    }

    /// Between what stands above and this.
    var spaceBefore: Double {
        switch self {
        case .title: 0
        case .heading: 9
        case .body, .code: 3
        case .notice: 5
        case .columnTitle, .cell, .footer: 0
        }
    }
}
