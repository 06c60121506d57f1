import EvidenceLog
import Testing

@Suite("Trees and proofs against RFC 6962 word for word")
struct TreeTests {
    /// Leaf i of every tree in this suite.
    static let leaves = (0..<300).map { TreeHash.leaf(of: Array("leaf \($0)".utf8)) }

    /// Roots of the first n leaves.
    static let roots: [TreeHash] = {
        var naive = NaiveTree(leaves)
        return (0...leaves.count).map { naive.root(0..<$0) }
    }()

    static func tileRows(size: Int) -> [TileCoordinate: [TreeHash]] {
        var rows: [TileCoordinate: [TreeHash]] = [:]
        var row = leaves[..<size]
        for level in 0... where !row.isEmpty {
            for index in 0... {
                guard
                    let tile = TileCoordinate(
                        level: level,
                        index: UInt64(index),
                        inTreeOf: UInt64(size)
                    )
                else { break }
                rows[tile] = Array(row.dropFirst(index * 256).prefix(tile.width))
            }
            row = (0..<row.count / 256).map { NaiveTree.root(row[$0 * 256..<$0 * 256 + 256]) }[...]
            if row.isEmpty { break }
        }
        return rows
    }

    static func tiles(size: Int) throws -> [TileCoordinate: HashTile] {
        var tiles: [TileCoordinate: HashTile] = [:]
        for (coordinate, row) in tileRows(size: size) {
            tiles[coordinate] = try HashTile(coordinate, hashes: row)
        }
        return tiles
    }

    @Test("every leaf of every size from 1 to 300 has the path of PATH(m, D[n])")
    func inclusion() throws {
        var naive = NaiveTree(Self.leaves)
        for size in 1...300 {
            let tiles = try Self.tiles(size: size)
            for index in 0..<size {
                let needed = InclusionProof.neededTiles(index: UInt64(index), size: UInt64(size))
                let proof = try InclusionProof(
                    index: UInt64(index),
                    size: UInt64(size),
                    tiles: tiles.filter { needed.contains($0.key) }
                )
                try #require(proof.path == naive.path(index, 0..<size))
                try proof.verify(leaf: Self.leaves[index], root: Self.roots[size])
            }
        }
    }

    @Test("every pair of sizes up to 300 has the proof of PROOF(m, D[n])")
    func consistency() throws {
        var naive = NaiveTree(Self.leaves)
        for new in 1...300 {
            let tiles = try Self.tiles(size: new)
            for old in 1...new {
                let needed = ConsistencyProof.neededTiles(from: UInt64(old), to: UInt64(new))
                let proof = try ConsistencyProof(
                    from: UInt64(old),
                    to: UInt64(new),
                    tiles: tiles.filter { needed.contains($0.key) }
                )
                try #require(proof.path == naive.consistency(old, 0..<new))
                try proof.verify(oldRoot: Self.roots[old], newRoot: Self.roots[new])
            }
        }
    }

