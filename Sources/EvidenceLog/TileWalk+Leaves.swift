extension TileWalk {
    /// Checks the full level-0 tiles under one level-1 tile, and their entries: up to 65,536.
    func leafTiles(beneath tile: TileCoordinate, roots: [TreeHash]) -> Outcome {
        var outcome = Outcome()
        for (place, root) in roots.enumerated() where !Task.isCancelled {
            let child = TileCoordinate(
                level: 0,
                index: tile.index * UInt64(TileCoordinate.fullWidth) + UInt64(place)
            )
            outcome.tiles += 1
            if isWhole(child, root: root) {
                outcome.entries += UInt64(child.width)
            } else if let row = settle(child, root: root, outcome: &outcome) {
                checkEntries(of: child, against: row, outcome: &outcome)
            }
        }
        return outcome
    }

    /// The usual case at full speed: tile and entries agree and lead to the root.
    private func isWhole(_ tile: TileCoordinate, root: TreeHash) -> Bool {
        guard let hashes = try? leafHashes(under: tile),
            let stored = try? HashTile.hashes(tile, bytes: reader.existing(path: tile.path))
        else { return false }
        return hashes == stored && HashTile.root(of: hashes) == root
    }

    /// Hashes of the entries in the bundle that belongs to a level-0 tile.
    func leafHashes(under tile: TileCoordinate) throws(EvidenceError) -> [TreeHash] {
        let coordinate = EntryBundleCoordinate(index: tile.index, width: tile.width)
        return try EntryBundle.leafHashes(
            coordinate,
            bytes: reader.existing(path: coordinate.path)
        )
    }

    /// Names every entry whose hash is not the one in `row`, which is true.
    func checkEntries(
        of tile: TileCoordinate,
        against row: [TreeHash],
        outcome: inout Outcome
    ) {
        let coordinate = EntryBundleCoordinate(index: tile.index, width: tile.width)
        do throws(EvidenceError) {
            let hashes = try leafHashes(under: tile)
            for place in row.indices {
                guard hashes[place] != row[place] else {
                    outcome.entries += 1
                    continue
                }
                outcome.add(
                    .entry(index: coordinate.firstEntry + UInt64(place)),
                    EvidenceError(.entryDiffers, at: coordinate.path, "is not what was logged")
                )
            }
        } catch {
            outcome.add(.entryBundle(path: coordinate.path), error)
        }
    }

    /// A bounded number of tasks that hash leaf tiles; their outcomes come back in log order.
    struct Crew {
        private let workers: Int
        private var group: TaskGroup<(Int, Outcome)>
        private var running = 0
        private var enlisted = 0
        private var outcomes: [(Int, Outcome)] = []

        init(workers: Int, group: TaskGroup<(Int, Outcome)>) {
            self.workers = workers
            self.group = group
        }

        /// Starts the work as soon as a worker is free.
        mutating func enlist(_ work: @escaping @Sendable () -> Outcome) async {
            if running >= workers { await takeOne() }
            let number = enlisted
            group.addTask { (number, work()) }
            enlisted += 1
            running += 1
        }

        /// The outcomes in the order of their work, after `first`.
        mutating func finish(with first: Outcome) async -> [Outcome] {
            while running > 0 { await takeOne() }
            return [first] + outcomes.sorted { $0.0 < $1.0 }.map(\.1)
        }

        private mutating func takeOne() async {
            guard let outcome = await group.next() else { return }
            running -= 1
            outcomes.append(outcome)
        }
    }
}
