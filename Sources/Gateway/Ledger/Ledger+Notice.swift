import CardModel
import WireFormat

extension Ledger {
    /// Tells one of the parties, through the platform, that it is his turn or how things stand: an
    /// event with the words in both languages.
    mutating func tell(
        _ actor: ClaimActor,
        _ notice: ClaimNotice,
        number: Int,
        tier: Int? = nil,
        _ step: ClaimStep,
        _ receipt: inout Receipt
    ) throws {
        let record = step.record
        guard var data = record.eventData(orderID: step.act.orderID).objectValue else { return }
        data["to"] = .string(actor.rawValue)
        data["notice"] = .string(notice.rawValue)
        if let tier { data["tier"] = .integer(Int64(tier)) }
        if notice.tellsDetail { data["detail"] = step.entry.detail }
        data["text"] = [
            "zh-CN": .string(notice.text(in: .zhCN)), "en": .string(notice.text(in: .en)),
        ]
        try announce(
            .claimActionRequired, .object(data), platform: record.platform, at: step.act.at,
            drafting: step.act.drafting,
            label: "notice \(number) \(record.id.text) \(step.act.label)", &receipt)
    }

    /// Whether something about the item is still open: then a payment for it is not let go.
    func hasOpenClaim(_ item: ItemNumber) throws -> Bool {
        try transaction.claims(of: item).contains { !$0.claim.state.isClosed }
    }

    /// What a platform that holds the buyer's payment does with it (M4-35): a good code releases
    /// it, a defect that the warranty answers for holds it.
    mutating func announceEscrow(
        _ item: ItemRecord,
        isHeld: Bool,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        try announce(
            isHeld ? .escrowHold : .escrowRelease,
            [
                "delivery": .string(item.delivery.text), "order": .string(act.orderID),
                "line": .integer(Int64(item.terms.line)),
                "merchant": .string(item.terms.merchant),
                "check": .string(item.check.text),
                "claim": JSONValue(text: item.decision?.claim?.text),
                "amount": item.terms.price?.jsonValue ?? .null,
            ],
            platform: item.platform, at: act.at, drafting: act.drafting,
            label: "escrow \(act.label)", &receipt)
    }
}

extension ClaimNotice {
    /// Whether the event says what was found, which is no business of the parties.
    fileprivate var tellsDetail: Bool {
        switch self {
        case .riskFound, .collectiveCase, .abuseFlagged, .remedyDoneLate: true
        default: false
        }
    }
}
