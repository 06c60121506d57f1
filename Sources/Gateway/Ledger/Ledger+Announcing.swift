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
