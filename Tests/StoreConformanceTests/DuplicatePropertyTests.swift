import CardModel
import Foundation
import Gateway
import Testing
import WireFormat

@testable import GatewayTesting

/// Random sequences of notices over few orders, lines and codes, against a model of their own.
@Suite("Duplicates, repeats and joins", .serialized)
struct DuplicatePropertyTests {
    static let seeds: [UInt64] = [1, 2, 3, 4, 5, 20_261_120]

    /// Each notice reads what those before it left: the time grows with the square.
    private static let notices =
        ProcessInfo.processInfo.environment["CARDPROOF_SCALE"] == "soak" ? 240 : 60

    @Test("random notices in memory agree with the model", arguments: seeds)
    func memory(seed: UInt64) async throws {
        try await agree(StoreBench(.memory, seed: seed), seed: seed, notices: Self.notices)
    }

    @Test("random notices in SQLite agree with the model", arguments: seeds)
    func sqlite(seed: UInt64) async throws {
        let folder = try TemporaryFolder()
        try await agree(
            StoreBench(.sqlite(in: folder), seed: seed), seed: seed, notices: Self.notices)
    }

    private func agree(_ bench: StoreBench, seed: UInt64, notices: Int) async throws {
        var random = SeededGenerator(seed: seed)
        var model = DuplicateModel()
        var deliveries: [Int: DeliveryID] = [:]
        for number in 0..<notices {
            let notice = Self.notice(&random)
            // Some webhook ids come again, with the same body or another.
            let webhook =
                Int.random(in: 0..<5, using: &random) == 0
                ? Int.random(in: 0...number, using: &random) : number + 1_000
            let wanted = model.admit(notice, webhook: webhook)
            let draft = Self.draft(notice, webhook: webhook)
            let outcome = try await bench.store.commit([.admit(try bench.admission(draft))])[0]
            let found = try await Self.reading(outcome, bench, notice)
            #expect(found == wanted, "seed \(seed), notice \(number): \(notice)")
            if case .committed(let receipt) = outcome, let answer = receipt.answer {
                let known = deliveries[notice.order] ?? answer.delivery
                #expect(answer.delivery == known, "seed \(seed): an order has two deliveries")
                deliveries[notice.order] = known
            }
        }
        try await bench.auditLogs()
        #expect(bench.findings.isEmpty, "seed \(seed): \(bench.findings)")
    }

    private static func notice(_ random: inout SeededGenerator) -> DuplicateModel.Notice {
        let lines = Array(
            (1...4).shuffled(using: &random).prefix(
                Int.random(in: 1...3, using: &random)
            )
        )
        return DuplicateModel.Notice(
            order: Int.random(in: 0..<6, using: &random),
            stage: Int.random(in: 0..<3, using: &random) == 0 ? .dispense : .receipt,
            items: lines.map { line in
                let key = Int.random(in: 0..<12, using: &random)
                let serial: Int? =
                    switch Int.random(in: 0..<6, using: &random) {
                    case 0: nil
                    case 1: 90 + Int.random(in: 0..<2, using: &random)
                    default: key
                    }
                return .init(line: line, code: .init(serial: serial, key: key))
            }
        )
    }

    private static func draft(_ notice: DuplicateModel.Notice, webhook: Int) -> NoticeDraft {
        let items = notice.items.map { item in
            ItemDraft(item.code.key, line: item.line).with {
                $0.serial = item.code.serial.map { ItemDraft.digits($0, count: 17) }
            }
        }
        return NoticeDraft("w-\(webhook)", order: "\(notice.order)", items: items).with {
            $0.stage = notice.stage
            $0.body = "\(notice)"
        }
    }

    /// What the store answered, in the model's words.
    private static func reading(
        _ outcome: CommitOutcome,
        _ bench: StoreBench,
        _ notice: DuplicateModel.Notice
    ) async throws -> DuplicateModel.Outcome? {
        switch outcome {
        case .repeated: return .repeated
        case .refused(.otherBody): return .refused
        case .refused: return nil
        case .committed(let receipt):
            let answer = try #require(receipt.answer)
            let events = try await bench.due(.duplicateFound)
            var items: [DuplicateModel.ItemOutcome] = []
            for line in try bench.lines(answer) {
                let check = try #require(line["check"]?.stringValue)
                let first = events.last { $0.data["check"]?.stringValue == check }?.data["first"]
                if line["repeats"] != nil {
                    items.append(.repeats)
                } else if let order = first?["order"]?.stringValue.flatMap({ Int($0) }),
                    let line = first?["line"]?.integerValue
                {
                    items.append(.duplicate(order: order, line: Int(line)))
                } else {
                    items.append(.fresh)
                }
            }
            return .committed(items)
        }
    }
}

/// SplitMix64: a property test prints its seed and can be run again with it.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
