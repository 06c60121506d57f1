import EvidenceLog
import Gateway
import WireFormat

extension StoreConformance {
    static let intake: [Case] = [
        Case("an admitted notice is committed with a receipt whose proof verifies") { bench in
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            bench.expect(answer.leafIndex, is: 0, "index of the first leaf")
            let notice = try await bench.store.notice(
                platform: bench.platform.number,
                webhookID: "w-1"
            )
            bench.expect(notice?.delivery, is: answer.delivery, "delivery of the notice")
            bench.expect(notice?.answerItems, is: answer.items, "stored items")
            let first = try await bench.store.firstNotice(of: answer.delivery)
            bench.expect(first?.webhookID, is: "w-1", "first notice of the delivery")
            bench.expect(try await bench.states(answer), is: ["-"], "states before any check")
        },
        Case("the receipt's proof is the one the log serves ever after") { bench in
            let change = Change.admit(
                try bench.admission(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            )
            guard case .committed(let receipt) = try await bench.commit(change) else {
                return bench.note("the notice was not committed")
            }
            for number in 2...5 {
                try await bench.admit(
                    NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number))
                )
            }
            let served = try await LogReader(store: bench.store).proof(
                ofEntry: 0,
                platform: bench.platform.number
            )
            bench.expect(try receipt.proof?.serialized, is: served, "proof of entry 0")
        },
        Case("the same id and body is repeated with the same answer, and nothing is written") {
            bench in
            let draft = NoticeDraft("w-1", order: "o-1", ItemDraft(1), ItemDraft(2, line: 2))
            let first = try await bench.admit(draft)
            let head = try await bench.store.logHead(of: bench.platform.number)
            bench.time.advance(by: .seconds(60))
            guard
                case .repeated(let again) = try await bench.commit(
                    .admit(try bench.admission(draft))
                )
            else { return bench.note("the second notice was not a repeat") }
            bench.expect(again.delivery, is: first.delivery, "delivery")
            bench.expect(again.items, is: first.items, "items")
            bench.expect(again.ignored, is: first.ignored, "ignored")
            bench.expect(again.leafIndex, is: first.leafIndex, "leaf index")
            let after = try await bench.store.logHead(of: bench.platform.number)
            bench.expect(after?.range.size, is: head?.range.size, "size of the log")
            bench.expect(try await bench.items(first).count, is: 2, "items of the delivery")
        },
        Case("the same id with another body is refused, and the first stands") { bench in
            let draft = NoticeDraft("w-1", order: "o-1", ItemDraft(1))
            let first = try await bench.admit(draft)
            let other = draft.with { $0.body = "another body" }
            guard
                case .refused(.otherBody) = try await bench.commit(
                    .admit(try bench.admission(other))
                )
            else { return bench.note("another body under the same id was taken") }
            guard
                case .repeated(let again) = try await bench.commit(
                    .admit(try bench.admission(draft))
                )
            else { return bench.note("the first body is no repeat any more") }
            bench.expect(again.items, is: first.items, "items")
        },
        Case("two platforms may use the same webhook id, order and code") { bench in
            let other = try await bench.addPlatform("bazaar")
            let draft = NoticeDraft("w-1", order: "o-1", ItemDraft(1))
            let here = try await bench.admit(draft)
            let there = try await bench.admit(draft.with { $0.platform = other })
            bench.expect(here.delivery != there.delivery, "two platforms share a delivery")
            bench.expect(try await bench.states(there), is: ["-"], "states on the other platform")
        },
        batchWithRefusal, batchWithImpossibleChange, batchOfPlatforms, repeatInOneBatch, paging,
    ]

    private static let batchWithRefusal = Case(
        "another body in the middle of a batch of 64 costs its 63 neighbours nothing"
    ) { bench in
        try await bench.admit(NoticeDraft("w-31", order: "o-31", ItemDraft(31)))
        let changes = try (0..<64).map { number in
            let draft = NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number))
            return Change.admit(
                try bench.admission(draft.with { if number == 31 { $0.body = "other" } })
            )
        }
        let outcomes = try await bench.commit(changes)
        for (number, outcome) in outcomes.enumerated() {
            switch outcome {
            case .committed: bench.expect(number != 31, "another body was committed")
            case .refused(.otherBody): bench.expect(number == 31, "change \(number) was refused")
            default: bench.note("change \(number): \(outcome)")
            }
        }
        let head = try await bench.store.logHead(of: bench.platform.number)
        bench.expect(head?.range.size, is: 64, "leaves")
    }

    private static let batchWithImpossibleChange = Case(
        "a change that cannot be made is refused alone and leaves no trace"
    ) { bench in
        let taken = CheckID(at: bench.time.now(), random: bench.random.bytes(10))
        try await bench.admit(
            NoticeDraft("w-0", order: "o-0", ItemDraft(1).with { $0.check = taken })
        )
        let changes = try (1...8).map { number in
            let item = ItemDraft(number + 10).with { if number == 4 { $0.check = taken } }
            return Change.admit(
                try bench.admission(NoticeDraft("w-\(number)", order: "o-\(number)", item))
            )
        }
        for (offset, outcome) in try await bench.commit(changes).enumerated() {
            switch outcome {
            case .committed: bench.expect(offset != 3, "the impossible change was made")
            case .refused(.failed): bench.expect(offset == 3, "change \(offset) failed")
            default: bench.note("change \(offset): \(outcome)")
            }
        }
        let trace = try await bench.store.notice(
            platform: bench.platform.number,
            webhookID: "w-4"
        )
        bench.expect(trace == nil, "the impossible change left its notice")
        let head = try await bench.store.logHead(of: bench.platform.number)
        bench.expect(head?.range.size, is: 8, "leaves")
    }

    private static let batchOfPlatforms = Case(
        "a batch of several platforms grows each platform's own log"
    ) { bench in
        let others = try await [bench.addPlatform("bazaar"), bench.addPlatform("kiosk")]
        let all = [bench.platform] + others
        let changes = try (0..<30).map { number in
            Change.admit(
                try bench.admission(
                    NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number))
                        .with { $0.platform = all[number % 3] }
                )
            )
        }
        try await bench.commit(changes)
        for platform in all {
            let head = try await bench.store.logHead(of: platform.number)
            bench.expect(head?.range.size, is: 10, "leaves of \(platform.name)")
        }
    }

    private static let repeatInOneBatch = Case(
        "of the same notice twice in one batch the second repeats the first"
    ) { bench in
        let draft = NoticeDraft("w-1", order: "o-1", ItemDraft(1))
        let outcomes = try await bench.commit([
            .admit(try bench.admission(draft)), .admit(try bench.admission(draft)),
            .admit(try bench.admission(draft.with { $0.body = "other" })),
        ])
        guard case .committed(let receipt) = outcomes[0], case .repeated(let again) = outcomes[1],
            case .refused(.otherBody) = outcomes[2]
        else { return bench.note("outcomes: \(outcomes)") }
        bench.expect(again.items, is: receipt.answer?.items, "items")
        bench.expect(again.leafIndex, is: receipt.answer?.leafIndex, "leaf index")
    }

    private static let paging = Case(
        "pages of notices follow each other without gap or repeat while new ones come in"
    ) { bench in
        let other = try await bench.addPlatform("bazaar")
        func admit(_ number: Int) async throws {
            bench.time.advance(by: .seconds(1))
            try await bench.admit(
                NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number))
                    .with { if number % 5 == 0 { $0.platform = other } }
            )
        }
        for number in 1...10 { try await admit(number) }
        var seen: [String] = []
        var cursor: NoticeNumber?
        var next = 11
        while true {
            let page = try await bench.store.notices(
                platform: bench.platform.number,
                since: nil,
                after: cursor,
                limit: 3
            )
            guard let last = page.last else { break }
            cursor = last.number
            seen += page.compactMap(\.record.webhookID)
            if next <= 14 { try await admit(next) }
            next += 1
        }
        let wanted = (1...14).filter { $0 % 5 != 0 }.map { "w-\($0)" }
        bench.expect(seen, is: wanted, "notices in their order")
        let all = try await bench.store.notices(
            platform: nil,
            since: nil,
            after: nil,
            limit: 100
        )
        bench.expect(all.count, is: 14, "notices of all platforms")
        let late = try await bench.store.notices(
            platform: nil,
            since: StoreBench.start + .seconds(12),
            after: nil,
            limit: 100
        )
        bench.expect(late.map(\.record.webhookID), is: ["w-12", "w-13", "w-14"], "since")
    }
}
