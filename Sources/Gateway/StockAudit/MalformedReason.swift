import CardModel

/// Why a line is no code. The raw value stands in reports and never changes its meaning.
public enum MalformedReason: UInt16, Sendable, CaseIterable {
    case commentLine = 1
    case separatorMissing, separatorRepeated, separatorUnexpected, otherGrammar
    case columnsMissing, columnsExcess, quoteUnclosed, textAfterQuote
    case serialMissing, keyMissing, serialTooLong, keyTooLong, lineTooLong
    case controlCharacter, notUTF8, mojibake, markup, spreadsheetNumber, swapped
    case serialLength, keyLength, serialSymbol, keySymbol
    case serialCheckDigit, keyCheckDigit, expiryUnreadable
    case labelMissing, accountMissing
    case spreadsheetError

    /// The stable name in reports.
    public var code: String {
        switch self {
        case .commentLine: "comment_line"
        case .separatorMissing: "separator_missing"
        case .separatorRepeated: "separator_repeated"
        case .separatorUnexpected: "separator_unexpected"
        case .otherGrammar: "other_grammar"
        case .columnsMissing: "columns_missing"
        case .columnsExcess: "columns_excess"
        case .quoteUnclosed: "quote_unclosed"
        case .textAfterQuote: "text_after_quote"
        case .serialMissing: "serial_missing"
        case .keyMissing: "key_missing"
        case .serialTooLong: "serial_too_long"
        case .keyTooLong: "key_too_long"
        case .lineTooLong: "line_too_long"
        case .controlCharacter: "control_character"
        case .notUTF8: "not_utf8"
        case .mojibake: "mojibake"
        case .markup: "markup"
        case .spreadsheetNumber: "spreadsheet_exponent"
        case .swapped: "parts_swapped"
        case .serialLength: "serial_wrong_length"
        case .keyLength: "key_wrong_length"
        case .serialSymbol: "serial_foreign_symbol"
        case .keySymbol: "key_foreign_symbol"
        case .serialCheckDigit: "serial_check_digit_failed"
        case .keyCheckDigit: "key_check_digit_failed"
        case .expiryUnreadable: "expiry_unreadable"
        case .labelMissing: "label_missing"
        case .accountMissing: "account_missing"
        case .spreadsheetError: "spreadsheet_error"
        }
    }
}

/// A reason with the numbers that explain it, in the 10 bytes a row has for it. It cannot hold text
/// of the line, so no detail can show a key.
struct Malformation: Equatable {
    var reason: MalformedReason
    /// Up to three numbers of 16 bits: found, least, most; or a position; or a grammar's index.
    /// The highest 16 are the repair.
    var numbers: UInt64 = 0

    init(_ reason: MalformedReason, _ found: Int = 0, least: Int = 0, most: Int = 0) {
        self.reason = reason
        numbers = Self.packed(found) | Self.packed(least) << 16 | Self.packed(most) << 32
    }

    init(reason: MalformedReason, numbers: UInt64) {
        self.reason = reason
        self.numbers = numbers
    }

    private static func packed(_ number: Int) -> UInt64 { UInt64(min(max(0, number), 0x7fff)) }

    private var found: Int { Int(numbers & 0xffff) }
    private var least: Int { Int(numbers >> 16 & 0xffff) }
    private var most: Int { Int(numbers >> 32 & 0x7fff) }

    /// Of lengths: whether only the least and the most are good, and none between.
    var hasGap: Bool {
        get { numbers >> 47 & 1 == 1 }
        set { numbers = numbers & ~(1 << 47) | (newValue ? 1 << 47 : 0) }
    }

    /// What a report says.
    var detail: String { repair.map { "\(explanation); \($0.text)" } ?? explanation }

    /// The one edit after which the line would be a good code, if there is one.
    var repair: Repair? {
        get { Repair(packed: UInt16(numbers >> 48)) }
        set { numbers = numbers & 0xffff_ffff_ffff | UInt64(newValue?.packed ?? 0) << 48 }
    }

    private var explanation: String {
        switch reason {
        case .otherGrammar: "\(reason.code): fits \(OtherGrammars.all[found].pattern)"
        case .separatorRepeated: "\(reason.code): \(found) times"
        case .columnsMissing, .columnsExcess: "\(reason.code): \(found), expected \(expected)"
        case .serialLength, .keyLength: "\(reason.code): \(found), expected \(expected)"
        case .serialSymbol, .keySymbol: "\(reason.code): position \(found)"
        case .serialTooLong, .keyTooLong:
            "\(reason.code): more than \(StockAuditLimits.fieldSymbols) symbols"
        case .lineTooLong: "\(reason.code): more than \(StockAuditLimits.recordBytes) bytes"
        case .commentLine, .separatorMissing, .separatorUnexpected, .quoteUnclosed,
            .textAfterQuote, .serialMissing, .keyMissing, .controlCharacter, .notUTF8, .mojibake,
            .markup, .spreadsheetNumber,
            .swapped, .serialCheckDigit, .keyCheckDigit, .expiryUnreadable, .labelMissing,
            .accountMissing, .spreadsheetError:
            reason.code
        }
    }

    private var expected: String {
        least == most ? "\(least)" : "\(least) \(hasGap ? "or" : "to") \(most)"
    }
}

/// The one edit that makes a good code of a malformed one, told without any symbol of it.
enum Repair: Equatable {
    /// Look-alikes in place of one or a few symbols, the first of them here, counted from 1.
    case lookAlike(CodePart, position: Int)
    /// Zeros that a spreadsheet ate put back.
    case leadingZeros(CodePart)

    init(_ repair: CodeRule.Repair, of part: CodePart) {
        switch repair {
        case .lookAlike(let position): self = .lookAlike(part, position: position)
        case .leadingZeros: self = .leadingZeros(part)
        }
    }

    /// Positions have eleven bits: a field has 512 symbols at most.
    private static let positionMask: UInt16 = 0x7ff

    var packed: UInt16 {
        switch self {
        case .leadingZeros(.serial): 2 << 12
        case .leadingZeros(.key): 3 << 12
        case .lookAlike(.serial, let position): 4 << 12 | UInt16(position) & Self.positionMask
        case .lookAlike(.key, let position): 5 << 12 | UInt16(position) & Self.positionMask
        }
    }

    init?(packed: UInt16) {
        let position = Int(packed & Self.positionMask)
        switch packed >> 12 {
        case 2: self = .leadingZeros(.serial)
        case 3: self = .leadingZeros(.key)
        case 4: self = .lookAlike(.serial, position: position)
        case 5: self = .lookAlike(.key, position: position)
        default: return nil
        }
    }

    /// What a report says.
    var text: String {
        switch self {
        case .lookAlike(let part, let position):
            "a look-alike at \(part.rawValue) position \(position) would make it good"
        case .leadingZeros(let part): "leading zeros perhaps lost from the \(part.rawValue)"
        }
    }
}
