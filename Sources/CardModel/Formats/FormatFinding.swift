/// One thing about a code that its format does not expect.
///
/// A finding names a position and never shows a key.
public struct FormatFinding: Sendable, Hashable {
    public let part: CodePart
    public let defect: Defect

    /// Whether the finding is only worth a remark: such a code is still plausible.
    public let isAdvisory: Bool

    public init(part: CodePart, defect: Defect, isAdvisory: Bool) {
        self.part = part
        self.defect = defect
        self.isAdvisory = isAdvisory
    }

    public enum Defect: Sendable, Hashable {
        /// Nothing is there.
        case missing
        /// The number of symbols the part has, and the numbers its format knows.
        case wrongLength(Int, allowed: CodeLengths)
        /// The first symbol outside the alphabet: its position counted from 1, and the symbols of
        /// the alphabet it may have been misread from.
        case foreignSymbol(position: Int, lookAlikes: [Character])
        /// None of the known beginnings.
        case unknownPrefix
        /// Serial and key stand in each other's place.
        case partsSwapped
        /// A spreadsheet turned the number into `1.00000E+16`.
        case spreadsheetExponent
        /// Nothing but zeros after the fifteenth digit, as a spreadsheet leaves a long number.
        case spreadsheetZeros
        /// U+FFFD: the text was read in the wrong encoding and cannot be restored.
        case mojibake
        /// Remains of HTML (`<br>`, `&nbsp;`).
        case markup
        case checkDigitFailed
    }

    /// The stable reason code, the same in every language.
    public var reason: String {
        switch defect {
        case .missing: "missing"
        case .wrongLength: "wrong_length"
        case .foreignSymbol: "foreign_symbol"
        case .unknownPrefix: "unknown_prefix"
        case .partsSwapped: "parts_swapped"
        case .spreadsheetExponent: "spreadsheet_exponent"
        case .spreadsheetZeros: "spreadsheet_zeros"
        case .mojibake: "mojibake"
        case .markup: "markup"
        case .checkDigitFailed: "check_digit_failed"
        }
    }

    /// One sentence without the key.
    public func text(in language: Language) -> String {
        let part = partName[language]
        return sentence(part: part)[language]
    }

    private var partName: LocalisedText {
        switch part {
        case .serial: LocalisedText(zhCN: "卡号", en: "serial")
        case .key: LocalisedText(zhCN: "卡密", en: "key")
        }
    }

    private func sentence(part: String) -> LocalisedText {
        switch defect {
        case .missing:
            LocalisedText(zhCN: "缺少\(part)", en: "the \(part) is missing")
        case .wrongLength(let count, let allowed):
            LocalisedText(
                zhCN: "\(part)有 \(count) 位，应为 \(allowed) 位",
                en: "the \(part) has \(count) symbols, expected \(allowed)"
            )
        case .foreignSymbol(let position, let lookAlikes):
            foreignSymbolSentence(part, position, lookAlikes.map(String.init))
        case .unknownPrefix:
            LocalisedText(
                zhCN: "\(part)的开头不在已知范围内",
                en: "the \(part) begins in no known way"
            )
        case .partsSwapped:
            LocalisedText(zhCN: "卡号与卡密位置颠倒", en: "serial and key are swapped")
        case .spreadsheetExponent:
            LocalisedText(
                zhCN: "\(part)被电子表格改成了科学计数法，请从原始文件重新导入",
                en: "a spreadsheet turned the \(part) into 1.00000E+16 form; import it again"
            )
        case .spreadsheetZeros:
            LocalisedText(
                zhCN: "\(part)第 15 位之后全为零，可能被电子表格截断",
                en: "the \(part) has only zeros after 15 digits, as a spreadsheet leaves it"
            )
        case .mojibake:
            LocalisedText(
                zhCN: "\(part)含乱码，文件编码读错",
                en: "the \(part) was read in the wrong encoding"
            )
        case .markup:
            LocalisedText(
                zhCN: "\(part)含网页标记残留",
                en: "the \(part) contains remains of HTML"
            )
        case .checkDigitFailed:
            LocalisedText(
                zhCN: "\(part)校验位不符",
                en: "the check digit of the \(part) does not fit"
            )
        }
    }

    private func foreignSymbolSentence(
        _ part: String,
        _ position: Int,
        _ lookAlikes: [String]
    ) -> LocalisedText {
        guard !lookAlikes.isEmpty else {
            return LocalisedText(
                zhCN: "\(part)第 \(position) 位不是该卡种使用的字符",
                en: "symbol \(position) of the \(part) does not occur in this kind of card"
            )
        }
        return LocalisedText(
            zhCN: "\(part)第 \(position) 位可能看错，是否为 \(lookAlikes.joined(separator: "、"))",
            en: "symbol \(position) of the \(part) may be misread, is it "
                + "\(lookAlikes.joined(separator: " or "))?"
        )
    }
}
