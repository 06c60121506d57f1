import Foundation
import Testing
import WireFormat

@testable import CardModel

@Suite("Escalation: packets")
struct EscalationPacketTests {
    /// The channels with a golden file.
    static let golden: [EscalationChannel] = [
        .platformQueue, .hotline12315, .heimao, .paymentWechat, .smallClaimsCourt, .police110,
        .notary,
    ]

    @Test("a full case is, word for word, the golden file (M0-24)", arguments: golden)
    func goldenFiles(channel: EscalationChannel) throws {
        for language in Language.allCases {
            let name = "\(channel.rawValue).\(language.rawValue).md"
            let url = EscalationScenario.repositoryFile("Tests/Vectors/packets/\(name)")
            let written = try ReadPacket.markdown(channel, language, EscalationExample.full())
            #expect(try String(contentsOf: url, encoding: .utf8) == written, "\(name)")
        }
    }

    @Test("every channel has a packet, ready for the full case (M0-08, M0-25)")
    func everyChannel() throws {
        for channel in EscalationChannel.allCases {
            #expect(ReadPacket.missing(channel, try EscalationExample.full()).isEmpty, "\(channel)")
        }
    }

    @Test("the templates have no word of judgement or anger (M0-24, M4-21)")
    func bannedWords() throws {
        let banned = [
            "恶意", "无良", "垃圾", "骗子", "严重", "极其", "奸商", "黑心", "坑人", "可恶", "非常", "恶劣", "无耻",
            "malicious", "terrible", "horrible", "scam", "outrageous", "extremely", "awful",
            "shameless", "dishonest", "greedy", " very ", "severe",
        ]
        var texts = EscalationChannel.allCases.flatMap { channel in
            Language.allCases.map { language in
                (try? EscalationPacket(for: channel, facts: EscalationExample.full())
                    .draftMarkdown(in: language)) ?? ""
            }
        }
        for language in Language.allCases {
            texts += PacketField.allCases.map { $0.whatToDo(in: language) }
            texts += WhyNotHigher.allCases.map { $0.text(in: language) }
            texts += WhyNotPayment.allCases.map { $0.text(in: language) }
            texts += TierTable.standard.tiers.all.map { $0.reason[language] }
            texts += TierTable.standard.proposals.map { $0.reason[language] }
            texts += LawLibrary.standard.citations.map { $0.summary[language] }
            texts += ProblemClass.allCases.map { $0.name(in: language) }
        }
        #expect(texts.allSatisfy { !$0.isEmpty })
        for text in texts {
            for word in banned {
                #expect(!text.lowercased().contains(word), "\(word)")
            }
        }
    }

