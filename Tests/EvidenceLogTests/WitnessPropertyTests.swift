import EvidenceLog
import Testing
import WireFormat

@Suite("A witness under random logs")
struct WitnessPropertyTests {
    static let seeds = (0..<8).map { _ in UInt64.random(in: 0...UInt64.max) }

    /// Histories that share a beginning; the witness must end up on one of them and stay there.
    @Test("it cosigns one history only, and never a smaller tree", arguments: seeds)
    func oneHistory(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var bench = try WitnessBench()
        let shared = Int.random(in: 1...40, using: &random)
        let histories = (0..<3).map { WitnessBench.leaves(120, fork: $0, shared: shared) }
        var cosigned: [(size: Int, root: TreeHash)] = []
        for _ in 0..<150 {
            let leaves = try #require(histories.randomElement(using: &random))
            let last = Int(bench.last?.size ?? 0)
            // Mostly a little larger, and from the size that it has, so that the later checks are
            // reached too; sometimes anything.
            let isUsual = Int.random(in: 0...4, using: &random) > 0
            let size =
                isUsual
                ? min(last + Int.random(in: 0...5, using: &random), 120)
                : Int.random(in: 0...last, using: &random)
            let old = isUsual ? last : Int.random(in: 0...120, using: &random)
            let request = try Self.request(bench, from: old, Array(leaves[..<size]))
            let status = bench.status(Self.maybeDamaged(request, &random))
            guard status == 200 else { continue }
            #expect(size >= last, "rolled back from \(last) to \(size), seed \(seed)")
            cosigned.append((size, NaiveTree.root(leaves[..<size])))
        }
        #expect(cosigned.count > 5, "seed \(seed) reached nothing")
        let isOneHistory = histories.contains { leaves in
            cosigned.allSatisfy { $0.root == NaiveTree.root(leaves[..<$0.size]) }
        }
        #expect(isOneHistory, "two histories were cosigned, seed \(seed)")
    }

    @Test("an honest log is always cosigned, from any size to any larger one", arguments: seeds)
    func honest(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var bench = try WitnessBench()
        let leaves = WitnessBench.leaves(300)
        var size = 0
        while size < leaves.count {
            let next = min(leaves.count, size + Int.random(in: 0...40, using: &random))
            let request = try bench.request(from: size, Array(leaves[..<next])).serialized
            #expect(bench.status(request) == 200, "\(size) to \(next), seed \(seed)")
            size = next
        }
    }

    @Test("every changed byte of a request is refused", arguments: seeds.prefix(2))
    func bytes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let leaves = WitnessBench.leaves(21)
        var bench = try WitnessBench()
        #expect(bench.status(try bench.request(from: 0, Array(leaves[..<13])).serialized) == 200)
        let honest = try bench.request(from: 13, leaves).serialized
        for place in honest.indices {
            var changed = honest
            changed[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            var copy = bench
            #expect(copy.status(changed) != 200, "byte \(place), seed \(seed)")
        }
        for place in honest.indices {
            var copy = bench
            #expect(copy.status(Array(honest[..<place])) != 200, "cut at \(place)")
        }
        #expect(bench.status(honest) == 200)
    }

    @Test("a request prints back to the bytes it was read from", arguments: seeds)
    func round(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bench = try WitnessBench()
        let leaves = WitnessBench.leaves(Int.random(in: 2...200, using: &random))
        let old = Int.random(in: 0...leaves.count, using: &random)
        let request = try bench.request(from: old, leaves)
        let read = try AddCheckpointRequest(bytes: request.serialized)
        #expect(read == request)
        #expect(read.serialized == request.serialized)
    }

    /// As a log makes it that has these leaves and believes in `old`; where no proof can be, none.
    private static func request(
        _ bench: WitnessBench,
        from old: Int,
        _ leaves: [TreeHash]
    ) throws -> AddCheckpointRequest {
        guard old > leaves.count else { return try bench.request(from: old, leaves) }
        return try AddCheckpointRequest(
            oldSize: UInt64(old),
            proof: [],
            checkpoint: bench.checkpoint(leaves)
        )
    }

    /// One in four with a bit flipped somewhere.
    private static func maybeDamaged(
        _ request: AddCheckpointRequest,
        _ random: inout SeededGenerator
    ) -> [UInt8] {
        var bytes = request.serialized
        guard Int.random(in: 0...3, using: &random) == 0,
            let place = bytes.indices.randomElement(using: &random)
        else { return bytes }
        bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
        return bytes
    }
}
