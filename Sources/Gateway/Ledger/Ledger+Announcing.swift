import CardModel
import WireFormat

/// What everything that one act on an item writes has in common.
struct ActContext {
    let orderID: String
    let notice: NoticeNumber
    let at: Instant
    let drafting: LeafDrafting
    /// Distinguishes this act from others under the same seed.
    let label: String
}

extension Ledger {
    /// Opens the claim that a judgement asks for: exactly one for an item and a family of
    /// defects, and none without a reason recorded.
    mutating func openClaim(
        for item: inout ItemRecord,
        _ judgement: Judgement,
        policy: WarrantyPolicy,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        guard case .open(let against, let family) = judgement.claim else {
            item.decision?.claimRefusal =
                judgement.claim == .noDefect ? nil : judgement.claim.reason
            return
        }
        guard let decision = item.decision else { return }
        let id = act.drafting.identifier(
            ClaimKind.self, label: "claim \(act.label)", at: act.at)
        let leaf = try act.drafting.leaf(
            .claim,
            LeafContents.claim(
                id, against: against, family: family, verdict: decision.verdict.value, item: item,
                orderID: act.orderID, window: judgement.window.jsonValue),
            at: act.at, label: "claim \(act.label)")
        let detected = Claim(
            id: id.text, item: "\(item.delivery.text)/\(item.terms.line)", family: family,
            policy: item.terms.policy, defect: decision.verdict.state, against: against,
            filedAt: act.at)
        guard let opened = detected.transition(on: .coverageConfirmed, at: act.at).claim else {
            return
        }
        var claim = ClaimRecord(
            id: id, item: item, claim: opened, verdict: decision.verdict.value,
            dueAt: opened.state.dueAt(from: act.at, policy: policy),
            warrantyEndsAt: judgement.window.span?.end, leafIndex: 0)
        guard try transaction.insert(claim) else { return }
        claim.leafIndex = try append(leaf, of: .notice(act.notice), platform: item.platform)
        try transaction.update(claim)
        try recordOpening(of: claim, at: act.at)
        item.decision?.claim = id
        receipt.opensClaim = true
        try announce(
            .claimOpened,
            claim.eventData(orderID: act.orderID),
            platform: item.platform,
            at: act.at,
            drafting: act.drafting,
            label: "claim \(act.label)",
            &receipt
        )
    }

    /// The two steps by which a claim opens by itself.
    private func recordOpening(of claim: ClaimRecord, at instant: Instant) throws {
        let steps: [(from: ClaimState?, to: ClaimState)] = [
            (nil, .detected), (.detected, claim.claim.state),
        ]
        for (from, to) in steps {
            try transaction.append(
                ClaimHistoryEntry(
                    at: instant, from: from, to: to, event: "verdict.recorded", actor: .system),
                to: claim.id)
        }
    }

    /// Tells the platform that every item of a delivery has a verdict.
    /// - Parameter known: the items, if the caller has all of them at hand.
    func announceChecked(
        _ delivery: DeliveryRecord,
        platform: PlatformNumber,
        at instant: Instant,
        drafting: LeafDrafting,
        items known: [ItemRecord]? = nil,
        _ receipt: inout Receipt
    ) throws {
        guard signer.hasEventListener(platform) else { return }
        let items = try known ?? transaction.items(of: delivery.id)
        guard items.allSatisfy({ $0.decision != nil }) else { return }
        try announce(
            .deliveryChecked,
            [
                "delivery": .string(delivery.id.text), "order": .string(delivery.orderID),
                "items": .array(
                    items.map { item in
                        [
                            "line": .integer(Int64(item.terms.line)),
                            "check": .string(item.check.text),
                            "state": JSONValue(text: item.decision?.verdict.state.rawValue),
                        ]
                    }
                ),
            ],
            platform: platform,
            at: instant,
            drafting: drafting,
            label: "checked",
            &receipt
        )
    }

    func announce(
        _ type: EventType,
        _ data: JSONValue,
        platform: PlatformNumber,
        at instant: Instant,
        drafting: LeafDrafting,
        label: String,
        _ receipt: inout Receipt
    ) throws {
        // What an event tells stands in the rows it is about; unheard it would only take place.
        guard signer.hasEventListener(platform) else { return }
        let id = drafting.identifier(EventKind.self, label: "event \(label)", at: instant)
        try transaction.insert(
            EventRecord(id: id, platform: platform, type: type, createdAt: instant, data: data)
        )
        receipt.hasEvents = true
    }
}