    @Test(
        "a packet without a required field is never ready, and says what to do (M0-20, D-8)"
    )
    func gate() throws {
        let removals: [(PacketField, (inout PacketFacts) -> Void)] = [
            (.product, { $0.productName = " " }), (.orderNumber, { $0.orderNumber = "" }),
            (.demand, { $0.demand = nil }), (.complainant, { $0.complainant = nil }),
            (.respondent, { $0.respondent = nil }), (.agreement, { $0.agreement = nil }),
            (.breach, { $0.breach = [] }), (.timeline, { $0.timeline = [] }),
            (.payment, { $0.payment = nil }),
            (.paymentReference, { $0.payment?.references = [" "] }), (.loss, { $0.loss = nil }),
            (.rule, { $0.rules = [] }), (.law, { $0.law = [] }),
            (.contactAttempt, { $0.contacts = [] }), (.seal, { $0.seal = nil }),
            (.evidence, { $0.evidence = [] }),
            (.personConfirmation, { $0.confirmations = [] }),
            (.proofOfOccurrence, { $0.removeProof(.occurrence) }),
            (.proofOfFault, { $0.removeProof(.fault) }),
            (.proofOfLoss, { $0.removeProof(.loss) }),
        ]
        #expect(Set(removals.map(\.0)) == Set(PacketField.allCases))
        for (field, remove) in removals {
            var facts = try EscalationExample.full()
            remove(&facts)
            for channel in EscalationChannel.allCases {
                let isNeeded = PacketField.required(by: channel.kind).contains(field)
                let hasAct = field != .personConfirmation || channel.kind == .police
                #expect(
                    ReadPacket.missing(channel, facts).contains(field) == (isNeeded && hasAct),
                    "\(channel) \(field)"
                )
            }
        }
    }

    @Test("a draft says that it is one and lists what is missing (M4-27)")
    func draft() throws {
        let facts = PacketFacts(
            claimNumber: "CP-1",
            preparedAt: EscalationExample.start,
            productName: "",
            orderNumber: "",
            problem: .notDelivered,
            occurredAt: EscalationExample.start
        )
        let packet = EscalationPacket(for: .smallClaimsCourt, facts: facts)
        let chinese = packet.draftMarkdown(in: .zhCN)
        let english = packet.draftMarkdown(in: .en)
        #expect(chinese.contains("**草稿，不可提交。**"))
        #expect(english.contains("**Draft, not to be filed.**"))
        for field in ReadPacket.missing(.smallClaimsCourt, facts) {
            #expect(chinese.contains("- [ ] " + field.whatToDo(in: .zhCN)))
            #expect(english.contains("- [ ] " + field.whatToDo(in: .en)))
        }
        for section in ["约定", "违约事实"] {
            #expect(chinese.contains("## \(section)\n\n（缺）"))
        }
    }

    @Test("a suspicion of fraud, a threefold claim and a collective case need a person (E4, M4-37)")
    func persons() throws {
        var facts = try EscalationExample.full()
        facts.confirmations = []
        #expect(ReadPacket.missing(.hotline12315, facts).isEmpty)
        #expect(ReadPacket.missing(.police110, facts) == [.personConfirmation])
        var fraud = facts
        fraud.problem = .forgedCode
        #expect(ReadPacket.missing(.hotline12315, fraud) == [.personConfirmation])
        var threefold = facts
        threefold.demand = Demand(
            [.refundPlusThree(price: Money(yuan: 50))],
            until: EscalationExample.at(hours: 168)
        )
        #expect(ReadPacket.missing(.hotline12315, threefold) == [.personConfirmation])
        threefold.confirmations = [
            PersonConfirmation(.refundPlusThree, by: .buyer, at: EscalationExample.start)
        ]
        let text = try ReadPacket.markdown(.hotline12315, .zhCN, threefold)
        #expect(text.contains("退还价款 50.00元，并按价款三倍赔偿 150.00元"))
        #expect(text.contains("三倍赔偿由人工确认后提出"))
        var collective = facts
        collective.collective =
            CollectiveCase.find(
                in: (0..<5).map {
                    BadCode(
                        claimID: "clm_\($0)",
                        merchant: "m",
                        batch: "b-1",
                        product: "p",
                        at: EscalationExample.at(hours: $0)
                    )
                },
                under: .standard
            ).first
        #expect(ReadPacket.missing(.marketSupervision, collective) == [.personConfirmation])
        collective.confirmations = [
            PersonConfirmation(.collectiveFiling, by: .platformAgent, at: EscalationExample.start)
        ]
        #expect(
            try ReadPacket.markdown(.marketSupervision, .en, collective)
                .contains("- Claims about bad codes: 5\n"))
    }

    @Test(
        "other filings are named only when they lie with a body, the next one only when due (M1-32)"
    )
    func pressure() throws {
        var facts = try EscalationExample.full()
        let text = try ReadPacket.markdown(.platformQueue, .zhCN, facts)
        #expect(text.contains("黑猫投诉：提交于"))
        #expect(!text.contains("12315"))
        #expect(text.contains("下一渠道为微信支付"))
        #expect(!(try ReadPacket.markdown(.heimao, .zhCN, facts).contains("黑猫投诉：提交于")))
        facts.filings = []
        facts.nextChannel = nil
        #expect(!(try ReadPacket.markdown(.platformQueue, .zhCN, facts).contains("## 其他渠道")))
    }

    @Test("what a party wrote stays text, on one line")
    func escaping() throws {
        var facts = try EscalationExample.full()
        facts.productName = "card\n# Ready |<script>\u{202E}[x](y)"
        facts.orderNumber = "a`b|c\nd"
        facts.issuerAnswer = .init(
            text: String(repeating: "长", count: 5_000),
            at: EscalationExample.start
        )
        let text = try ReadPacket.markdown(.platformQueue, .en, facts)
        #expect(text.contains("- Product: card \\# Ready \\|\\<script\\> \\[x\\](y)\n"))
        #expect(text.contains("- Order: `a'b/c d`\n"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count < 1_200 })
    }

    @Test("a serial shows its last four, and a short one nothing")
    func serials() throws {
        #expect(MaskedSerial(SerialNumber("0012345678")).text == "••••5678")
        #expect(MaskedSerial(SerialNumber("12345678")).text == "••••5678")
        #expect(MaskedSerial(SerialNumber("1234567")).text == "••••")
        #expect(MaskedSerial(SerialNumber("")).text == "••••")
        for channel in EscalationChannel.allCases {
            let text = try ReadPacket.markdown(channel, .en, EscalationExample.full())
            #expect(!text.contains("SYNTHETIC0012345678"))
        }
    }
}

extension PacketFacts {
    mutating func removeProof(_ proof: PacketEvidence.Proof) {
        for index in evidence.indices { evidence[index].proves.remove(proof) }
    }
}
