public import CardModel

/// A place in a case that one kind of evidence fills (取证要素): what consumers are told to keep and
/// what courts, regulators and payment providers ask for.
///
/// Sources: 000:15, 001:13, 003:35–37, 004:20–23.
public enum EvidenceSlot: String, Sendable, CaseIterable {
    case order
    case payment
    case account
    case delivery
    /// What was promised: the listing, its after-sale terms, its period.
    case listing
    /// When the terms were shown to the buyer.
    case termsDisclosed = "terms_disclosed"
    /// The issuer's own words about the code.
    case issuerAnswer = "issuer_answer"
    /// What was sold beside what was found.
    case comparison
    /// Who held the code when it died.
    case custody
    case communication
    case loss

    /// The three classes of 004:23.
    public enum Group: String, Sendable, CaseIterable {
        /// 身份与订单证据
        case identityOrder = "identity_order"
        /// 问题证据
        case problem
        /// 沟通证据
        case communication
    }

    /// Points of 100 that a filled slot gives. The issuer's answer and the delivery weigh most:
    /// they are what the other side cannot have made.
    public var weight: Int {
        switch self {
        case .order: 10
        case .payment: 10
        case .account: 5
        case .delivery: 15
        case .listing: 10
        case .termsDisclosed: 5
        case .issuerAnswer: 20
        case .comparison: 5
        case .custody: 5
        case .communication: 10
        case .loss: 5
        }
    }

    public var group: Group {
        switch self {
        case .order, .payment, .account, .delivery: .identityOrder
        case .listing, .termsDisclosed, .issuerAnswer, .comparison, .custody, .loss: .problem
        case .communication: .communication
        }
    }

    var node: TradeNode {
        switch self {
        case .listing, .termsDisclosed: .pre
        case .order, .payment, .account, .delivery: .in
        case .issuerAnswer, .comparison, .custody, .communication, .loss: .post
        }
    }

    /// What the evidence in this place can help to show.
    var proves: Set<EvidenceAspect> {
        switch self {
        case .order, .account, .delivery: []
        case .payment, .loss: [.loss]
        case .listing, .termsDisclosed, .custody, .communication: [.fault]
        case .issuerAnswer: [.occurrence]
        case .comparison: [.occurrence, .fault]
        }
    }

    /// What a case about this state cannot do without (003:37).
    static func needed(for state: VerdictState) -> [EvidenceSlot] {
        switch state.standing {
        case .good: [.order, .delivery, .issuerAnswer]
        case .waiting, .undecided: [.order, .delivery, .communication]
        case .defective:
            switch state.defectFamily {
            case .codeUnusable, nil: [.order, .delivery, .issuerAnswer, .communication]
            case .notAsDescribed, .service:
                [.order, .delivery, .listing, .issuerAnswer, .comparison, .communication]
            case .delivery: [.order, .payment, .communication]
            case .payment: [.order, .payment, .loss, .communication]
            case .accountSecurity: [.order, .account, .delivery, .communication]
            }
        }
    }

    public func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .order: LocalisedText(zhCN: "订单", en: "order")
        case .payment: LocalisedText(zhCN: "支付凭证", en: "payment record")
        case .account: LocalisedText(zhCN: "买家账号", en: "buyer's account")
        case .delivery: LocalisedText(zhCN: "交付记录", en: "delivery")
        case .listing: LocalisedText(zhCN: "商品页与售后承诺快照", en: "snapshot of listing and terms")
        case .termsDisclosed: LocalisedText(zhCN: "条款告知时间", en: "when the terms were shown")
        case .issuerAnswer: LocalisedText(zhCN: "发行方的答复", en: "issuer's answer")
        case .comparison: LocalisedText(zhCN: "描述与实际的对比", en: "description against fact")
        case .custody: LocalisedText(zhCN: "卡密由谁保管", en: "who held the code")
        case .communication: LocalisedText(zhCN: "与商家的沟通记录", en: "messages with the merchant")
        case .loss: LocalisedText(zhCN: "损失金额", en: "loss")
        }
    }
}

/// Which places of a case are filled, by what, and what is missing.
struct EvidenceCompleteness: Sendable {
    /// Sources by slot: `entry 12`, `attachment 40`.
    private(set) var sources: [EvidenceSlot: [String]] = [:]
    /// What this case cannot do without.
    let needed: Set<EvidenceSlot>

    init(about states: [VerdictState]) {
        needed = Set(states.flatMap { EvidenceSlot.needed(for: $0) })
    }

    mutating func fill(_ slot: EvidenceSlot, by source: String) {
        guard sources[slot]?.last != source else { return }
        sources[slot, default: []].append(source)
    }

    /// 0 to 100: the weights of the filled slots.
    var score: Int { sources.keys.reduce(0) { $0 + $1.weight } }

    var missing: [EvidenceSlot] { EvidenceSlot.allCases.filter { sources[$0] == nil } }

    var isComplete: Bool { needed.allSatisfy { sources[$0] != nil } }

    /// Whether anything here helps to show an aspect.
    func shows(_ aspect: EvidenceAspect) -> Bool {
        sources.keys.contains { $0.proves.contains(aspect) }
    }
}
