/// Walks the tiles of an exported log from the root down to the entries.
///
/// A tile is judged by the hash above it, which has been judged before. Where a tile does not lead
/// to that hash, the hashes of what lies beneath it are tried in its place: if they lead there,
/// the tile alone is bad and the walk goes on with them; if not, nothing beneath can be judged.
struct TileWalk: Sendable {
    let reader: any LogFolderReader
    let checkpoint: Checkpoint
    let workers: Int

    /// What one part of the walk saw.
    struct Outcome: Sendable {
        var entries: UInt64 = 0
        var tiles: UInt64 = 0
        var findings: [VerificationFinding] = []
        var omissions: [VerificationOmission] = []

        mutating func add(_ part: EvidencePart, _ error: EvidenceError) {
            findings.append(VerificationFinding(part: part, error: error))
        }
    }

    func run(into report: inout VerificationReport) async {
        var outcome = Outcome()
        if let rows = settleRightEdge(&outcome) {
            report.checks.append(.root(size: checkpoint.size))
            await walk(rows, outcome: &outcome)
        }
        report.checks.append(.tiles(count: outcome.tiles))
        report.checks.append(.entries(count: outcome.entries))
        for finding in outcome.findings { report.add(finding.part, finding.error) }
        for omission in outcome.omissions { report.omit(omission) }
    }

    /// Descends from each tile of the right edge, the highest first: that is the order of the log.
    private func walk(_ edge: [(TileCoordinate, [TreeHash])], outcome: inout Outcome) async {
        let numbered = await withTaskGroup(of: (Int, Outcome).self) { group in
            var crew = Crew(workers: workers, group: group)
            var own = Outcome()
            for (tile, row) in edge.reversed() {
                own.tiles += 1
                if tile.level == 0 {
                    checkEntries(of: tile, against: row, outcome: &own)
                } else {
                    await descend(tile, row: row, crew: &crew, outcome: &own)
                }
            }
            return await crew.finish(with: own)
        }
        for part in numbered {
            outcome.entries += part.entries
            outcome.tiles += part.tiles
            outcome.findings += part.findings
            outcome.omissions += part.omissions
        }
    }

    /// `row` holds the true roots of the tiles beneath `tile`.
    private func descend(
        _ tile: TileCoordinate,
        row: [TreeHash],
        crew: inout Crew,
        outcome: inout Outcome
    ) async {
        guard tile.level > 1 else {
            return await crew.enlist { leafTiles(beneath: tile, roots: row) }
        }
        for (place, root) in row.enumerated() {
            let child = TileCoordinate(
                level: tile.level - 1,
                index: tile.index * UInt64(TileCoordinate.fullWidth) + UInt64(place)
            )
            outcome.tiles += 1
            guard let childRow = settle(child, root: root, outcome: &outcome) else { continue }
            await descend(child, row: childRow, crew: &crew, outcome: &outcome)
        }
    }
}

extension TileWalk {
    /// The true hashes of a full tile, given its true root; nil when they cannot be had.
    func settle(
        _ tile: TileCoordinate,
        root: TreeHash,
        outcome: inout Outcome
    ) -> [TreeHash]? {
        let stored = storedRow(tile)
        if case .success(let row) = stored, HashTile.root(of: row) == root { return row }
        let beneath = rowBeneath(tile)
        let isBeneathTrue = beneath.map { HashTile.root(of: $0) == root } ?? false
        outcome.add(.tile(path: tile.path), Self.reason(stored))
        guard isBeneathTrue else {
            outcome.omissions.append(.beneath(path: tile.path))
            return nil
        }
        return beneath
    }

    /// The true hashes of the partial tiles at the right edge, lowest level first: those that
    /// together lead to the checkpoint's root. Nil when no choice between what is stored and what
    /// lies beneath leads there.
    private func settleRightEdge(_ outcome: inout Outcome) -> [(TileCoordinate, [TreeHash])]? {
        let edge = (0..<UInt64.bitWidth / TileCoordinate.height).compactMap(partialTile)
        let stored = edge.map(storedRow)
        let rows = stored.map { try? $0.get() }
        if let whole = Self.whole(rows), Self.root(of: whole) == checkpoint.root {
            return Array(zip(edge, whole))
        }
        let beneath = edge.map(rowBeneath)
        for choice in 1..<(1 << edge.count) {
            let chosen = edge.indices.map { choice >> $0 & 1 == 1 ? beneath[$0] : rows[$0] }
            guard let whole = Self.whole(chosen), Self.root(of: whole) == checkpoint.root else {
                continue
            }
            for place in edge.indices where rows[place] != whole[place] {
                outcome.add(.tile(path: edge[place].path), Self.reason(stored[place]))
            }
            return Array(zip(edge, whole))
        }
        blameRightEdge(edge, stored: stored, beneath: beneath, outcome: &outcome)
        return nil
    }

    /// Nothing leads to the root: names files that are unreadable or disagree, else the root.
    private func blameRightEdge(
        _ edge: [TileCoordinate],
        stored: [Result<[TreeHash], EvidenceError>],
        beneath: [[TreeHash]?],
        outcome: inout Outcome
    ) {
        for (place, tile) in edge.enumerated() {
            outcome.omissions.append(.beneath(path: tile.path))
            if case .success(let row) = stored[place], row == beneath[place] { continue }
            outcome.add(.tile(path: tile.path), Self.reason(stored[place]))
        }
        let detail = "the tiles of \(checkpoint.size) entries do not lead to its root"
        outcome.add(.checkpoint, EvidenceError(.wrongRoot, detail))
    }

    private func partialTile(level: Int) -> TileCoordinate? {
        let row = checkpoint.size >> UInt64(level * TileCoordinate.height)
        let index = row / UInt64(TileCoordinate.fullWidth)
        return TileCoordinate(level: level, index: index, inTreeOf: checkpoint.size)
    }

    private func storedRow(_ tile: TileCoordinate) -> Result<[TreeHash], EvidenceError> {
        Result { () throws(EvidenceError) -> [TreeHash] in
            try HashTile.hashes(tile, bytes: reader.existing(path: tile.path))
        }
    }

    /// What the tile must hold by the files beneath it; nil when one of them is missing or bad.
    private func rowBeneath(_ tile: TileCoordinate) -> [TreeHash]? {
        guard tile.level > 0 else { return try? leafHashes(under: tile) }
        var row: [TreeHash] = []
        for place in 0..<tile.width {
            let child = TileCoordinate(
                level: tile.level - 1,
                index: tile.index * UInt64(TileCoordinate.fullWidth) + UInt64(place)
            )
            guard let hashes = try? storedRow(child).get() else { return nil }
            row.append(HashTile.root(of: hashes))
        }
        return row
    }

    private static func whole(_ rows: [[TreeHash]?]) -> [[TreeHash]]? {
        let whole = rows.compactMap(\.self)
        return whole.count == rows.count ? whole : nil
    }

    /// The root over the right edge: each row, with everything to the right of it as one more hash.
    private static func root(of rows: [[TreeHash]]) -> TreeHash {
        var right: TreeHash?
        for row in rows {
            var range = CompactRange()
            for hash in row { range.append(hash) }
            if let right { range.append(right) }
            right = range.root
        }
        return right ?? .emptyTree
    }

    private static func reason(_ stored: Result<[TreeHash], EvidenceError>) -> EvidenceError {
        switch stored {
        case .success: EvidenceError(.tileDiffers, "does not lead to the hash above it")
        case .failure(let error): error
        }
    }
}
