import CardModel
import Gateway
import WireFormat

/// What the audit says to people on stderr, in both languages. Reports for programs are not
/// translated.
struct AuditText {
    let language: Language

    func text(_ zhCN: String, _ en: String) -> String {
        LocalisedText(zhCN: zhCN, en: en)[language]
    }

    /// How a file was understood, with samples that show no symbol of a code.
    func understanding(
        of reading: StockReading,
        name: String,
        encoding: StockEncoding,
        isCompressed: Bool
    ) -> String {
        let packing = isCompressed ? ", gzip" : ""
        let header = reading.headerLine.map { line in
            text("，第 \(line) 行为表头", ", header on line \(line)")
        }
        let name = Terminal.safeWord(name)
        let head = text(
            "\(name)：按 \(reading.grammar.pattern) 读取（\(reading.grammar.name)，"
                + "\(encoding.name)\(packing)）",
            "\(name): read as \(reading.grammar.pattern) (\(reading.grammar.name), "
                + "\(encoding.name)\(packing))"
        )
        let share = text(
            "，样本 \(reading.sampleLines) 行中 \(reading.fittingLines) 行符合",
            ", \(reading.fittingLines) of \(reading.sampleLines) sample lines fit"
        )
        return ([head + (header ?? "") + share] + reading.samples.map(sample))
            .joined(separator: "\n")
    }

    private func sample(_ line: StockSampleLine) -> String {
        var parts: [String] = []
        if let serial = line.serial { parts.append(text("卡号", "serial") + " " + shape(serial)) }
        parts.append(text("卡密", "key") + " " + shape(line.key))
        if let day = line.expiresOn { parts.append(text("有效期", "expires") + " " + day) }
        return "  " + text("第 \(line.line) 行", "line \(line.line)") + ": "
            + parts.joined(separator: " · ")
    }

    private func shape(_ shape: StockFieldShape) -> String {
        let count = shape.count
        let plural = count == 1 ? "" : "s"
        let described =
            switch shape.symbols {
            case .digits: text("\(count) 位数字", "\(count) digit\(plural)")
            case .letters: text("\(count) 位字母", "\(count) letter\(plural)")
            case .digitsAndLetters: text("\(count) 位数字和字母", "\(count) letters and digits")
            case .any: text("\(count) 个字符", "\(count) symbol\(plural)")
            }
        return "•••• " + described
    }

    /// Why a file was refused, and what settles it.
    func refusal(_ error: StockReadingError, name: String, isHistory: Bool) -> String {
        let option = isHistory ? "--history-format" : "--format"
        let name = Terminal.safeWord(name)
        switch error {
        case .ambiguous(let readings):
            let shown = readings.map { reading in
                let head = text(
                    "按 \(reading.grammar.pattern)（\(option) \(reading.grammar.name)）",
                    "as \(reading.grammar.pattern) (\(option) \(reading.grammar.name))"
                )
                return ([head] + reading.samples.map(sample)).joined(separator: "\n")
            }
            let question = text(
                "\(name)：有多种读法，得到的卡密不同；请用 \(option) 指定",
                "\(name): can be read in several ways that give different codes; "
                    + "settle it with \(option)"
            )
            return ([question] + shown).joined(separator: "\n")
        case .utf16WithoutMark:
            return text(
                "\(name)：看起来是 UTF-16，但没有字节顺序标记（BOM）；请另存为带 BOM 的 UTF-16 或 UTF-8",
                "\(name): looks like UTF-16 without a byte order mark; save it as UTF-8, or as "
                    + "UTF-16 with its mark"
            )
        case .notText:
            return text("\(name)：不是文本文件", "\(name): is not a text file")
        }
    }

    /// A history of which no line can be a code that was sold.
    func noHistory(_ reading: StockReading, name: String) -> String {
        let name = Terminal.safeWord(name)
        let shown = reading.grammar.pattern
        return text(
            "\(name)：按 \(shown) 读取，样本中没有一行是卡密，无法比对是否已售；请检查各列，"
                + "或用 --history-format 和 --card-format 指定",
            "\(name): no line of its sample is a code, read as \(shown), so nothing would be found "
                + "sold; look at its columns, or settle it with --history-format and --card-format"
        )
    }

    var noCodes: String {
        text("没有找到任何卡密", "no codes were found")
    }
}
