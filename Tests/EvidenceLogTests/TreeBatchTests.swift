import EvidenceLog
import Testing

@Suite("Batches appended to a tree")
struct TreeBatchTests {
    static let seed: UInt64 = 20_261_120

    @Test("random batches give the roots, proofs and rows of the naive tree")
    func randomBatches() throws {
        var generator = SeededGenerator(seed: Self.seed)
        var leaves: [TreeHash] = []
        var range = CompactRange()
        var rows: [[TreeHash]] = [[], [], []]
        while leaves.count < 1400 {
            let count = Int.random(in: 0...97, using: &generator)
            let new = (0..<count).map { _ in TreeHash.leaf(of: generator.bytes(9)) }
            leaves += new
            let batch = TreeBatch(before: range, leaves: new)
            var oneByOne = range
            for leaf in new { oneByOne.append(leaf) }
            try #require(batch.after == oneByOne, "seed \(Self.seed), size \(leaves.count)")
            try #require(batch.root == NaiveTree.root(leaves[...]), "seed \(Self.seed)")
            var naive = NaiveTree(leaves)
            for index in leaves.count - count..<leaves.count {
                let proof = batch.inclusionProof(forIndex: UInt64(index))
                try #require(proof.path == naive.path(index, 0..<leaves.count), "seed \(Self.seed)")
                #expect(proof.treeSize == UInt64(leaves.count) && proof.index == UInt64(index))
            }
            for level in 0...2 {
                for (index, hash) in batch.completedNodes(tileLevel: level) {
                    #expect(index == UInt64(rows[level].count), "seed \(Self.seed)")
                    rows[level].append(hash)
                }
            }
            range = batch.after
        }
        #expect(rows[0] == leaves)
        #expect(rows[1].count == leaves.count / 256)
        for (index, hash) in rows[1].enumerated() {
            #expect(hash == NaiveTree.root(leaves[index * 256..<index * 256 + 256]))
        }
    }

    @Test("one batch completes nodes of two tile levels")
    func highLevels() {
        let leaves = (0..<65_537).map {
            TreeHash.leaf(of: [UInt8($0 & 0xFF), UInt8($0 >> 8 & 0xFF)])
        }
        var range = CompactRange()
        range.append(leaves[0])
        let batch = TreeBatch(before: range, leaves: Array(leaves[1...]))
        #expect(batch.completedNodes(tileLevel: 1).map(\.index) == Array(0..<256))
        #expect(batch.completedNodes(tileLevel: 2).map(\.index) == [0])
        #expect(batch.completedNodes(tileLevel: 2)[0].hash == NaiveTree.root(leaves[..<65_536]))
        #expect(batch.completedNodes(tileLevel: 3).isEmpty)
        #expect(batch.root == NaiveTree.root(leaves[...]))
    }

    @Test("batches cut anywhere lead to the same tree")
    func associativity() {
        var generator = SeededGenerator(seed: Self.seed)
        let leaves = (0..<600).map { _ in TreeHash.leaf(of: generator.bytes(5)) }
        let whole = TreeBatch(before: CompactRange(), leaves: leaves).after
        for _ in 0..<100 {
            let cut = Int.random(in: 0...600, using: &generator)
            let first = TreeBatch(before: CompactRange(), leaves: Array(leaves[..<cut]))
            let second = TreeBatch(before: first.after, leaves: Array(leaves[cut...]))
            #expect(second.after == whole, "seed \(Self.seed), cut \(cut)")
        }
    }

    @Test("a compact range is read back from its bytes, and only with its own size")
    func serialization() {
        var range = CompactRange()
        for number in 0..<200 {
            let bytes = range.serialized
            #expect(CompactRange(size: range.size, bytes: bytes) == range)
            let next = range.size + 1
            let fits = next.nonzeroBitCount == range.hashes.count
            #expect((CompactRange(size: next, bytes: bytes) != nil) == fits)
            #expect(CompactRange(size: range.size, bytes: bytes + [0]) == nil)
            range.append(.leaf(of: [UInt8(number)]))
        }
        #expect(CompactRange(size: UInt64.max, bytes: []) == nil)
        #expect(CompactRange().root == .emptyTree)
        #expect(TreeBatch(before: CompactRange(), leaves: []).root == .emptyTree)
    }
}
