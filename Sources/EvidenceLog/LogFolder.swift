import WireFormat

/// Where the files of an exported log are read from. Called from several tasks at once.
public protocol LogFolderReader: Sendable {
    /// The file's bytes; nil when there is no such file. `path` is relative to the folder, with
    /// slashes, and is never absolute nor climbs.
    func read(path: String) throws -> [UInt8]?

    /// Visits every file of the folder once, in any order, by its relative path with slashes.
    func list(_ visit: (String) throws -> Void) throws
}

/// A log as static files: `checkpoint`, the tiles and entry bundles at their C2SP paths, and for
/// the reader's comfort `vkey` and `policy`.
///
/// An exported log holds exactly the tiles that its checkpoint needs: no older partial tiles, and
/// nothing beyond the checkpoint.
/// Source: https://c2sp.org/tlog-tiles.
public struct LogFolder: Sendable {
    public static let checkpointPath = "checkpoint"
    /// One line: the vkey of the log.
    public static let verifierKeyPath = "vkey"
    /// The tlog-policy that the operator proposes.
    public static let policyPath = "policy"
    /// Tiles and entry bundles stand under it.
    public static let tilePrefix = "tile/"

    private let reader: any LogFolderReader

    public init(_ reader: any LogFolderReader) {
        self.reader = reader
    }

    /// The files that a log of `size` entries must have, `checkpoint` first. For large logs walk
    /// ``TilePath/all(inTreeOf:)`` instead.
    public static func exportPaths(size: UInt64) -> [String] {
        [checkpointPath] + TilePath.all(inTreeOf: size).map(\.path)
    }

    /// Verifies the whole log: the checkpoint's signatures, every tile of every level against the
    /// root, every entry against its leaf hash, that no file is missing or too many, and that
    /// older checkpoints are earlier states of this log.
    ///
    /// Holds a few tiles at a time in memory. Whatever is bad is named; where two files disagree,
    /// the one that does not lead to the signed root is the bad one.
    ///
    /// - Parameters:
    ///   - logKey: The key pinned for the log. Nil takes the logs of `policy`, and without one the
    ///     folder's own `vkey`, which the report says.
    ///   - older: Checkpoints seen earlier, with names for the report.
    ///   - workers: Tasks that hash at the same time.
    public func verify(
        logKey: NoteVerifierKey?,
        policy: LogPolicy? = nil,
        older: [(name: String, bytes: [UInt8])] = [],
        workers: Int = 2
    ) async -> VerificationReport {
        var report = VerificationReport(subject: .logFolder)
        guard let signed = openCheckpoint(&report) else { return report }
        report.checkpoint = signed.checkpoint
        report.checkSignatures(
            of: signed,
            logKey: key(pinned: logKey, policy: policy, report: &report),
            policy: policy,
            part: .checkpoint
        )
        checkPaths(size: signed.checkpoint.size, report: &report)
        await TileWalk(reader: reader, checkpoint: signed.checkpoint, workers: max(1, workers))
            .run(into: &report)
        for old in older { checkOlder(old, newer: signed.checkpoint, report: &report) }
        if older.isEmpty { report.omit(.olderCheckpoints) }
        report.omit(.leafFormat)
        report.omit(.trustedTime)
        report.omit(.content)
        return report
    }

    private func openCheckpoint(_ report: inout VerificationReport) -> SignedCheckpoint? {
        do throws(EvidenceError) {
            return try SignedCheckpoint(bytes: reader.existing(path: Self.checkpointPath))
        } catch {
            report.add(.checkpoint, error)
            return nil
        }
    }

    private func key(
        pinned: NoteVerifierKey?,
        policy: LogPolicy?,
        report: inout VerificationReport
    ) -> (key: NoteVerifierKey, source: VerificationReport.KeySource)? {
        if let pinned { return (pinned, .pinned) }
        guard policy?.logs.isEmpty ?? true,
            let bytes = try? reader.read(path: Self.verifierKeyPath)
        else { return nil }
        do throws(EvidenceError) {
            guard let line = StrictText.lines(bytes[...]), line.count == 1,
                let vkey = StrictText.text(line[0])
            else { throw EvidenceError(.malformedVerifierKey, "not one line") }
            return (try NoteVerifierKey(vkey: vkey), .evidence)
        } catch {
            report.add(.file(path: Self.verifierKeyPath), error)
            return nil
        }
    }

    /// Names every file that a log of this size does not have.
    private func checkPaths(size: UInt64, report: inout VerificationReport) {
        let before = report.findings.count
        let known = [Self.checkpointPath, Self.verifierKeyPath, Self.policyPath]
        do {
            try reader.list { path in
                guard !known.contains(path) else { return }
                guard path.hasPrefix(Self.tilePrefix) else {
                    return report.omit(.file(path: path))
                }
                if (try? TilePath(path: path))?.isNeeded(inTreeOf: size) == true { return }
                report.add(
                    .file(path: path),
                    EvidenceError(.unexpectedFile, "not of a log of \(size) entries")
                )
            }
        } catch {
            report.add(.file(path: ""), EvidenceError(.unreadableFile, "cannot list the folder"))
        }
        if report.findings.count == before { report.checks.append(.completeness) }
    }

    private func checkOlder(
        _ old: (name: String, bytes: [UInt8]),
        newer: Checkpoint,
        report: inout VerificationReport
    ) {
        guard let checkpoint = report.openOlder(old, newer: newer) else { return }
        do throws(EvidenceError) {
            var rows: [TileCoordinate: [TreeHash]] = [:]
            for tile in ConsistencyProof.neededTiles(from: checkpoint.size, to: newer.size) {
                rows[tile] = try HashTile.hashes(tile, bytes: reader.existing(path: tile.path))
            }
            let proof = try ConsistencyProof(from: checkpoint.size, to: newer.size, tiles: rows)
            report.compare(checkpoint, name: old.name, with: newer, path: proof.path)
        } catch {
            report.add(.oldCheckpoint(name: old.name), error)
        }
    }
}

extension LogFolderReader {
    /// The bytes of a file that must be there.
    func existing(path: String) throws(EvidenceError) -> [UInt8] {
        let bytes: [UInt8]?
        do {
            bytes = try read(path: path)
        } catch {
            throw EvidenceError(.unreadableFile, at: path, "\(error)")
        }
        guard let bytes else { throw EvidenceError(.missingFile, at: path, "is not there") }
        return bytes
    }
}
