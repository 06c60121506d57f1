extension LeafRange {
    /// The hash over the range out of tiles.
    /// - Throws: ``EvidenceError`` with code `missingTile`, naming the tile.
    func hash(
        inTreeOf size: UInt64,
        tiles: [TileCoordinate: HashTile]
    ) throws(EvidenceError) -> TreeHash {
        try hash { (node: TreeNode) throws(EvidenceError) -> TreeHash in
            guard let coordinate = node.tile(inTreeOf: size), let tile = tiles[coordinate],
                let hash = node.hash(in: tile)
            else {
                let path = node.tile(inTreeOf: size)?.path ?? "beyond the tree"
                throw EvidenceError(.missingTile, at: path, "needed for the proof and not given")
            }
            return hash
        }
    }
}

extension [LeafRange] {
    /// The tiles that complete every node of the ranges, each once, in the order of need.
    func neededTiles(inTreeOf size: UInt64) -> [TileCoordinate] {
        var seen: Set<TileCoordinate> = []
        return flatMap(\.nodes).compactMap { $0.tile(inTreeOf: size) }
            .filter { seen.insert($0).inserted }
    }

    /// The needed tiles with their inner nodes.
    func completedTiles(
        inTreeOf size: UInt64,
        rows: [TileCoordinate: [TreeHash]]
    ) throws(EvidenceError) -> [TileCoordinate: HashTile] {
        var tiles: [TileCoordinate: HashTile] = [:]
        for coordinate in neededTiles(inTreeOf: size) {
            guard let row = rows[coordinate] else {
                throw EvidenceError(
                    .missingTile,
                    at: coordinate.path,
                    "needed for the proof and not given"
                )
            }
            tiles[coordinate] = try HashTile(coordinate, hashes: row)
        }
        return tiles
    }
}
