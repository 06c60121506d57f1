public import CardModel

/// The text in which a card shop hands codes over (卡密文本): one code a line, in the line grammars
/// that shops use.
///
/// A line is divided only where the product's format leaves one reading: two that fit are refused,
/// because a wrong guess would accuse somebody of another code.
public enum DeliveryText {
    /// What became of a text.
    public enum Reading: Sendable {
        case codes([CardCode])
        /// The line of that number is no code of this format: perhaps a notice to the buyer.
        case noCode(line: Int)
        /// Two divisions of that line fit the format.
        case ambiguous(line: Int)
        case tooManyLines
    }

    /// Separators between serial and key, longest first. Never a single dash: keys hold dashes. A
    /// pair of Chinese dashes is what a word processor makes of four plain ones.
    private static let separators = ["----", "——", "|", ",", "，", "\t", " ", ":", "："]

    private static let serialLabels = ["卡号", "账号", "帐号", "序列号", "card", "serial", "sn"]
    private static let keyLabels = ["卡密", "密码", "密钥", "key", "pin", "password"]

    /// Reads a text.
    ///
    /// - Parameter format: of the product that was sold.
    public static func read(_ text: String, format: CardFormat) -> Reading {
        var codes: [CardCode] = []
        for (index, line) in lines(of: text).enumerated() where !line.isEmpty {
            let readings = readings(of: line, format: format)
            guard let code = readings.first else { return .noCode(line: index + 1) }
            guard readings.count == 1 else { return .ambiguous(line: index + 1) }
            guard codes.count < DeliveryNotice.itemLimit else { return .tooManyLines }
            codes.append(code)
        }
        return codes.isEmpty ? .noCode(line: 1) : .codes(codes)
    }

    /// Lines end in LF, CR or both; mail templates put `<br>` between them.
    private static func lines(of text: String) -> [String] {
        var plain = text
        for mark in ["<br>", "<br/>", "<br />"] {
            plain = plain.replacing(mark, with: "\n")
        }
        for (entity, symbol) in [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")] {
            plain = plain.replacing(entity, with: symbol)
        }
        return plain.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { trimmed(String($0)) }
    }

    /// Every reading that the format takes, each once. The bare key stands only where no division
    /// fits.
    private static func readings(of line: String, format: CardFormat) -> [CardCode] {
        if let labelled = labelled(line) { return [labelled].filter { fits($0, format) } }
        // An account beside a password is one opaque thing.
        let isAccount = line.contains("@")
        let divided = isAccount ? [] : separators.compactMap { divide(line, at: $0) }
        var seen: Set<[String]> = []
        let fitting = divided.filter {
            fits($0, format) && seen.insert(identity($0, format)).inserted
        }
        if !fitting.isEmpty { return fitting }
        let bare = CardCode(serial: nil, key: CardKey(line))
        let isUndivided = isAccount || !separators.contains { $0 != " " && line.contains($0) }
        return isUndivided && fits(bare, format) ? [bare] : []
    }

    private static func divide(_ line: String, at separator: String) -> CardCode? {
        let parts = line.split(
            separator: separator,
            maxSplits: 2,
            omittingEmptySubsequences: false
        ).map { trimmed(String($0)) }
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        return CardCode(serial: SerialNumber(parts[0]), key: CardKey(parts[1]))
    }

    /// `卡号:x 密码:y`, `账号:x--密码:y`, and the like.
    private static func labelled(_ line: String) -> CardCode? {
        guard let key = value(in: line, after: keyLabels) else { return nil }
        let serial = value(in: line, after: serialLabels)
        guard !key.isEmpty, serial.map({ !$0.isEmpty }) ?? true else { return nil }
        return CardCode(serial: serial.map { SerialNumber($0) }, key: CardKey(key))
    }

    private static func value(in line: String, after labels: [String]) -> String? {
        let lowered = line.lowercased()
        // The offsets are those of the line itself as long as lowering changes no length.
        guard lowered.count == line.count else { return nil }
        for label in labels {
            for colon in [":", "："] {
                let places = lowered.ranges(of: label + colon)
                guard
                    let found = places.first(where: { beginsWord(at: $0.lowerBound, of: lowered) })
                else { continue }
                let start = lowered.distance(from: lowered.startIndex, to: found.upperBound)
                let rest = line.dropFirst(start)
                return trimmed(String(rest.prefix(upTo: end(of: rest))))
            }
        }
        return nil
    }

    /// `MONKEY:` is no label `key:`, and `充值账号:` is what a buyer typed.
    private static func beginsWord(at index: String.Index, of line: String) -> Bool {
        guard index > line.startIndex else { return true }
        let before = line[line.index(before: index)]
        return !before.isLetter && !before.isNumber
    }

    /// A labelled value ends at a blank, a comma, or two dashes.
    private static func end(of rest: Substring) -> String.Index {
        let blank = rest.firstIndex { $0.isWhitespace || $0 == "," || $0 == "，" || $0 == "|" }
        let dashes = rest.firstRange(of: "--")?.lowerBound
        return [blank, dashes].compactMap { $0 }.min() ?? rest.endIndex
    }

    /// Both parts look like parts of a code, whatever a format without rules would take.
    private static func fits(_ code: CardCode, _ format: CardFormat) -> Bool {
        let normal = format.normalise(code)
        return format.isPlausible(normal) && normal.key.withUnredacted(isCodeLike)
            && isCodeLike(normal.serial?.text ?? "0")
    }

    private static func identity(_ code: CardCode, _ format: CardFormat) -> [String] {
        let normal = format.normalise(code)
        return [normal.serial?.text ?? "", normal.key.withUnredacted { $0 }]
    }

    /// Words to the buyer, and what he typed, are no code: codes are ASCII and hold a digit.
    private static func isCodeLike(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
            && text.utf8.contains { (0x30...0x39).contains($0) }
    }

    private static func trimmed(_ text: String) -> String {
        let isEdge: (Character) -> Bool = { $0.isWhitespace || $0 == "\u{FEFF}" }
        let front = text.drop(while: isEdge)
        let behind = front.reversed().drop(while: isEdge)
        return String(behind.reversed())
    }
}
