import CardModel
import WireFormat

/// What is told of a claim's way outside, in the reader's language.
struct EscalationAnswer {
    let dossier: CaseDossier
    let language: Language

    init(_ dossier: CaseDossier, _ language: Language) {
        self.dossier = dossier
        self.language = language
    }

    var jsonValue: JSONValue {
        let escalation = dossier.escalation
        let advice = dossier.advice()
        return [
            "claim": .string(escalation.claim.id.text),
            "tracking": .string(escalation.claim.tracking.text),
            "state": .string(escalation.claim.claim.state.rawValue),
            "tier": .integer(Int64(advice.tier.number)),
            "tier_name": .string(advice.tier.name(in: language)),
            "reasons": .array(advice.reasons(in: language).map { .string($0) }),
            "rows": .array(advice.rows.map { .string($0) }),
            "table": .string("\(dossier.tables.tiers.id)@\(dossier.tables.tiers.version)"),
            "law": .array(advice.grounds.law.map { .string($0) }),
            "jump": JSONValue(text: advice.jump?.rawValue),
            "needs_person": true,
            "channels": .array(advice.channels.map { channel($0) }),
            "proposal": proposal(advice.proposal),
            "collective": escalation.collective?.jsonValue ?? .null,
            "completeness": completeness,
            "filings": .array(escalation.filings.map { filing($0) }),
            "plan": .string(plan(advice)),
        ]
    }

    private var completeness: JSONValue {
        EvidenceCompleteness(of: dossier.material, DeliveryFacts(dossier.material)).jsonValue
    }

    private func proposal(_ proposal: TierProposal?) -> JSONValue {
        guard let proposal else { return .null }
        return [
            "tier": .integer(Int64(proposal.tier.number)),
            "reason": .string(proposal.reason[language]),
            "channels": .array(proposal.channels.map { channel($0) }),
        ]
    }

    /// A channel, and what its papers lack that the person who files has to bring.
    private func channel(_ channel: EscalationChannel) -> JSONValue {
        let packet = dossier.packet(
            PacketRequest(channel: channel, language: language), by: nil)
        return [
            "channel": .string(channel.rawValue), "name": .string(channel.name(in: language)),
            "tier": .integer(Int64(channel.tier.number)),
            "desks": channel == .platformQueue
                ? .array(PlatformEntry.allCases.map { .string($0.name(in: language)) }) : .null,
            "missing": Self.missing(packet, language),
        ]
    }

    private func filing(_ filing: OutsideFiling) -> JSONValue {
        let clocks = filing.dueInstants(of: dossier.tables.tiers.clocks) { start, length in
            ServiceClock(budget: length, startedAt: start).deadline(dossier.calendar)?.instant
                ?? start
        }
        guard var value = filing.jsonValue.objectValue else { return .null }
        value["status_name"] = .string(filing.status.name(in: language))
        value["clocks"] = .array(
            clocks.map { due in
                [
                    "clock": .string(due.clock.id), "due_at": .string(due.dueAt.rfc3339),
                    "overdue": .bool(due.isOverdue(at: dossier.at)),
                    "verified": .bool(due.clock.isVerified),
                    "note": .string(due.clock.note[language]),
                ]
            })
        return .object(value)
    }

    private func plan(_ advice: TierAdvice) -> String {
        let packet = dossier.packet(
            PacketRequest(channel: advice.channels[0], language: language), by: nil)
        return ActionPlan(facts: packet.facts, advice: advice).markdown(in: language)
    }

    /// The papers themselves; a draft says on its first lines what it lacks.
    static func jsonValue(of packet: EscalationPacket, in language: Language) -> JSONValue {
        let markdown: String
        let isReady: Bool
        switch packet.readiness {
        case .ready(let ready):
            markdown = ready.markdown(in: language)
            isReady = true
        case .missing:
            markdown = packet.draftMarkdown(in: language)
            isReady = false
        }
        return [
            "channel": .string(packet.channel.rawValue), "ready": .bool(isReady),
            "missing": missing(packet, language), "language": .string(language.rawValue),
            "markdown": .string(markdown),
        ]
    }

    private static func missing(_ packet: EscalationPacket, _ language: Language) -> JSONValue {
        switch packet.readiness {
        case .ready: []
        case .missing(let fields):
            .array(
                fields.map {
                    [
                        "field": .string($0.rawValue),
                        "what_to_do": .string($0.whatToDo(in: language)),
                    ]
                })
        }
    }
}
