import CardModel
import Crypto
import EvidenceLog
import WireFormat

/// The facts of a packet, from what the store has of a claim and of its delivery. Pure: the same
/// records and request give the same papers.
struct CaseDossier: Sendable {
    let escalation: EscalationCase
    let material: BundleMaterial
    let tables: RuleSet
    /// What the operator keeps of the merchant; nil for nothing.
    let merchant: MerchantProfile?
    /// Counts the working days of the claim's policy.
    let calendar: WorkCalendar
    let at: Instant

    var claim: ClaimRecord { escalation.claim }
    private var facts: DeliveryFacts { DeliveryFacts(material) }

    func advice(paymentMethod: PaymentMethod = .unknown) -> TierAdvice {
        var facts = escalation.facts
        facts.paymentMethod = paymentMethod
        return tables.tiers.advice(for: facts)
    }

    /// - Parameter person: who asks; nil for a machine, which confirms nothing.
    func packet(_ request: PacketRequest, by person: FilingPerson?) -> EscalationPacket {
        let advice = advice(paymentMethod: request.paymentMethod)
        var packet = PacketFacts(
            claimNumber: claim.tracking.text,
            preparedAt: at,
            zone: policy?.window.zone ?? .shanghai,
            productName: claim.product,
            orderNumber: material.delivery.orderID,
            problem: escalation.facts.problem,
            occurredAt: claim.claim.filedAt
        )
        packet.state = claim.claim.defect
        packet.serials = serials
        packet.issuerAnswer = claim.verdict.issuer?.text.map {
            PacketFacts.IssuerAnswer(text: $0, at: claim.verdict.issuer?.at ?? claim.claim.filedAt)
        }
        packet.demand = demand
        packet.evidence = evidence
        packet.seal = seal
        packet.complainant = request.complainant
        packet.respondent = respondent(request)
        packet.agreement = agreement
        packet.breach = breach
        packet.timeline = timeline
        packet.payment = payment(request.paymentMethod)
        packet.loss = claim.claim.price.flatMap { LossComputation([.init(.price, $0)]) }
        packet.rules = ["window.length", "remedies.order"].map {
            RuleCitation(
                policyID: claim.claim.policy.id,
                policyVersion: claim.claim.policy.version,
                clauseID: $0
            )
        }
        packet.law = advice.grounds.law.compactMap { tables.law[$0] }
        packet.contacts = contacts
        packet.filings = escalation.filings
        packet.nextChannel = next(after: request.channel, advice)
        packet.collective = escalation.collective
        if let person {
            packet.confirmations = request.confirmed.map {
                PersonConfirmation($0, by: person, at: at)
            }
        }
        return EscalationPacket(for: request.channel, facts: packet)
    }

    var policy: WarrantyPolicy? { material.policy(claim.claim.policy) }

    private var serials: [MaskedSerial] {
        facts.item(line: claim.line)?["serial"]?.stringValue.map {
            [MaskedSerial(SerialNumber($0))]
        } ?? []
    }

    /// What the buyer wants, until the owner's time is over; two days where no time runs.
    private var demand: Demand? {
        let deadline = max(claim.dueAt ?? at, at + .seconds(48 * 3_600))
        let price = claim.claim.price
        let relief: Demand.Relief? =
            switch claim.claim.demand {
            case .reissue, .repair, .wait:
                .replaceEqual(quantity: 1, within: .elapsed(seconds: 24 * 3_600))
            case .payDifference:
                claim.verdict.expectedValue.flatMap { expected in
                    claim.verdict.actualValue.flatMap { expected.subtracting($0) }
                }.map { .payDifference($0) } ?? price.map { .refundOriginal($0) }
            case .refundPlusThree: price.map { .refundPlusThree(price: $0) }
            case .refundOriginal, .partialRefund, .compensateDelay, .coupon, .points, .upgrade:
                price.map { .refundOriginal($0) }
            }
        return relief.flatMap { Demand([$0], until: deadline) }
    }

    /// As the operator's profile has him, or as the person who asks names him.
    private func respondent(_ request: PacketRequest) -> PacketRespondent? {
        if claim.claim.against == .merchant, let merchant, let identity = merchant.identity {
            return PacketRespondent(
                role: .merchant,
                legalName: identity.name,
                registrationNumber: identity.registrationNumber,
                icpNumber: merchant.icpNumber,
                snapshotAt: at,
                domains: Self.domains(merchant.endpoints)
            )
        }
        return request.respondentName.map {
            PacketRespondent(
                role: claim.claim.against, legalName: $0, registrationNumber: nil, icpNumber: nil,
                snapshotAt: at, domains: [])
        }
    }

    private static func domains(_ history: EndpointHistory) -> [PacketRespondent.Domain] {
        let entries = history.entries.filter { $0.kind == .domain }
        return entries.indices.map { place in
            PacketRespondent.Domain(
                host: entries[place].name,
                firstSeenAt: entries[place].since,
                lastSeenAt: place + 1 < entries.count ? entries[place + 1].since : nil
            )
        }
    }

    private var agreement: PacketAgreement? {
        let placedAt = facts.order("placed_at")?.instant ?? material.delivery.createdAt
        let listing = material.attachments.first { $0.record.slot == .listing }
        return PacketAgreement(
            orderedAt: placedAt, listingCapturedAt: listing?.record.id.instant,
            promises: promises.map(\.words))
    }

    /// What was agreed beside what was found.
    private var breach: [PacketComparison] {
        var rows = [
            PacketComparison(
                attribute: LocalisedText(zhCN: "卡密状态", en: "state of the code"),
                agreed: VerdictState.okUnused.meaning,
                actual: claim.claim.defect.meaning
            )
        ]
        if let expected = claim.verdict.expectedValue, let actual = claim.verdict.actualValue {
            rows.append(
                PacketComparison(
                    attribute: LocalisedText(zhCN: "面值", en: "face value"),
                    agreed: expected.description,
                    actual: actual.description
                )
            )
        }
        return rows + differences
    }

    private func payment(_ method: PaymentMethod) -> PacketPayment? {
        guard let paid = facts.paid else { return nil }
        return PacketPayment(
            method: method,
            amount: paid,
            paidAt: facts.order("placed_at")?.instant ?? material.delivery.createdAt,
            references: facts.order("payment_ref")?.stringValue.map { [$0] } ?? [],
            payeeAccounts: []
        )
    }

    private func next(
        after channel: EscalationChannel,
        _ advice: TierAdvice
    ) -> EscalationChannel? {
        let all = advice.channels + (advice.proposal?.channels ?? [])
        return all.first { $0 != channel && $0.tier >= channel.tier }
    }

    private var seal: EvidenceSeal? {
        guard let last = material.entries.last?.leaf?.time else { return nil }
        let checkpoint = material.head.checkpoint
        return EvidenceSeal(
            bundleFile: "\(material.delivery.id.text).zip",
            logOrigin: checkpoint.origin,
            treeSize: Int64(clamping: checkpoint.size),
            rootHash: checkpoint.root.base64,
            signer: material.head.note.signatures.first?.name ?? checkpoint.origin,
            sealedAt: last
        )
    }
}

extension BundleMaterial {
    /// The policy that a claim pins.
    func policy(_ pin: PolicyPin) -> WarrantyPolicy? {
        let hash = Hexadecimal.encode(pin.hash)
        return policies.first { $0.hash == hash }?.policy
    }
}

extension VerdictState {
    fileprivate var meaning: LocalisedText {
        LocalisedText(zhCN: meaning(in: .zhCN), en: meaning(in: .en))
    }
}
