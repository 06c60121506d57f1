import CardModel
import EvidenceLog
import Gateway
import WireFormat

extension StoreConformance {
    static let selfTests: [Case] = [
        Case("a self-test asks each delivered code once, by a check of the buyer's") { bench in
            let answer = try await bench.admit(
                NoticeDraft("w-1", order: "o-1", ItemDraft(1), ItemDraft(2, line: 2))
            )
            for leased in try await bench.lease() {
                _ = try await bench.commit(try bench.outcome(leased, .good))
            }
            let receipt = try await bench.selfTest(answer)
            bench.expect(receipt?.enqueued.count, is: 2, "checks")
            let again = try await bench.selfTest(answer)
            bench.expect(again?.enqueued, is: receipt?.enqueued, "checks while those are open")
            let leased = try await bench.lease()
            bench.expect(leased.map(\.check.trigger), is: [.buyer, .buyer], "asked by")
            bench.time.advance(by: .seconds(5))
            _ = try await bench.commit(try bench.outcome(leased[0], .good))
            let item = try await bench.store.item(leased[0].item.number)
            bench.expect(item?.buyerSawGoodAt, is: bench.time.now(), "the buyer saw it good at")
        },
        Case("the budget of an order is spent in one period and whole again after it") { bench in
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            for _ in 0..<3 {
                bench.expect(try await bench.selfTest(answer) != nil, "a self-test in the budget")
            }
            guard
                case .refused(.budgetSpent(let available)) = try await bench.commit(
                    bench.selfTestRequest(answer)
                )
            else { return bench.note("a self-test past the budget was taken") }
            bench.expect(available, is: StoreBench.start + .seconds(3_600), "available at")
            bench.time.advance(by: .seconds(3_600))
            bench.expect(try await bench.selfTest(answer) != nil, "a self-test of the new period")
        },
        Case("a delivery of another platform, or none, cannot be self-tested") { bench in
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let other = try await bench.addPlatform("bazaar")
            guard
                case .refused(.unknown) = try await bench.commit(
                    bench.selfTestRequest(answer, platform: other)
                )
            else { return bench.note("another platform's delivery was tested") }
        },
        Case("codes that are only dispensed are not tested") { bench in
            let answer = try await bench.admit(
                NoticeDraft("w-1", order: "o-1", ItemDraft(1)).with { $0.stage = .dispense }
            )
            bench.expect(try await bench.selfTest(answer)?.enqueued, is: [], "checks")
        },
    ]

    static let events: [Case] = [
        Case("a leased event is nobody else's until its lease ends") { bench in
            _ = try await bench.openClaim()
            let now = bench.time.now()
            let first = try await bench.store.leaseEvents(
                of: bench.everyone,
                limit: 10,
                now: now,
                until: now + .seconds(60)
            )
            bench.expect(
                Set(first.map(\.type)),
                is: [.claimOpened, .claimActionRequired, .deliveryChecked, .escrowHold],
                "due events"
            )
            let second = try await bench.store.leaseEvents(
                of: bench.everyone,
                limit: 10,
                now: now + .seconds(59),
                until: now + .seconds(120)
            )
            bench.expect(second.isEmpty, "an event was leased twice")
            let due = try await bench.store.nextEventDue(of: bench.everyone)
            bench.expect(due, is: now + .seconds(60), "next due")
            let third = try await bench.store.leaseEvents(
                of: bench.everyone,
                limit: 1,
                now: now + .seconds(60),
                until: now + .seconds(120)
            )
            bench.expect(third.count, is: 1, "events after the lease")
        },
        Case("events of other platforms stay where they are") { bench in
            _ = try await bench.openClaim()
            let other = try await bench.addPlatform("bazaar")
            let now = bench.time.now()
            let none = try await bench.store.leaseEvents(
                of: [other.number],
                limit: 10,
                now: now,
                until: now + .seconds(60)
            )
            bench.expect(none.isEmpty, "another platform's event was leased")
            bench.expect(
                try await bench.store.nextEventDue(of: [other.number]) == nil,
                "another platform's event is due"
            )
            bench.expect(try await bench.store.nextEventDue(of: bench.everyone) != nil, "due again")
        },
        Case("a failed attempt comes again at its time, a delivered or given-up one never") {
            bench in
            _ = try await bench.openClaim()
            let now = bench.time.now()
            let events = try await bench.store.leaseEvents(
                of: bench.everyone,
                limit: 10,
                now: now,
                until: now + .seconds(60)
            )
            try await bench.store.record(
                events.enumerated().map { place, event in
                    EventAttempt(
                        event: event.id,
                        attempts: 1,
                        deliveredAt: place == 0 ? nil : now,
                        nextAttemptAt: place == 0 ? now + .seconds(300) : nil
                    )
                }
            )
            bench.expect(
                try await bench.store.nextEventDue(of: bench.everyone), is: now + .seconds(300),
                "next")
            let later = now + .seconds(86_400)
            let again = try await bench.store.leaseEvents(
                of: bench.everyone, limit: 10, now: later, until: later)
            bench.expect(again.map(\.id), is: [events[0].id], "events a day later")
            bench.expect(again.first?.attempts, is: 1, "attempts")
            try await bench.store.record([
                EventAttempt(
                    event: events[0].id,
                    attempts: 2,
                    deliveredAt: nil,
                    nextAttemptAt: nil
                )
            ])
            bench.expect(
                try await bench.store.nextEventDue(of: bench.everyone) == nil,
                "a given-up event is due")
        },
    ]

