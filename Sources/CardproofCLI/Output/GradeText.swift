import CardModel
import WireFormat

/// Grades of merchants for people.
enum GradeText {
    /// One row a merchant, and the platform's own grade above them.
    static func table(of grades: JSONValue, in language: Language) -> String {
        let rows = (grades["merchants"]?.arrayValue ?? []).map { row in
            [row["merchant"]?.stringValue ?? "-"] + cells(of: row)
        }
        let table = Table(
            header: [
                language("商家", "MERCHANT"), language("评级", "GRADE"),
                language("得分", "POINTS"), language("需答复申诉", "CLAIMS"),
                language("期内交付", "DELIVERIES"),
            ],
            rows: rows
        ).text
        let head = language(
            "截至 \(word(grades, "as_of"))，公式 \(word(grades, "formula"))",
            "As of \(word(grades, "as_of")), formula \(word(grades, "formula"))"
        )
        let whole = sentence(of: grades["whole"], in: language)
        return "\(head)\n\(language("平台：", "Platform: "))\(whole)\n\(table)"
    }

    /// One merchant: the sentence of his grade, its measures, and what was taken off.
    static func page(of grade: JSONValue, in language: Language) -> String {
        let rating = grade["rating"]
        let marks = (rating?["marks"]?.arrayValue ?? []).map { mark in
            [
                word(mark, "measure"), mark["value_ppm"]?.lexeme ?? "-",
                points(mark["thousandths"]?.integerValue),
            ]
        }
        let table = Table(
            header: [
                language("指标", "MEASURE"), language("数值（百万分比）", "VALUE (PPM)"),
                language("得分", "POINTS"),
            ],
            rows: marks
        ).text
        let taken = (rating?["deductions"]?.arrayValue ?? []).compactMap(\.stringValue)
        let lines = [
            "\(word(grade, "merchant")) · \(word(grade, "as_of"))",
            sentence(of: grade, in: language),
            table,
            taken.isEmpty
                ? "" : language("扣分：", "Taken off: ") + taken.joined(separator: ", "),
        ]
        return lines.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private static func cells(of row: JSONValue) -> [String] {
        let rating = row["rating"]
        return [
            rating?["grade"]?.stringValue ?? "-",
            points(rating?["points_thousandths"]?.integerValue),
            rating?["metrics"]?["answerable"]?.lexeme ?? "-",
            row["declared"]?["deliveries"]?.lexeme ?? "-",
        ]
    }

    private static func sentence(of row: JSONValue?, in language: Language) -> String {
        row?["text"]?[language.rawValue]?.stringValue ?? "-"
    }

    private static func word(_ value: JSONValue, _ name: String) -> String {
        value[name]?.stringValue ?? "-"
    }

    /// Thousandths as whole points, cut.
    private static func points(_ thousandths: Int64?) -> String {
        thousandths.map { String($0 / Int64(GradeFormula.pointScale)) } ?? "-"
    }
}
