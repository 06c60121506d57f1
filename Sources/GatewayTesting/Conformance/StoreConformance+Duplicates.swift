import CardModel
import Gateway
import WireFormat

extension StoreConformance {
    static let duplicates: [Case] = [
        Case("a code in two orders is a duplicate on exactly the second") { bench in
            let first = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let second = try await bench.admit(NoticeDraft("w-2", order: "o-2", ItemDraft(1)))
            bench.expect(try await bench.states(first), is: ["-"], "first")
            bench.expect(try await bench.states(second), is: ["duplicate_delivery"], "second")
            let decision = try await bench.items(second).first?.decision
            bench.expect(decision?.liability, is: .merchant, "liability")
            let claim = try bench.require(decision?.claim, "the duplicate's claim")
            let record = try await bench.store.claim(claim)
            bench.expect(record?.claim.state, is: .open, "claim")
            let found = try await bench.due(.duplicateFound)
            bench.expect(found.count, is: 1, "events that a duplicate was found")
            bench.expect(
                found.first?.data["first"]?["delivery"]?.stringValue,
                is: first.delivery.text,
                "first holder in the event"
            )
        },
        Case("the duplicate's verdict stands, and the issuer's word is added to it") { bench in
            try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let second = try await bench.admit(NoticeDraft("w-2", order: "o-2", ItemDraft(1)))
            for leased in try await bench.lease() {
                _ = try await bench.commit(try bench.outcome(leased, .good))
            }
            let verdict = try await bench.items(second).first?.decision?.verdict
            bench.expect(verdict?.state, is: .duplicateDelivery, "state")
            bench.expect(verdict?.issuerState, is: .okUnused, "issuer's state")
        },
        Case("a code on another line of the same order is a duplicate") { bench in
            try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let second = try await bench.admit(
                NoticeDraft("w-2", order: "o-1", ItemDraft(1, line: 2))
            )
            bench.expect(
                try await bench.states(second),
                is: ["-", "duplicate_delivery"],
                "both lines"
            )
        },
        Case("a code twice in one notice is a duplicate on the later line") { bench in
            let answer = try await bench.admit(
                NoticeDraft("w-1", order: "o-1", ItemDraft(1), ItemDraft(1, line: 2))
            )
            bench.expect(
                try await bench.states(answer),
                is: ["-", "duplicate_delivery"],
                "both lines"
            )
        },
        Case("another spelling and another merchant of the platform are the same code") { bench in
            try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let dashed = ItemDraft(1).with {
                $0.key = "１" + $0.key.dropFirst().prefix(5) + "-" + $0.key.dropFirst(6) + " "
                $0.merchant = "m-2"
            }
            let second = try await bench.admit(NoticeDraft("w-2", order: "o-2", dashed))
            bench.expect(try await bench.states(second), is: ["duplicate_delivery"], "second")
        },
        Case("a key of twelve symbols is known by itself, with another serial or none") { bench in
            try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let without = ItemDraft(1).with { $0.serial = nil }
            let other = ItemDraft(1).with { $0.serial = ItemDraft.digits(7, count: 17) }
            for (webhook, item) in [("w-2", without), ("w-3", other)] {
                let answer = try await bench.admit(NoticeDraft(webhook, order: webhook, item))
                bench.expect(try await bench.states(answer), is: ["duplicate_delivery"], webhook)
            }
            let third = try await bench.admit(NoticeDraft("w-4", order: "o-4", without))
            let events = try await bench.due(.duplicateFound)
            let first = events.last { $0.data["delivery"]?.stringValue == third.delivery.text }
            bench.expect(
                first?.data["first"]?["order"]?.stringValue,
                is: "o-1",
                "the holder that a later duplicate names"
            )
        },
        Case("a short key repeats by chance under other serials and is no duplicate") { bench in
            let short = ItemDraft(1).with {
                $0.format = .generic
                $0.key = "12345678"
            }
            try await bench.admit(NoticeDraft("w-1", order: "o-1", short))
            let other = short.with { $0.serial = "another" }
            let second = try await bench.admit(NoticeDraft("w-2", order: "o-2", other))
            bench.expect(try await bench.states(second), is: ["-"], "another card")
            let third = try await bench.admit(NoticeDraft("w-3", order: "o-3", short))
            bench.expect(try await bench.states(third), is: ["duplicate_delivery"], "same card")
        },
        Case("codes of a reusable product are never duplicates") { bench in
            let reusable = ItemDraft(1).with { $0.isReusable = true }
            for number in 1...3 {
                let answer = try await bench.admit(
                    NoticeDraft("w-\(number)", order: "o-\(number)", reusable)
                )
                bench.expect(try await bench.states(answer), is: ["-"], "delivery \(number)")
            }
        },
        Case("of 64 concurrent commits of one code exactly one holds it first") { bench in
            let admissions = try (0..<64).map {
                try bench.admission(NoticeDraft("w-\($0)", order: "o-\($0)", ItemDraft(1)))
            }
            let store = bench.store
            let answers = try await withThrowingTaskGroup(of: StoredAnswer?.self) { group in
                for admission in admissions {
                    group.addTask {
                        let outcomes = try await store.commit([.admit(admission)])
                        guard case .committed(let receipt)? = outcomes.first else { return nil }
                        return receipt.answer
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            var states: [String] = []
            for case let answer? in answers { states += try await bench.states(answer) }
            bench.expect(states.count, is: 64, "items")
            bench.expect(states.count { $0 == "-" }, is: 1, "first holders")
        },
        Case("a duplicate announces its delivery as checked, once") { bench in
            try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let second = try await bench.admit(NoticeDraft("w-2", order: "o-2", ItemDraft(1)))
            for leased in try await bench.lease() {
                _ = try await bench.commit(try bench.outcome(leased, .good))
            }
            let checked = try await bench.due(.deliveryChecked).filter {
                $0.data["delivery"]?.stringValue == second.delivery.text
            }
            bench.expect(checked.count, is: 1, "events that the duplicate's delivery is checked")
        },
    ]
}

extension StoreBench {
    /// All the platforms that a case makes.
    var everyone: [PlatformNumber] { (1...8).map { PlatformNumber(rawValue: $0) } }

    /// The events of a type that wait to be sent.
    func due(_ type: EventType) async throws -> [EventRecord] {
        let later = time.now() + .seconds(1)
        return try await store.leaseEvents(of: everyone, limit: 1_000, now: later, until: later)
            .filter { $0.type == type }
    }
}
