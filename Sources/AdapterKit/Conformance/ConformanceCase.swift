public import CardModel

/// One rule that every adapter of its scope must keep, by a stable name.
public struct ConformanceCase: Sendable {
    /// Stable, lower case with dashes: reports, documentation and tests name it.
    public let name: String
    /// What the adapter owes, in one sentence.
    public let rule: LocalisedText
    public let scope: ConformanceScope
    /// What was broken; empty when the rule was kept. Never holds a secret. Throws `NotApplicable`
    /// when there was nothing to try.
    let check: @Sendable (ConformanceSubject) async throws -> [String]

    init(
        _ name: String,
        zh: String,
        en: String,
        for scope: ConformanceScope = .questions,
        check: @escaping @Sendable (ConformanceSubject) async throws -> [String]
    ) {
        self.name = name
        rule = LocalisedText(zhCN: zh, en: en)
        self.scope = scope
        self.check = check
    }
}

/// Which adapters a case is about.
public enum ConformanceScope: Sendable, Hashable, CaseIterable {
    case everybody
    /// Whoever asks an issuer, about a code or with an order.
    case questions
    /// Those that ask an issuer about a code.
    case inquiries
    /// Those that can spend a code.
    case redemptions
    /// Those whose issuer reports by itself.
    case callbacks
    /// Those that verify a signature.
    case signatures
    /// Those whose issuer has words of its own, for which the fixtures plant an echo.
    case echoes
    /// Any that asks, over real sockets.
    case wire

    /// Why a case of this scope does not apply.
    public var absence: LocalisedText {
        switch self {
        case .everybody: LocalisedText(zhCN: "不适用", en: "does not apply")
        case .questions: LocalisedText(zhCN: "不询问发行方", en: "asks no issuer")
        case .inquiries: LocalisedText(zhCN: "不查询发行方", en: "asks no issuer about a code")
        case .redemptions: LocalisedText(zhCN: "不兑换卡密", en: "redeems nothing")
        case .callbacks: LocalisedText(zhCN: "没有回调", en: "has no callback")
        case .signatures: LocalisedText(zhCN: "不验证应答签名", en: "verifies no signature")
        case .echoes:
            LocalisedText(zhCN: "样例未指定 echo", en: "the fixtures name no `echo`")
        case .wire:
            LocalisedText(
                zhCN: "没有可用的真实网络，或请求由网关代发",
                en: "no sockets were given to the run, or the gateway sends its requests"
            )
        }
    }
}

/// What a case throws that found nothing to try: it did not pass, it does not apply.
struct NotApplicable: Error {
    var reason: LocalisedText

    init(zh: String, en: String) {
        reason = LocalisedText(zhCN: zh, en: en)
    }

    static let signed = NotApplicable(
        zh: "应答带签名，改动后的应答因签名不符即被拒绝",
        en: "the answers are signed: a changed one is refused before it is read"
    )
}

/// One rule that an adapter broke.
public struct ConformanceFinding: Sendable, Hashable, CustomStringConvertible {
    /// The case's stable name.
    public var caseName: String
    public var message: String

    public var description: String { "\(caseName): \(message)" }
}

/// How one case ended.
public struct ConformanceResult: Sendable {
    public enum Outcome: Sendable, Hashable {
        case passed
        case notApplicable
        /// What was broken.
        case failed([String])
    }

    public let `case`: ConformanceCase
    public let outcome: Outcome
    /// Why the case does not apply; nil when it does.
    public let absence: LocalisedText?
}
