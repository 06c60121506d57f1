import Testing
import WireFormat

@testable import CardModel

@Suite("Escalation: what packets say")
struct EscalationPacketContentTests {
    @Test("every complaint says what, which order, the demand and its evidence (M0-21, M3-35)")
    func leastOfAComplaint() throws {
        for channel in EscalationChannel.allCases where channel != .notary {
            let required = Set(PacketField.required(by: channel.kind))
            #expect(required.isSuperset(of: [.product, .orderNumber, .demand, .evidence]))
            // The problem and its time are in every packet: no case is made without.
            let text = try ReadPacket.markdown(channel, .zhCN, EscalationExample.full())
            #expect(text.contains("- 问题：卡密无法使用\n"))
            #expect(text.contains("- 发生时间：2026-11-20 10:00:00 +08:00\n"))
        }
    }

    @Test("what happened, whose fault it is and the loss are shown, all three (M3-36)")
    func threeAspects() throws {
        for kind in [EscalationChannel.Kind.platform, .consumerBody, .paymentFirm, .court] {
            let required = Set(PacketField.required(by: kind))
            #expect(
                required.isSuperset(of: [.proofOfOccurrence, .proofOfFault, .proofOfLoss])
            )
        }
        let aspects: [(PacketEvidence.Proof, PacketField)] = [
            (.occurrence, .proofOfOccurrence), (.fault, .proofOfFault), (.loss, .proofOfLoss),
        ]
        #expect(aspects.map(\.0) == PacketEvidence.Proof.allCases)
        for (aspect, field) in aspects {
            var facts = try EscalationExample.full()
            facts.removeProof(aspect)
            #expect(ReadPacket.missing(.platformQueue, facts) == [field])
        }
    }

    @Test("the evidence goes by the nodes of the trade, before, during and after it (M1-11)")
    func nodes() throws {
        var facts = try EscalationExample.full()
        facts.evidence.reverse()
        let text = try ReadPacket.markdown(.hotline12315, .zhCN, facts)
        let rows = text.split(separator: "\n").filter { $0.hasSuffix("` |") && $0.contains("交易") }
        let stages = rows.map { row in ["前", "中", "后"].first { row.contains("| 交易\($0) |") } }
        #expect(stages == ["前", "中", "中", "中", "后", "后"])
    }

    @Test("the police are told every payee account that is known, and freeze it themselves (M4-25)")
    func payees() throws {
        var facts = try EscalationExample.full()
        facts.payment?.payeeAccounts = ["mch-1900000001", "6222 **** 0001"]
        let text = try ReadPacket.markdown(.police110, .zhCN, facts)
        #expect(text.contains("- 已知收款账户：`mch-1900000001`\n- 已知收款账户：`6222 **** 0001`\n"))
        #expect(text.contains("账户止付和资金追查由公安机关决定"))
        #expect(try !ReadPacket.markdown(.paymentWechat, .zhCN, facts).contains("公安机关"))
    }

    @Test("a notary has every file with its hash, the log's head and how to verify (M4-28)")
    func notary() throws {
        let facts = try EscalationExample.full()
        for language in Language.allCases {
            let text = try ReadPacket.markdown(.notary, language, facts)
            for evidence in facts.evidence {
                let hash = Hexadecimal.encode(evidence.digest)
                #expect(text.contains("| `\(evidence.file)` | `\(hash)` |"))
            }
            let seal = try #require(facts.seal)
            for fact in [seal.bundleFile, seal.logOrigin, seal.rootHash, seal.signer] {
                #expect(text.contains("`\(fact)`"))
            }
            #expect(text.contains("`cardproof verify`") && text.contains("`verify.sh`"))
        }
        var unsealed = facts
        unsealed.seal = nil
        #expect(ReadPacket.missing(.notary, unsealed) == [.seal])
    }
}