    static let platforms: [Case] = [
        Case("names and origins of platforms are unique") { bench in
            let record = bench.platform.record
            var sameName = record
            sameName.origin = "log.example/other"
            bench.expect(
                try await bench.store.addPlatform(sameName) == nil,
                "a name was taken twice"
            )
            var sameOrigin = record
            sameOrigin.name = "other"
            bench.expect(
                try await bench.store.addPlatform(sameOrigin) == nil,
                "an origin was taken twice"
            )
            bench.expect(try await bench.store.platforms().count, is: 1, "platforms")
        },
        Case("secrets and address of a platform can be replaced, and nothing else") { bench in
            var record = bench.platform.record
            record.eventsURL = "https://market.example/events"
            record.sealedSecrets = [1, 2, 3]
            try await bench.store.updatePlatform(record)
            let stored = try await bench.store.platforms().first
            bench.expect(stored?.eventsURL, is: record.eventsURL, "address")
            bench.expect(stored?.sealedSecrets, is: [1, 2, 3], "secrets")
            bench.expect(stored?.number, is: record.number, "number")
            bench.expect(stored?.createdAt, is: record.createdAt, "created at")
        },
        Case("the first deployment secrets and the first text of a policy stay") { bench in
            let standing = try await bench.store.deploymentSecrets()
            bench.expect(
                try await bench.store.keepDeploymentSecrets([9, 9]),
                is: standing ?? [],
                "secrets"
            )
            try await bench.store.keepPolicy(hash: [1], text: [1, 1])
            try await bench.store.keepPolicy(hash: [1], text: [2, 2])
            bench.expect(try await bench.store.policyText(hash: [1]), is: [1, 1], "policy")
            bench.expect(try await bench.store.policyText(hash: [2]) == nil, "unknown policy")
        },
        Case("policies are found by the id and version that their texts name") { bench in
            let texts = [
                #"{"policy":"shop","version":1}"#, #"{"policy":"shop","version":1,"x":2}"#,
                #"{"policy":"shop","version":2}"#, #"{"policy":"shop@1"}"#, "no policy", "7",
                #"{"policy":{"version":1},"version":1}"#, #"{"policy":"shop'\"%","version":3}"#,
            ]
            for (place, text) in texts.enumerated() {
                try await bench.store.keepPolicy(hash: [7, UInt8(place)], text: Array(text.utf8))
            }
            func places(_ references: Set<String>) async throws -> Set<[UInt8]> {
                Set(try await bench.store.policyTexts(of: references).keys)
            }
            bench.expect(try await places(["shop@1"]), is: [[7, 0], [7, 1]], "one version")
            bench.expect(
                try await places(["shop@2", #"shop'"%@3"#, "other@1"]), is: [[7, 2], [7, 7]],
                "some of several")
            bench.expect(try await places([]), is: [], "none")
            bench.expect(
                try await bench.store.policyTexts(of: ["shop@2"]),
                is: [[7, 2]: Array(texts[2].utf8)], "its text")
        },
        Case("a log is begun once") { bench in
            try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            var log = try bench.require(
                try await bench.store.logs(of: bench.platform.number).first, "the log")
            log.origin = "log.example/second"
            try await bench.store.beginLog(log)
            let head = try await bench.store.logHead(of: bench.platform.number)
            bench.expect(head?.range.size, is: 1, "leaves")
        },
        Case("what is not there is nil or empty, and the store answers a ping") { bench in
            try await bench.store.ping()
            let id = DeliveryID(at: bench.time.now(), random: bench.random.bytes(10))
            let claim = ClaimID(at: bench.time.now(), random: bench.random.bytes(10))
            bench.expect(try await bench.store.delivery(id) == nil, "a delivery")
            bench.expect(try await bench.store.firstNotice(of: id) == nil, "a notice")
            bench.expect(try await bench.store.items(of: id).isEmpty, "items")
            bench.expect(try await bench.store.claim(claim) == nil, "a claim")
            bench.expect(try await bench.store.claimHistory(claim).isEmpty, "history")
            bench.expect(
                try await bench.store.logHead(of: PlatformNumber(rawValue: 99)) == nil,
                "a log"
            )
            bench.expect(
                try await bench.store.item(ItemNumber(rawValue: 99)) == nil,
                "an item"
            )
        },
    ]
}

extension StoreBench {
    func selfTestRequest(_ answer: StoredAnswer, platform: Platform? = nil) -> Change {
        .requestSelfTest(
            SelfTestRequest(
                platform: (platform ?? self.platform).number,
                delivery: answer.delivery,
                requestedAt: time.now(),
                newChecks: (0..<8).map { _ in
                    CheckID(at: time.now(), random: random.bytes(10))
                },
                budget: SelfTestBudget(inquiriesPerCode: 3, period: .seconds(3_600))
            )
        )
    }

    /// The receipt of a self-test; nil when it was refused.
    func selfTest(_ answer: StoredAnswer) async throws -> Receipt? {
        guard case .committed(let receipt) = try await commit(selfTestRequest(answer)) else {
            return nil
        }
        return receipt
    }
}
