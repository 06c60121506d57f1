import EvidenceLog
import Testing
import WireFormat

/// A small signed log in memory, written tile by tile as an export would write it.
struct TestLog {
    static let origin = "cardproof.example/test"
    static let seed = [UInt8](repeating: 7, count: 32)
    static let witnessSeed = [UInt8](repeating: 9, count: 32)
    static let start = Instant(secondsSinceEpoch: 1_795_161_600)

    let signer: NoteSigner
    let witness: CosignatureSigner
    let entries: [[UInt8]]
    let leaves: [TreeHash]

    /// Entry i is a sealed leaf, deterministic in i.
    init(size: Int) throws {
        signer = try NoteSigner(name: Self.origin, seed: Self.seed)
        witness = try CosignatureSigner(name: "witness.example/w", seed: Self.witnessSeed)
        entries = try (0..<size).map { try Self.leaf($0).bytes }
        leaves = entries.map { TreeHash.leaf(of: $0) }
    }

    static func leaf(_ index: Int) throws -> PreparedLeaf {
        var generator = SeededGenerator(seed: UInt64(index))
        let secret = try #require(RecordSecret(bytes: generator.bytes(32)))
        return try EvidenceLeaf.sealed(
            fields(index),
            secret: secret,
            decoys: generator.bytes(EvidenceLeaf.decoyByteCount),
            at: start + .seconds(index)
        )
    }

    private static func fields(_ index: Int) throws -> LeafFields {
        try LeafFields([
            ("typ", "inquiry"), ("serial", .string("SN\(index)")), ("line", .integer(Int64(index))),
        ])
    }

    /// What opens entry i.
    static func disclosures(_ index: Int) throws -> [Disclosure] {
        var generator = SeededGenerator(seed: UInt64(index))
        let secret = try #require(RecordSecret(bytes: generator.bytes(32)))
        return try fields(index).disclosures(secret: secret)
    }

    /// The checkpoint of the first `size` entries, signed and cosigned.
    func checkpoint(size: Int? = nil) throws -> SignedCheckpoint {
        let size = size ?? entries.count
        let root = TreeBatch(before: CompactRange(), leaves: Array(leaves[..<size])).root
        let checkpoint = try Checkpoint(origin: Self.origin, size: UInt64(size), root: root)
        var signed = try SignedCheckpoint(checkpoint, signedBy: signer)
        try signed.append([witness.cosign(checkpoint.text, at: Self.start)])
        return signed
    }

    func proof(index: Int) throws -> LogProof {
        let batch = TreeBatch(before: CompactRange(), leaves: leaves)
        return try LogProof(
            extra: entries[index],
            proof: batch.inclusionProof(forIndex: UInt64(index)),
            checkpoint: checkpoint()
        )
    }

    var policy: LogPolicy {
        get throws {
            let text = """
                log \(signer.verifierKey.vkey)
                witness w \(witness.verifierKey.vkey)
                quorum w

                """
            return try LogPolicy(bytes: Array(text.utf8))
        }
    }

    /// All files of the exported log, by path.
    func files() throws -> [String: [UInt8]] {
        var files = [
            LogFolder.checkpointPath: try checkpoint().serialized,
            LogFolder.verifierKeyPath: Array("\(signer.verifierKey.vkey)\n".utf8),
            LogFolder.policyPath: try policy.serialized,
        ]
        var rows: [[TreeHash]] = [leaves]
        while rows[rows.count - 1].count >= 256 {
            let row = rows[rows.count - 1]
            rows.append(
                (0..<row.count / 256).map { NaiveTree.root(row[$0 * 256..<$0 * 256 + 256]) }
            )
        }
        for path in TilePath.all(inTreeOf: UInt64(entries.count)) {
            var bytes: [UInt8] = []
            switch path {
            case .entries(let bundle):
                for entry in entries.dropFirst(Int(bundle.firstEntry)).prefix(bundle.width) {
                    EntryBundle.append(entry, to: &bytes)
                }
            case .hashes(let tile):
                let row = rows[tile.level].dropFirst(Int(tile.index) * 256).prefix(tile.width)
                for hash in row { hash.append(to: &bytes) }
            }
            files[path.path] = bytes
        }
        return files
    }
}

/// Files in memory.
struct MemoryFolder: LogFolderReader {
    var files: [String: [UInt8]]

    func read(path: String) throws -> [UInt8]? { files[path] }

    func list(_ visit: (String) throws -> Void) throws {
        for path in files.keys.sorted() { try visit(path) }
    }
}
