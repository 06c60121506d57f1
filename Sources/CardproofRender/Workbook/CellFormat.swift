/// What a cell's number format makes of a number, as far as it matters for codes and dates
/// (ECMA-376-1, 18.8.30 and 18.8.31).
enum CellFormat: Equatable {
    case general
    /// A day, perhaps with a time.
    case date
    /// `00000000`: filled up with zeros to so many digits.
    case zeros(Int)

    /// Formats that are known by their number and stand in no file: dates, and those of Chinese,
    /// Japanese and Korean workbooks.
    init(builtIn id: Int) {
        switch id {
        case 14...22, 27...36, 45...47, 50...58: self = .date
        default: self = .general
        }
    }

    /// A format of the workbook's own, e.g. `yyyy"年"m"月"d"日"` or `[$-804]0000`.
    init(code: String) {
        var letters = ""
        var rest = code[...]
        // Sections for negative numbers, zero and text follow a semicolon.
        while let symbol = rest.popFirst(), symbol != ";" {
            switch symbol {
            case "\"": rest = Self.behind("\"", in: rest)
            case "[": rest = Self.behind("]", in: rest)
            case "\\", "_", "*": rest = rest.dropFirst()
            default: letters.append(symbol)
            }
        }
        letters = letters.lowercased()
        if letters.count > 1, letters.allSatisfy({ $0 == "0" }) {
            self = .zeros(min(letters.count, Self.mostZeros))
            return
        }
        // `m` beside hours or seconds is minutes; the `m` of `am/pm` stands beside hours.
        let isTime = letters.contains { "hs".contains($0) }
        let isDay = letters.contains { "yd".contains($0) }
        self = isDay || (letters.contains("m") && !isTime) ? .date : .general
        if letters.contains("general") { self = .general }
    }

    /// A number has at most 15 exact digits; no sensible format fills up much beyond.
    private static let mostZeros = 64

    private static func behind(_ end: Character, in text: Substring) -> Substring {
        text.drop { $0 != end }.dropFirst()
    }
}

/// The number formats of a workbook by style (`xl/styles.xml`).
final class CellFormats: XMLPartHandler {
    /// Excel allows 65,490 styles.
    static let mostStyles = 65_536

    let place = "xl/styles.xml"
    private var codes: [Int: CellFormat] = [:]
    private var styles: [CellFormat] = []
    private var isInsideCellStyles = false

    /// The format of style number `style`; general when the workbook has no such style.
    subscript(style: Int) -> CellFormat {
        styles.indices.contains(style) ? styles[style] : .general
    }

    func start(_ name: XMLName, _ attributes: XMLAttributes) throws(RenderFailure) {
        if name == "numFmt" {
            guard let id = attributes.integer("numFmtId"), let code = attributes["formatCode"],
                codes.count < Self.mostStyles
            else { return }
            codes[id] = CellFormat(code: code)
        } else if name == "cellXfs" {
            isInsideCellStyles = true
        } else if name == "xf", isInsideCellStyles {
            guard styles.count < Self.mostStyles else {
                throw .input("\(place): more than \(Self.mostStyles) cell styles")
            }
            let id = attributes.integer("numFmtId") ?? 0
            styles.append(codes[id] ?? CellFormat(builtIn: id))
        }
    }

    func end(_ name: XMLName) throws(RenderFailure) {
        if name == "cellXfs" { isInsideCellStyles = false }
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws(RenderFailure) {}
}
