/// What a packet needs before it can be filed.
public enum PacketField: String, Sendable, Hashable, CaseIterable {
    case product
    case orderNumber = "order_number"
    case demand
    case evidence
    case proofOfOccurrence = "proof_of_occurrence"
    case proofOfFault = "proof_of_fault"
    case proofOfLoss = "proof_of_loss"
    case complainant
    case respondent
    case agreement
    case breach
    case timeline
    case payment
    case paymentReference = "payment_reference"
    case loss
    case rule
    case law
    case contactAttempt = "contact_attempt"
    case seal
    case personConfirmation = "person_confirmation"

    /// What each kind of channel asks for, in the order of the packet.
    static func required(by kind: EscalationChannel.Kind) -> [PacketField] {
        // M0-21 and M3-35; M3-36; M1-07; M0-23; E4.
        let always: [PacketField] = [
            .product, .orderNumber, .demand, .evidence, .proofOfOccurrence, .proofOfFault,
            .proofOfLoss, .respondent, .rule, .personConfirmation,
        ]
        let complaint: [PacketField] = [.complainant, .timeline]
        switch kind {
        case .platform: return always
        case .consumerBody: return always + complaint + [.contactAttempt]
        case .paymentFirm: return always + complaint + [.payment, .paymentReference]
        case .court:
            return always + complaint
                + [.agreement, .breach, .payment, .loss, .law, .seal]
        // What happened is for the police to find: no proof of fault, no rule of the platform.
        case .police:
            return [
                .product, .orderNumber, .demand, .evidence, .proofOfOccurrence, .complainant,
                .respondent, .agreement, .breach, .timeline, .payment, .paymentReference, .seal,
                .personConfirmation,
            ]
        // A notary certifies files; nothing is demanded of anybody.
        case .notary: return [.product, .orderNumber, .evidence, .seal]
        }
    }

    /// Whether the facts have it.
    func isPresent(in facts: PacketFacts, for channel: EscalationChannel) -> Bool {
        switch self {
        case .product: !facts.productName.isBlank
        case .orderNumber: !facts.orderNumber.isBlank
        case .demand: facts.demand != nil
        case .evidence: !facts.evidence.isEmpty
        case .proofOfOccurrence: facts.proves(.occurrence)
        case .proofOfFault: facts.proves(.fault)
        case .proofOfLoss: facts.proves(.loss)
        case .complainant:
            facts.complainant.map { !$0.name.isBlank && !$0.contact.isBlank } ?? false
        case .respondent: facts.respondent.map { !$0.legalName.isBlank } ?? false
        case .agreement: facts.agreement != nil
        case .breach: !facts.breach.isEmpty
        case .timeline: !facts.timeline.isEmpty
        case .payment: facts.payment != nil
        case .paymentReference:
            facts.payment?.references.contains { !$0.isBlank } ?? false
        case .loss: facts.loss != nil
        case .rule: !facts.rules.isEmpty
        case .law: !facts.law.isEmpty
        case .contactAttempt: facts.contacts.contains(where: \.isMade)
        case .seal: facts.seal != nil
        case .personConfirmation:
            facts.actsToConfirm(for: channel).allSatisfy { act in
                facts.confirmations.contains { $0.act == act }
            }
        }
    }
}

extension PacketFacts {
    func proves(_ proof: PacketEvidence.Proof) -> Bool {
        evidence.contains { $0.proves.contains(proof) }
    }

    /// The acts in this packet that only a person may decide on (E4).
    func actsToConfirm(for channel: EscalationChannel) -> [PersonConfirmation.Act] {
        var acts: [PersonConfirmation.Act] = []
        if channel.kind == .police || problem.isFraud { acts.append(.accusationOfFraud) }
        if demand?.asksForThreefold == true { acts.append(.refundPlusThree) }
        if collective != nil { acts.append(.collectiveFiling) }
        return acts
    }
}

extension String {
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
