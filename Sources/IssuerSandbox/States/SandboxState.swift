/// One row of the published table: a state that a code can be in at the sandbox issuer, and the
/// digits that put it there.
///
/// A code selects a row by its first five digits: `99` and the row's three-digit selector, after
/// leading letters; dashes and spaces do not count. All further symbols are free, so every state
/// has thousands of codes, and an eight-digit key has room for the group:
///
/// ```swift
/// SandboxState.named("used")?.code(number: 7, symbols: 12)  // "993010000007"
/// ```
///
/// Every other code is good and unused.
public struct SandboxState: Sendable {
    /// The three digits after `99`, as a number from 0 to 999.
    public let selector: Int
    /// The stable name, in snake case: what control requests and counts say.
    public let name: String
    /// One phrase for people.
    public let meaning: String
    /// Nil when the row says nothing in this protocol: the code is good there.
    let voucher: VoucherAnswer?
    let license: LicenseAnswer?
    /// What every other protocol words in its own way; nil when the row says nothing there.
    let condition: CardCondition?
    /// The instant from which the row's answers hold; before it the code is good.
    let use: SandboxMoment?
    let trait: Trait?
    /// How every answer about the code travels.
    let conduct: SandboxFault?
    /// What the first ask about the code gets instead.
    let first: FirstAnswer?

    /// A particular of the voucher that differs from what was sold.
    enum Trait: Sendable, Hashable {
        case expiresInThreeDays, expiresToday, expiredUnflagged, expiredFlagged
        case halfValue, doubleValue, otherCurrency
        case otherSerial, otherProduct, codeInAnswer
        /// The issuer's clock runs a day ahead in what it tells about use.
        case clockAhead
    }

    /// The first of two answers that contradict each other.
    enum FirstAnswer: Sendable, Hashable {
        case state(voucher: VoucherAnswer, license: LicenseAnswer, named: String)
        case fault(SandboxFault)
    }

    init(
        _ selector: Int,
        _ name: String,
        _ meaning: String,
        voucher: VoucherAnswer? = nil,
        license: LicenseAnswer? = nil,
        condition: CardCondition? = nil,
        use: SandboxMoment? = nil,
        trait: Trait? = nil,
        conduct: SandboxFault? = nil,
        first: FirstAnswer? = nil
    ) {
        self.selector = selector
        self.name = name
        self.meaning = meaning
        self.voucher = voucher
        self.license = license
        self.condition = condition
        self.use = use
        self.trait = trait
        self.conduct = conduct
        self.first = first
    }
}

extension SandboxState {
    /// The two digits that every selecting group begins with.
    static let mark = "99"
    /// `99` and three digits of the selector.
    private static let groupSymbols = 5

    /// All rows, in the order of their selectors.
    public static let all: [SandboxState] =
        (particulars + voucherCodes + voucherWords + conditions + licenseCodes + timelines
        + failures)
        .sorted { $0.selector < $1.selector }

    /// Good and unused: the state of every code that selects nothing.
    static let good = SandboxState(
        0,
        "good",
        "good and unused",
        voucher: .voucher(state: "available"),
        license: .valid,
        condition: .good
    )

    /// Used, without a time unless one is scripted.
    static let used = SandboxState(
        301,
        "used",
        "used, the time is not told",
        voucher: .voucher(state: "used"),
        license: .seatsTaken,
        condition: .used
    )

    private static let bySelector = Dictionary(
        uniqueKeysWithValues: all.map { ($0.selector, $0) }
    )
    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// The row with this name; nil when there is none.
    public static func named(_ name: String) -> SandboxState? { byName[name] }

    /// The row that the digits of a code select; ``good`` when they select none.
    static func selected(by code: String) -> SandboxState {
        let symbols = code.utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: " ") }
            .drop { (0x41...0x5A) ~= $0 || (0x61...0x7A) ~= $0 }
            .prefix(groupSymbols)
        let group = String(decoding: symbols, as: UTF8.self)
        guard symbols.count == groupSymbols, group.hasPrefix(mark),
            symbols.allSatisfy({ (0x30...0x39) ~= $0 }), let selector = Int(group.dropFirst(2))
        else { return good }
        return bySelector[selector] ?? good
    }

    /// The group of five digits that selects this row.
    public var digits: String {
        let text = String(selector)
        return Self.mark + String(repeating: "0", count: max(0, 3 - text.utf8.count)) + text
    }

    /// A code in this state: the selecting group, then `number` with leading zeros.
    /// - Parameters:
    ///   - number: which of the state's codes, from 0.
    ///   - symbols: how long the code is; a voucher server takes 8 to 20 digits.
    /// - Returns: nil when `number` does not fit into what the group leaves free.
    public func code(number: Int, symbols: Int = 18) -> String? {
        let text = String(number)
        let free = symbols - Self.groupSymbols
        guard number >= 0, free >= text.utf8.count, symbols <= SandboxLimits.symbols else {
            return nil
        }
        return digits + String(repeating: "0", count: free - text.utf8.count) + text
    }
}
