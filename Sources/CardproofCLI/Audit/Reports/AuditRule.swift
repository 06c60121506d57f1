import CardModel
import Gateway

/// What a defect breaks, as finely as reports tell defects apart: a class, and for malformed lines
/// its reason.
enum AuditRule: Hashable {
    case defect(StockDefectClass)
    case malformed(MalformedReason)
    /// Good today, but not for as long as is wanted.
    case shortShelfLife
    /// Not known to be sold, but a code of registered stock.
    case registered

    init(_ defect: StockDefect) {
        if let reason = defect.reason {
            self = .malformed(reason)
        } else if defect.detail == StockDefect.registered {
            self = .registered
        } else {
            self = defect.remainingDays == nil ? .defect(defect.defect) : .shortShelfLife
        }
    }

    /// Every rule, in the order of the classes; malformed lines by their reasons alone.
    static let all: [AuditRule] = StockDefectClass.allCases.flatMap { defect -> [AuditRule] in
        switch defect {
        case .malformed: MalformedReason.allCases.map(AuditRule.malformed)
        case .expired: [.defect(.expired), .shortShelfLife]
        case .sold: [.defect(.sold), .registered]
        default: [.defect(defect)]
        }
    }

    var defectClass: StockDefectClass {
        switch self {
        case .defect(let defect): defect
        case .malformed: .malformed
        case .shortShelfLife: .expired
        case .registered: .sold
        }
    }

    /// Stable: `dup`, `malformed/key_wrong_length`, `expired/short_shelf_life`, `sold/registered`.
    var id: String {
        switch self {
        case .defect(let defect): defect.code
        case .malformed(let reason): "\(StockDefectClass.malformed.code)/\(reason.code)"
        case .shortShelfLife: "\(StockDefectClass.expired.code)/short_shelf_life"
        case .registered: "\(StockDefectClass.sold.code)/\(StockDefect.registered)"
        }
    }

    /// In words.
    var title: LocalisedText {
        switch self {
        case .defect(let defect): defect.title
        case .malformed(let reason): reason.meaning
        case .shortShelfLife:
            LocalisedText(zhCN: "剩余有效期不足", en: "Too few days left before expiry")
        case .registered: LocalisedText(zhCN: "已在登记的库存中", en: "In registered stock already")
        }
    }
}

extension StockDefectClass {
    /// The class in words.
    var title: LocalisedText {
        switch self {
        case .duplicate: LocalisedText(zhCN: "重复", en: "Duplicate")
        case .malformed: LocalisedText(zhCN: "格式错误", en: "Malformed")
        case .expired: LocalisedText(zhCN: "已过期", en: "Expired")
        case .sold: LocalisedText(zhCN: "已售出", en: "Already sold")
        case .conflict:
            LocalisedText(zhCN: "同卡号不同卡密", en: "Same serial, another key")
        case .issuer: LocalisedText(zhCN: "发行方不认可", en: "Not good by its issuer")
        }
    }
}

extension MalformedReason {
    /// What is wrong with the line, for people.
    var meaning: LocalisedText {
        switch self {
        case .commentLine: LocalisedText(zhCN: "注释行", en: "A comment, not a code")
        case .labelMissing:
            LocalisedText(zhCN: "缺少卡密的名称（如 密码:）", en: "No name of a key, such as key:")
        case .accountMissing: LocalisedText(zhCN: "缺少账号邮箱", en: "No address of an account")
        case .separatorMissing: LocalisedText(zhCN: "缺少分隔符", en: "No separator")
        case .separatorRepeated:
            LocalisedText(zhCN: "分隔符出现多次", en: "The separator stands several times")
        case .separatorUnexpected:
            LocalisedText(zhCN: "不该有分隔符", en: "A separator where none is expected")
        case .otherGrammar:
            LocalisedText(zhCN: "写法与文件其余部分不同", en: "Written in another way than the file")
        case .columnsMissing: LocalisedText(zhCN: "列数不足", en: "Too few columns")
        case .columnsExcess: LocalisedText(zhCN: "列数过多", en: "Too many columns")
        case .quoteUnclosed: LocalisedText(zhCN: "引号未闭合", en: "A quote is never closed")
        case .textAfterQuote:
            LocalisedText(zhCN: "引号之后还有文字", en: "Text behind a closing quote")
        case .serialMissing: LocalisedText(zhCN: "缺少卡号", en: "No serial")
        case .keyMissing: LocalisedText(zhCN: "缺少卡密", en: "No key")
        case .serialTooLong: LocalisedText(zhCN: "卡号过长", en: "The serial is too long to read")
        case .keyTooLong: LocalisedText(zhCN: "卡密过长", en: "The key is too long to read")
        case .lineTooLong: LocalisedText(zhCN: "行过长", en: "The line is too long to read")
        case .controlCharacter: LocalisedText(zhCN: "含控制字符", en: "A control character")
        case .notUTF8: LocalisedText(zhCN: "不是有效的 UTF-8", en: "Not UTF-8")
        case .mojibake: LocalisedText(zhCN: "编码转换产生的乱码", en: "Damaged by an encoding")
        case .markup: LocalisedText(zhCN: "含网页标记", en: "Mark-up of a web page")
        case .spreadsheetNumber:
            LocalisedText(zhCN: "被电子表格改成科学计数法", en: "Turned into a number by a spreadsheet")
        case .swapped: LocalisedText(zhCN: "卡号与卡密颠倒", en: "Serial and key are swapped")
        case .serialLength: LocalisedText(zhCN: "卡号长度不对", en: "The serial has a wrong length")
        case .keyLength: LocalisedText(zhCN: "卡密长度不对", en: "The key has a wrong length")
        case .serialSymbol:
            LocalisedText(zhCN: "卡号含不允许的字符", en: "The serial holds a foreign symbol")
        case .keySymbol:
            LocalisedText(zhCN: "卡密含不允许的字符", en: "The key holds a foreign symbol")
        case .serialCheckDigit:
            LocalisedText(zhCN: "卡号校验位不符", en: "The serial's check digit is wrong")
        case .keyCheckDigit:
            LocalisedText(zhCN: "卡密校验位不符", en: "The key's check digit is wrong")
        case .spreadsheetError:
            LocalisedText(zhCN: "电子表格的错误值", en: "A spreadsheet's error in place of a value")
        case .expiryUnreadable:
            LocalisedText(zhCN: "有效期无法识别", en: "The expiry day cannot be read")
        }
    }
}

extension StockDefect {
    /// The defect in one sentence, without any text of the line.
    func sentence(_ language: Language, files: [String]) -> String {
        let title = AuditRule(self).title[language]
        guard !detail.isEmpty else { return title }
        switch defect {
        case .duplicate, .conflict:
            guard let firstLine, let firstFile else { return title }
            let elsewhere = firstFile == file ? nil : files[firstFile]
            return title
                + language(
                    "：首见于\(elsewhere.map { " \($0) " } ?? "")第 \(firstLine) 行",
                    ": first on line \(firstLine)\(elsewhere.map { " of \($0)" } ?? "")"
                )
        case .expired:
            let day = detail.prefix(10)
            guard let remainingDays else { return "\(title)\(language("：", ": "))\(day)" }
            return title
                + language("：\(day)，还剩 \(remainingDays) 天", ": \(day), \(remainingDays) days left")
        case .sold: return title
        default: return "\(title)\(language("（\(detail)）", " (\(detail))"))"
        }
    }
}
