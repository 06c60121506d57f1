/// One attempt to carry a remedy out.
public struct Execution: Sendable, Hashable {
    public let redress: Redress

    /// Counts from 1 over the whole claim: each attempt is asked for once and answered once.
    public let attempt: Int
    public let payer: Payer

    /// Accounts that approved a payment above the caps; two different ones are needed.
    public internal(set) var approvals: Set<String> = []

    /// Who carries it out.
    public enum Payer: String, Sendable, Hashable, CaseIterable {
        case merchant
        case platform
        case thirdParty = "third_party"
        /// From the merchant's deposit (质保保证金), with the backstop fund behind it (M3-27, M2-13).
        case deposit
        /// From the deposit once two people agree: the amount is above the caps.
        case depositOnApproval = "deposit_on_approval"

        public func name(in language: Language) -> String { names[language] }

        private var names: LocalisedText {
            switch self {
            case .merchant: LocalisedText(zhCN: "商家", en: "the merchant")
            case .platform: LocalisedText(zhCN: "平台", en: "the platform")
            case .thirdParty: LocalisedText(zhCN: "发行方或运营商", en: "the issuer or carrier")
            case .deposit: LocalisedText(zhCN: "商家的质保保证金", en: "the merchant's deposit")
            case .depositOnApproval:
                LocalisedText(
                    zhCN: "商家的质保保证金，须两人批准",
                    en: "the merchant's deposit, once two people approve")
            }
        }
    }

    public init(redress: Redress, attempt: Int, payer: Payer, approvals: Set<String> = []) {
        self.redress = redress
        self.attempt = attempt
        self.payer = payer
        self.approvals = approvals
    }

    /// People who must agree to a payment above the caps (claims.md E4, two-person rule).
    public static let approvalsNeeded = 2

    /// Whose word a receipt is: who owes the attempt speaks of it, and the platform of every one.
    /// That money came is nobody's word but the platform's; a code is asked about.
    public func isReported(_ result: RemedyReceipt.Result, by role: ClaimActor) -> Bool {
        if case .done = result, !redress.remedy.isVerified { return role == .platform }
        return switch role {
        case .platform: true
        case .merchant: payer == .merchant
        case .thirdParty: payer == .thirdParty
        case .buyer, .arbiter, .system: false
        }
    }
}

/// What the deposit ledger can pay for a merchant now.
public struct DepositStanding: Sendable, Hashable {
    /// The merchant's deposit with what is frozen for this claim.
    public let deposit: Money?
    public let backstop: Money?

    /// What was paid out of the merchant's deposit on this local day.
    public let paidToday: Money?

    public init(deposit: Money?, backstop: Money?, paidToday: Money?) {
        self.deposit = deposit
        self.backstop = backstop
        self.paidToday = paidToday
    }

    public static let empty = DepositStanding(deposit: nil, backstop: nil, paidToday: nil)

    /// Whether deposit and, where the policy allows it, backstop hold the amount.
    func covers(_ amount: Money, withBackstop: Bool) -> Bool {
        let available = [deposit, withBackstop ? backstop : nil].compactMap { $0 }
            .filter { $0.currency == amount.currency && $0.minorUnits > 0 }
            .reduce(Int64(0)) { sum, money in
                let (total, overflow) = sum.addingReportingOverflow(money.minorUnits)
                return overflow ? .max : total
            }
        return available >= amount.minorUnits
    }
}
