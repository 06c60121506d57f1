import CardModel
import Gateway
import WireFormat

/// The same code again in the same order: what is one item, and what it takes to be another.
extension StoreConformance {
    static let sameCode: [Case] = [
        Case("the same item under a new webhook id repeats the delivery, with a leaf of its own") {
            bench in
            let first = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let again = try await bench.admit(NoticeDraft("w-2", order: "o-1", ItemDraft(1)))
            bench.expect(again.delivery, is: first.delivery, "delivery")
            bench.expect(again.leafIndex, is: 1, "leaf of the second notice")
            let line = try bench.lines(again).first
            bench.expect(line?["repeats"]?.stringValue, is: first.delivery.text, "repeats")
            bench.expect(
                line?["check"]?.stringValue,
                is: try bench.lines(first).first?["check"]?.stringValue,
                "check"
            )
            bench.expect(try await bench.items(first).count, is: 1, "items")
            bench.expect(try await bench.lease().count, is: 1, "checks")
        },
        Case("a notice that only repeats announces nothing") { bench in
            let unsupported = ItemDraft(1).with { $0.adapter = nil }
            try await bench.admit(NoticeDraft("w-1", order: "o-1", unsupported))
            try await bench.admit(NoticeDraft("w-2", order: "o-1", unsupported))
            bench.expect(try await bench.due(.deliveryChecked).count, is: 1, "events")
        },
        Case("new items of a known order join its delivery") { bench in
            let first = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let more = try await bench.admit(
                NoticeDraft("w-2", order: "o-1", ItemDraft(1), ItemDraft(2, line: 2))
            )
            bench.expect(more.delivery, is: first.delivery, "delivery")
            let lines = try bench.lines(more)
            bench.expect(lines.map { $0["repeats"] != nil }, is: [true, false], "repeats")
            bench.expect(try await bench.states(first), is: ["-", "-"], "states")
            let notices = try await bench.store.notices(
                platform: nil,
                since: nil,
                after: nil,
                limit: 10
            )
            bench.expect(
                notices.map(\.record.delivery),
                is: [first.delivery, first.delivery],
                "deliveries in the list"
            )
        },
        Case("dispense, then receipt: one item with two checks and two leaves") { bench in
            let draft = NoticeDraft("w-1", order: "o-1", ItemDraft(1))
            let dispensed = try await bench.admit(draft.with { $0.stage = .dispense })
            let check = try await bench.leaseOne()
            bench.expect(check.check.stage, is: .dispense, "stage of the first check")
            _ = try await bench.commit(try bench.outcome(check, .good))
            bench.time.advance(by: .seconds(600))
            let received = try await bench.admit(
                draft.with {
                    $0.webhookID = "w-2"
                    $0.deliveredAt = bench.time.now()
                }
            )
            bench.expect(received.delivery, is: dispensed.delivery, "delivery")
            bench.expect(try bench.lines(received).first?["repeats"] == nil, "a receipt repeats")
            let item = try bench.require(try await bench.items(received).first, "the item")
            bench.expect(item.deliveredAt, is: bench.time.now(), "delivered at")
            bench.expect(item.dispenseGoodAt, is: StoreBench.start, "good at dispense")
            bench.expect(item.dispenseBadAt == nil, "a good check at dispense is a bad one")
            bench.expect(item.decision == nil, "the dispense verdict answers for the receipt")
            let second = try await bench.leaseOne()
            bench.expect(second.check.stage, is: .receipt, "stage of the second check")
            bench.expect(second.check.id != check.check.id, "one check serves both stages")
            _ = try await bench.commit(try bench.outcome(second, .good))
            bench.expect(try await bench.items(received).count, is: 1, "items")
        },
        Case("a receipt adds what the dispense left open, and changes nothing that was said") {
            bench in
            let placedAt = StoreBench.start - .seconds(60)
            let item = ItemDraft(1).with {
                $0.placedAt = placedAt
                $0.faceValue = Money(minorUnits: 5_000, currency: "CNY")
                $0.isFaceValueTheProducts = true
            }
            let draft = NoticeDraft("w-1", order: "o-1", item)
            try await bench.admit(draft.with { $0.stage = .dispense })
            let received = try await bench.admit(
                draft.with {
                    $0.webhookID = "w-2"
                    $0.items[0].placedAt = StoreBench.start
                    $0.items[0].termsDisclosedAt = placedAt
                    $0.items[0].faceValue = Money(minorUnits: 10_000, currency: "CNY")
                    $0.items[0].isFaceValueTheProducts = false
                }
            )
            let terms = try await bench.items(received).first?.terms
            bench.expect(terms?.placedAt, is: placedAt, "placed at")
            bench.expect(terms?.termsDisclosedAt, is: placedAt, "terms disclosed at")
            // What the product stood for is no word of the platform's.
            bench.expect(terms?.faceValue?.minorUnits, is: 10_000, "face value")
        },
        Case("a card read by other terms than the dispense's is left to its adapter") { bench in
            let draft = ItemDraft(1).with {
                $0.adapter = nil
                $0.placedAt = StoreBench.start
                $0.reading = CardReading(
                    verdict: Verdict(state: .unsupported, certainty: .local, adapter: "reader@1"),
                    adapter: "reader",
                    skewMargin: .seconds(120)
                )
            }
            let notice = NoticeDraft("w-1", order: "o-1", draft)
            try await bench.admit(notice.with { $0.stage = .dispense })
            let received = try await bench.admit(
                notice.with {
                    $0.webhookID = "w-2"
                    $0.items[0].placedAt = nil
                }
            )
            bench.expect(try await bench.states(received), is: ["-"], "states")
            let now = bench.time.now()
            let leased = try await bench.store.leaseChecks(
                adapter: "reader",
                limit: 10,
                now: now,
                until: now + .seconds(60)
            )
            bench.expect(leased.map(\.item.terms.placedAt), is: [StoreBench.start], "asked with")
        },
        Case("a dispense after the receipt repeats it") { bench in
            let draft = NoticeDraft("w-1", order: "o-1", ItemDraft(1))
            let received = try await bench.admit(draft)
            let dispensed = try await bench.admit(
                draft.with {
                    $0.webhookID = "w-2"
                    $0.stage = .dispense
                }
            )
            bench.expect(
                try bench.lines(dispensed).first?["repeats"]?.stringValue,
                is: received.delivery.text,
                "repeats"
            )
            let item = try await bench.items(received).first
            bench.expect(item?.deliveredAt, is: StoreBench.start, "delivered at")
            bench.expect(try await bench.lease().count, is: 1, "checks")
        },
        Case("dispensing what another order received is a duplicate that opens no claim yet") {
            bench in
            try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let draft = NoticeDraft("w-2", order: "o-2", ItemDraft(1))
            let dispensed = try await bench.admit(draft.with { $0.stage = .dispense })
            let decision = try await bench.items(dispensed).first?.decision
            bench.expect(decision?.verdict.state, is: .duplicateDelivery, "state")
            bench.expect(decision?.claim == nil, "a claim before the hand-over")
            bench.expect(decision?.claimRefusal, is: "not_yet_delivered", "reason")
            let received = try await bench.admit(draft.with { $0.webhookID = "w-3" })
            let later = try await bench.items(received).first?.decision
            bench.expect(later?.verdict.state, is: .duplicateDelivery, "state at the receipt")
            bench.expect(later?.claim != nil, "no claim at the receipt")
        },
        Case("a code's trail has who holds it, and whom it was told of again, on one platform") {
            bench in
            let first = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let second = try await bench.admit(NoticeDraft("w-2", order: "o-2", ItemDraft(1)))
            try await bench.admit(NoticeDraft("w-3", order: "o-3", ItemDraft(2)))
            let items =
                try await bench.items(first)
                + bench.items(second)
            let holder = try bench.require(items.first, "the first item")
            let trail = try await bench.store.codeTrail(
                of: bench.heldFingerprint(of: ItemDraft(1)), platform: holder.platform, limit: 10)
            bench.expect(trail.items.map(\.number), is: items.map(\.number), "items")
            bench.expect(trail.lines.isEmpty, "a line of stock that is not registered")
            let one = try await bench.store.codeTrail(
                of: bench.heldFingerprint(of: ItemDraft(1)), platform: holder.platform, limit: 1)
            bench.expect(one.items.count, is: 1, "items within the limit")
            let other = try await bench.store.codeTrail(
                of: bench.heldFingerprint(of: ItemDraft(1)),
                platform: PlatformNumber(rawValue: holder.platform.rawValue + 1), limit: 10)
            bench.expect(other.items.isEmpty, "items of another platform")
        },
        Case("only receipts hold a code: of two dispenses the first to be received has it") {
            bench in
            let one = NoticeDraft("w-1", order: "o-1", ItemDraft(1)).with { $0.stage = .dispense }
            let two = NoticeDraft("w-2", order: "o-2", ItemDraft(1)).with { $0.stage = .dispense }
            for draft in [one, two] {
                let answer = try await bench.admit(draft)
                bench.expect(try await bench.states(answer), is: ["-"], draft.webhookID)
            }
            func receipt(_ draft: NoticeDraft, _ webhook: String) async throws -> [String] {
                let answer = try await bench.admit(
                    draft.with {
                        $0.webhookID = webhook
                        $0.stage = .receipt
                    }
                )
                return try await bench.states(answer)
            }
            bench.expect(try await receipt(two, "w-3"), is: ["-"], "received first")
            bench.expect(
                try await receipt(one, "w-4"),
                is: ["duplicate_delivery"],
                "received later"
            )
        },
    ]
}
