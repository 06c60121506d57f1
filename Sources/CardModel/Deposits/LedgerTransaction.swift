public import WireFormat

/// A place where money of the warranty lies. Deposits are the platform's to hold; cardproof keeps
/// the book and moves no money itself.
public enum LedgerAccount: Sendable, Hashable {
    /// What a merchant has paid in (质保保证金), and nothing holds.
    case deposit(merchant: String)
    /// What an open claim holds of it: it can be neither withdrawn nor held twice.
    case frozen(merchant: String, claim: String)
    /// Taken for one attempt that the platform was asked to pay.
    case payable(claim: String, attempt: Int)
    /// With the buyers.
    case paid
    /// The platform's own fund behind deposits that do not reach (M2-13).
    case backstop
    /// Whence deposits come and whither they go back: the only account that is below zero.
    case outside

    /// The account's name in the store, unique on a platform.
    public var name: String {
        switch self {
        case .deposit(let merchant): "deposit/\(merchant)"
        case .frozen(let merchant, let claim): "frozen/\(claim)/\(merchant)"
        case .payable(let claim, let attempt): "payable/\(claim)/\(attempt)"
        case .paid: "paid"
        case .backstop: "backstop"
        case .outside: "outside"
        }
    }

    public init?(name: String) {
        let parts = name.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
            .map(String.init)
        switch (parts.first, parts.count) {
        case ("deposit", 2...):
            self = .deposit(merchant: parts.dropFirst().joined(separator: "/"))
        case ("frozen", 3): self = .frozen(merchant: parts[2], claim: parts[1])
        case ("payable", 3):
            guard let attempt = Int(parts[2]) else { return nil }
            self = .payable(claim: parts[1], attempt: attempt)
        case ("paid", 1): self = .paid
        case ("backstop", 1): self = .backstop
        case ("outside", 1): self = .outside
        default: return nil
        }
    }

    /// Whose money it is, where it is a merchant's.
    public var merchant: String? {
        switch self {
        case .deposit(let merchant), .frozen(let merchant, _): merchant
        case .payable, .paid, .backstop, .outside: nil
        }
    }

    /// Whether the account may be below zero.
    public var mayBeNegative: Bool { self == .outside }
}

/// Money that moves between accounts (复式记账): the postings of a transaction sum to zero, so the
/// whole book does at all times.
public struct LedgerTransaction: Sendable, Hashable {
    /// What it is about; written once, whoever tries again.
    public let key: String
    public let kind: Kind
    public let postings: [Posting]

    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case deposit
        case withdrawal
        case backstopFunding = "backstop_funding"
        case freeze
        case release
        case payout
        case settlement
        case cancellation
    }

    public struct Posting: Sendable, Hashable {
        public let account: LedgerAccount
        /// More than zero where the account gains.
        public let amount: Money

        public init(_ account: LedgerAccount, _ amount: Money) {
            self.account = account
            self.amount = amount
        }
    }

    /// Bytes of a key.
    public static let longestKey = 200

    /// - Returns: nil unless two or more postings of one currency, none of them zero, sum to zero
    ///   without overflow.
    public init?(key: String, kind: Kind, postings: [Posting]) {
        guard key.utf8.count <= Self.longestKey, postings.count >= 2,
            let currency = postings.first?.amount.currency,
            var sum = Money(minorUnits: 0, currency: currency)
        else { return nil }
        for posting in postings {
            guard posting.amount.minorUnits != 0, let next = sum.adding(posting.amount) else {
                return nil
            }
            sum = next
        }
        guard sum.minorUnits == 0 else { return nil }
        self.key = key
        self.kind = kind
        self.postings = postings
    }

    public var currency: String { postings[0].amount.currency }

    /// What leaves the book by it, in minor units; below zero for what comes in.
    public var leavingMinorUnits: Int64 {
        postings.reduce(0) { sum, posting in
            posting.account == .outside ? sum + posting.amount.minorUnits : sum
        }
    }

    /// What it takes for attempts, or gives back of that, in minor units.
    public var payableMinorUnits: Int64 {
        postings.reduce(0) { sum, posting in
            if case .payable = posting.account { sum + posting.amount.minorUnits } else { sum }
        }
    }

    /// The same money back where it came from.
    public func reversed(key: String, kind: Kind) -> LedgerTransaction? {
        LedgerTransaction(
            key: key,
            kind: kind,
            postings: postings.compactMap { posting in
                Money(minorUnits: 0, currency: currency)?.subtracting(posting.amount)
                    .map { Posting(posting.account, $0) }
            }
        )
    }
}

extension LedgerTransaction {
    public var jsonValue: JSONValue {
        [
            "key": .string(key), "kind": .string(kind.rawValue),
            "postings": .array(
                postings.map { posting in
                    [
                        "account": .string(posting.account.name),
                        "amount": posting.amount.jsonValue,
                    ]
                }
            ),
        ]
    }

    public init?(jsonValue value: JSONValue) {
        let fields = StoredFields(value)
        guard let key = fields.text("key"), let kind = fields.choice("kind", Kind.self) else {
            return nil
        }
        var postings: [Posting] = []
        for stored in value["postings"]?.arrayValue ?? [] {
            guard let account = stored["account"]?.stringValue.flatMap({ LedgerAccount(name: $0) }),
                let amount = stored["amount"].flatMap({ Money(jsonValue: $0) })
            else { return nil }
            postings.append(Posting(account, amount))
        }
        self.init(key: key, kind: kind, postings: postings)
    }
}

/// An account that would be below zero, or above what can be counted: nothing was written.
public struct LedgerOverdraft: Error, Sendable {
    public let account: LedgerAccount

    public init(account: LedgerAccount) {
        self.account = account
    }
}
