import Testing
import WireFormat

@testable import CardModel

/// One synthetic case with everything in it: a gift card that the issuer calls used.
enum EscalationExample {
    static let start = Instant(secondsSinceEpoch: 1_795_132_800)

    static func at(hours: Int64) -> Instant { start + .seconds(hours * 3_600) }

    static func full() throws -> PacketFacts {
        var facts = PacketFacts(
            claimNumber: "CP-2026-000123",
            preparedAt: at(hours: 120),
            productName: "游戏点卡 50元",
            orderNumber: "ORD-20261120-0001",
            problem: .codeUnusable,
            occurredAt: at(hours: 2)
        )
        facts.serials = [MaskedSerial(SerialNumber("SYNTHETIC0012345678"))]
        facts.state = .used
        facts.issuerAnswer = .init(text: "CARD_USED: 卡密已使用", at: at(hours: 2))
        facts.demand = Demand(
            [.refundOriginal(Money(yuan: 50)), .compensateLoss(Money(yuan: 5))],
            until: at(hours: 168)
        )
        facts.complainant = PacketComplainant(name: "张三", contact: "zhangsan@example.com")
        facts.respondent = respondent
        facts.agreement = PacketAgreement(
            orderedAt: at(hours: 0),
            listingCapturedAt: at(hours: 0),
            promises: ["全新未使用", "7天质保"].map { LocalisedText(zhCN: $0, en: $0) }
        )
        facts.breach = [
            PacketComparison(
                attribute: LocalisedText(zhCN: "状态", en: "State"),
                agreed: "全新未使用",
                actual: "已使用"
            )
        ]
        facts.payment = PacketPayment(
            method: .wechat,
            amount: Money(yuan: 50),
            paidAt: at(hours: 0),
            references: ["4200001234202611200000000001"],
            payeeAccounts: ["mch-1900000001"]
        )
        facts.loss = LossComputation([
            .init(.price, Money(yuan: 50)), .init(.costOfEvidence, Money(yuan: 5)),
        ])
        facts.rules = [
            RuleCitation(policyID: "w7", policyVersion: 1, clauseID: "window.length"),
            RuleCitation(policyID: "w7", policyVersion: 1, clauseID: "coverage.states"),
        ]
        facts.law = ["cn.consumer.24", "cn.consumer.26"].compactMap { LawLibrary.standard[$0] }
        facts.contacts = [
            ContactAttempt(.onlineService, at: at(hours: 3), result: .automaticReply),
            ContactAttempt(.phone, at: at(hours: 5), result: .noAnswer),
        ]
        facts.timeline = timeline
        facts.nextChannel = .paymentWechat
        return try sealed(facts)
    }

    private static let respondent = PacketRespondent(
        role: .merchant,
        legalName: "示例网络科技有限公司",
        registrationNumber: "91000000SYNTHETIC0",
        icpNumber: "京ICP备00000000号",
        snapshotAt: at(hours: 0),
        domains: [
            .init(host: "old.example.com", firstSeenAt: at(hours: -4_000), lastSeenAt: start),
            .init(host: "shop.example.com", firstSeenAt: start, lastSeenAt: nil),
        ]
    )

    private static let timeline = [
        PacketEvent(
            at: at(hours: 2),
            by: .system,
            LocalisedText(zhCN: "网关查询，发行方答复卡密已使用。", en: "Checked: the issuer says used.")
        ),
        PacketEvent(
            at: at(hours: 0),
            by: .buyer,
            LocalisedText(zhCN: "下单并付款。", en: "Ordered and paid.")
        ),
    ]

    private static func sealed(_ facts: PacketFacts) throws -> PacketFacts {
        var facts = facts
        let evidence: [(PacketSlot, Set<PacketEvidence.Proof>, Int64, String)] = [
            (.listing, [.fault], 0, "listing.json"), (.order, [.occurrence], 0, "order.json"),
            (.payment, [.loss], 0, "payment.json"), (.delivery, [.occurrence], 1, "delivery.json"),
            (.issuerAnswer, [.occurrence, .fault], 2, "issuer-answer.json"),
            (.communication, [.fault], 3, "chat.txt"),
        ]
        for (index, (slot, proves, hours, file)) in evidence.enumerated() {
            facts.evidence.append(
                try #require(
                    PacketEvidence(
                        slot,
                        proves: proves,
                        capturedAt: at(hours: hours),
                        file: file,
                        digest: [UInt8](repeating: UInt8(index), count: 32),
                        isOffChannel: slot == .communication
                    )
                )
            )
        }
        facts.seal = EvidenceSeal(
            bundleFile: "CP-2026-000123.zip",
            logOrigin: "log.example.com/cards",
            treeSize: 4_711,
            rootHash: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            signer: "log.example.com/cards+synthetic",
            sealedAt: at(hours: 119)
        )
        var heimao = OutsideFiling(preparedFor: .heimao, at: at(hours: 80))
        heimao = try heimao.after(
            .filed(by: .buyer, reference: FilingReference("HM-20261124-1")),
            at: at(hours: 90)
        )
        facts.filings = [
            heimao, OutsideFiling(preparedFor: .hotline12315, at: at(hours: 81)),
        ]
        facts.confirmations = [
            PersonConfirmation(.accusationOfFraud, by: .platformAgent, at: at(hours: 118))
        ]
        return facts
    }
}
