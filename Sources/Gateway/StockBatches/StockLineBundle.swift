import CardModel
import EvidenceLog
import WireFormat

/// The proof of one line of a registered audit: what a bundle of it is made of.
private struct StockLineMaterial: LogMaterial {
    let logs: [LogRecord]
    let succession: [[UInt8]]
    let stamps: [TimeStampRecord]
    let consistency: [UInt64: [TreeHash]]
    let logPolicy: LogPolicy
    let head: SignedCheckpoint
    /// The `audit` leaf and the anchors of stamps before it, by index.
    let provenEntries: [MaterialEntry]
    let proofs: [UInt64: [UInt8]]
    let audit: MaterialEntry
}

extension DeliveryGateway {
    /// The bundle that proves one line of a batch, and shows nothing of its neighbours: the line's
    /// salted record, its opened fields but for the key, its path to the root over all lines, and
    /// the leaf that holds that root.
    ///
    /// - Parameter line: the physical one in the file.
    /// - Returns: nil when the platform has no such batch, or nothing stands on the line, or the
    ///   batch is not sealed, or the line's order was erased.
    public func stockLineBundle(
        _ line: Int,
        of id: BatchID,
        platform: Platform
    ) async throws -> [UInt8]? {
        let platform = directory.platform(platform.number) ?? platform
        guard let batch = try await parts.store.batch(id), batch.platform == platform.number,
            let leaf = batch.leaf,
            let code = try await parts.store.stockCode(of: batch.number, line: line)
        else { return nil }
        let keys = try platform.keys(of: batch)
        guard let opened = try code.opened(by: keys) else { return nil }
        let material = try await material(of: batch, leaf, keys, platform)
        let path = try await path(to: code, of: batch)
        return try composed(material, opened, code, path, keys, platform)
    }

    /// The inner path of a line, from the hashes that its tiles need.
    @inline(never)
    private func path(
        to code: StockCodeRecord,
        of batch: StockBatchRecord
    ) async throws -> [TreeHash] {
        let index = UInt64(code.position)
        let size = batch.range.size
        var tiles: [TileCoordinate: [TreeHash]] = [:]
        for tile in InclusionProof.neededTiles(index: index, size: size) {
            let start = tile.index * UInt64(TileCoordinate.fullWidth)
            tiles[tile] = try await parts.store.stockNodes(
                of: batch.number, level: tile.level, in: start..<start + UInt64(tile.width))
        }
        return try InclusionProof(index: index, size: size, tiles: tiles).path
    }

    @inline(never)
    private func material(
        of batch: StockBatchRecord,
        _ leaf: LeafReference,
        _ keys: BatchKeys,
        _ platform: Platform
    ) async throws -> StockLineMaterial {
        let reader = bundleReader(platform)
        let logs = try await reader.logs(from: nil, or: leaf.index, platform)
        let rows = try await parts.store.entries(
            of: platform.number, in: leaf.index..<leaf.index + 1)
        guard let log = logs.first, let row = rows.first else {
            throw StoreError.broken("the leaf of a batch is not there")
        }
        let audit = MaterialEntry(
            index: leaf.index - log.firstIndex,
            bytes: row.leaf,
            record: try EvidenceRecord(
                sealed: row.sealedRecord, hash: row.hash, dataKey: keys.dataKey)
        )
        let stamps = try await reader.stamps(around: [audit.index], in: log)
        let anchors = try await reader.anchors(of: stamps, before: [audit.index], in: log)
        let proven = (anchors + [audit]).sorted { $0.index < $1.index }
        let head = try await reader.head(
            holding: proven.map(\.index) + stamps.map { $0.size - 1 }, in: log)
        return StockLineMaterial(
            logs: logs,
            succession: try await reader.succession(logs, under: head),
            stamps: stamps,
            consistency: try await reader.consistency(of: stamps, with: head, in: log),
            logPolicy: try policy(of: [log]).asFulfilled(by: head),
            head: head,
            provenEntries: proven,
            proofs: try await self.log.proofs(
                of: proven.map { ($0.index, $0.bytes) }, under: head, of: log),
            audit: audit
        )
    }

    @inline(never)
    private func composed(
        _ material: StockLineMaterial,
        _ line: StockLine,
        _ code: StockCodeRecord,
        _ path: [TreeHash],
        _ keys: BatchKeys,
        _ platform: Platform
    ) throws -> [UInt8] {
        var files: [CanonicalArchive.File] = []
        for entry in material.provenEntries {
            guard let proof = material.proofs[entry.index] else {
                throw StoreError.broken("entry \(entry.index) has no proof")
            }
            files.add(.entry(.entries, index: entry.index, .proof), proof)
        }
        let index = material.audit.index
        let position = code.position
        func text(_ disclosures: [Disclosure]) -> [UInt8] {
            disclosures.filter { !LeafContents.closed.contains($0.name) }
                .flatMap { $0.bytes + [UInt8(ascii: "\n")] }
        }
        files.add(
            .entry(.entries, index: index, .disclosures),
            text(try material.audit.record?.disclosures() ?? []))
        let record = try line.record(at: position, secret: keys.secret)
        guard record.hash == code.hash else {
            throw StoreError.broken("line \(position) of a batch is not what was logged")
        }
        files.add(.entry(.entries, index: index, .itemRecord(position)), record.bytes)
        files.add(
            .entry(.entries, index: index, .itemDisclosures(position)),
            text(
                try LeafFields(line.fields)
                    .disclosures(secret: keys.secret.itemSecret(position))))
        files.add(
            .entry(.entries, index: index, .itemPath(position)),
            Array(path.map { $0.base64 + "\n" }.joined().utf8))
        try files.addTime(of: material)
        files.addTrust(of: material)
        files.add(.statement("timeline.csv"), BundleTimeline.csv(of: material))
        files.add(.statement("verify.sh"), PackageResources.verify_sh)
        files.add(.statement("VERIFY.md"), PackageResources.VERIFY_md)
        return try EvidenceBundle(
            sealing: files,
            origin: material.log.origin,
            signer: platform.logSigner
        ).serialized
    }
}

extension StockCodeRecord {
    /// The line as its record commits to it; nil once the code was erased.
    func opened(by keys: BatchKeys) throws -> StockLine? {
        var code: CardCode?
        if let fingerprint {
            code = try SealedCode.open(
                sealedCode, under: keys.dataKey, fingerprint: fingerprint
            ).code
        } else if !classes.contains(.malformed) {
            return nil
        }
        return StockLine(
            line: line,
            code: code,
            expiresOn: expiresOn,
            classes: classes,
            issuerState: issuerState
        )
    }
}