    @Test(
        "proofs from stored rows are those from completed tiles",
        arguments: [1, 2, 255, 256, 300]
    )
    func fromRows(size: Int) throws {
        let rows = Self.tileRows(size: size)
        let tiles = try Self.tiles(size: size)
        for place in [0, size / 2, size - 1].map(UInt64.init) {
            let size = UInt64(size)
            #expect(
                try InclusionProof(index: place, size: size, tiles: rows)
                    == InclusionProof(index: place, size: size, tiles: tiles)
            )
            #expect(
                try ConsistencyProof(from: place, to: size, tiles: rows)
                    == ConsistencyProof(from: place, to: size, tiles: tiles)
            )
        }
    }

    @Test("a proof for another leaf, root, index or size is refused")
    func wrongInclusion() throws {
        var naive = NaiveTree(Self.leaves)
        for (index, size) in [(0, 2), (4, 7), (6, 7), (255, 256), (130, 300), (299, 300)] {
            let path = naive.path(index, 0..<size)
            let leaf = Self.leaves[index]
            let root = Self.roots[size]
            func verify(_ index: Int, _ size: Int, _ path: [TreeHash]) throws {
                let proof = InclusionProof(
                    index: UInt64(index),
                    treeSize: UInt64(size),
                    path: path
                )
                try proof.verify(leaf: leaf, root: root)
            }
            try verify(index, size, path)
            #expect(throws: EvidenceError.self) { try verify(index ^ 1, size, path) }
            #expect(throws: EvidenceError.self) { try verify(size, size, path) }
            #expect(throws: EvidenceError.self) { try verify(index, size, path + [root]) }
            #expect(throws: EvidenceError.self) { try verify(index, size, path.dropLast()) }
            #expect(throws: EvidenceError.self) { try verify(index, 0, path) }
            #expect(throws: EvidenceError.self) { try verify(index, size * 2 + 1, path) }
            for place in path.indices {
                var other = path
                other[place] = leaf
                #expect(throws: EvidenceError.self) { try verify(index, size, other) }
            }
        }
    }

    @Test("a consistency proof with another root, size or path is refused")
    func wrongConsistency() throws {
        var naive = NaiveTree(Self.leaves)
        for (old, new) in [(1, 2), (3, 7), (4, 7), (6, 8), (256, 300), (255, 257)] {
            let path = naive.consistency(old, 0..<new)
            func verify(
                _ old: Int,
                _ new: Int,
                _ path: [TreeHash],
                _ roots: (TreeHash, TreeHash)
            ) throws {
                let proof = ConsistencyProof(
                    oldSize: UInt64(old),
                    newSize: UInt64(new),
                    path: path
                )
                try proof.verify(oldRoot: roots.0, newRoot: roots.1)
            }
            let roots = (Self.roots[old], Self.roots[new])
            try verify(old, new, path, roots)
            #expect(throws: EvidenceError.self) { try verify(old, new, path, (roots.1, roots.1)) }
            #expect(throws: EvidenceError.self) { try verify(old, new, path, (roots.0, roots.0)) }
            #expect(throws: EvidenceError.self) { try verify(new, old, path, roots) }
            #expect(throws: EvidenceError.self) { try verify(old, new, path + path, roots) }
            #expect(throws: EvidenceError.self) { try verify(old, new, path.dropLast(), roots) }
            #expect(throws: EvidenceError.self) { try verify(old, new, [], roots) }
        }
        let empty = ConsistencyProof(oldSize: 0, newSize: 5, path: [])
        try empty.verify(oldRoot: .emptyTree, newRoot: Self.roots[5])
        #expect(throws: EvidenceError.self) {
            try empty.verify(oldRoot: Self.roots[1], newRoot: Self.roots[5])
        }
        let same = ConsistencyProof(oldSize: 5, newSize: 5, path: [])
        #expect(throws: EvidenceError.self) {
            try same.verify(oldRoot: Self.roots[5], newRoot: Self.roots[4])
        }
    }

    @Test("a missing tile and a tile of a wrong width are named")
    func missingTiles() throws {
        var rows = Self.tileRows(size: 300)
        let edge = TileCoordinate(level: 0, index: 1, width: 44)
        rows[edge] = nil
        let missing = #expect(throws: EvidenceError.self) {
            try InclusionProof(index: 299, size: 300, tiles: rows)
        }
        #expect(missing?.code == .missingTile && missing?.location == "tile/0/001.p/44")
        rows[edge] = Array(Self.leaves[256..<299])
        let short = #expect(throws: EvidenceError.self) {
            try InclusionProof(index: 299, size: 300, tiles: rows)
        }
        #expect(short?.code == .malformedTile && short?.location == "tile/0/001.p/44")
        #expect(throws: EvidenceError.self) {
            try InclusionProof(index: 300, size: 300, tiles: Self.tileRows(size: 300))
        }
    }
}
