import EvidenceLog
import Testing
import WireFormat

@Suite("Foreign vectors, byte for byte")
struct VectorTests {
    let vectors: EvidenceVectors

    init() throws { vectors = try EvidenceVectors() }

    @Test("tile indexes have the paths of tlog-tiles, in both directions")
    func tileIndexPaths() throws {
        for vector in try vectors.members("tile_index_paths") {
            let index = try #require(UInt64(vector.name))
            let suffix = try #require(vector.value.stringValue)
            let tile = TileCoordinate(level: 3, index: index)
            #expect(tile.path == "tile/3/\(suffix)")
            #expect(try TilePath(path: "tile/3/\(suffix)") == .hashes(tile))
            let bundle = EntryBundleCoordinate(index: index, width: 17)
            #expect(bundle.path == "tile/entries/\(suffix).p/17")
            #expect(try TilePath(path: bundle.path) == .entries(bundle))
        }
    }

    @Test("private keys give the vkeys")
    func verifierKeys() throws {
        let log = try NoteSigner(
            name: "cardproof.example/log1",
            seed: seed("log_private_key_hex")
        )
        let witness = try CosignatureSigner(
            name: "witness.example/w1",
            seed: seed("witness_private_key_hex")
        )
        #expect(try log.verifierKey.vkey == vectors.text("log_vkey"))
        #expect(try witness.verifierKey.vkey == vectors.text("witness_vkey"))
        #expect(try NoteVerifierKey(vkey: vectors.text("log_vkey")) == log.verifierKey)
        #expect(try NoteVerifierKey(vkey: vectors.text("witness_vkey")) == witness.verifierKey)
    }

    @Test("the checkpoint is signed and cosigned to the same bytes")
    func checkpoint() throws {
        let root = try #require(TreeHash(base64: vectors.text("root")))
        let log = try NoteSigner(
            name: "cardproof.example/log1",
            seed: seed("log_private_key_hex")
        )
        let witness = try CosignatureSigner(
            name: "witness.example/w1",
            seed: seed("witness_private_key_hex")
        )
        let checkpoint = try Checkpoint(origin: log.name, size: 2, root: root)
        var signed = try SignedCheckpoint(checkpoint, signedBy: log)
        let time = Instant(secondsSinceEpoch: 1_795_161_600)
        try signed.append([witness.cosign(checkpoint.text, at: time)])
        let expected = try Array(vectors.text("checkpoint").utf8)
        #expect(signed.serialized == expected)
        #expect(try SignedCheckpoint(bytes: expected) == signed)
        let message = Cosignature.message(
            timestamp: 1_795_161_600,
            checkpointText: checkpoint.text
        )
        #expect(try message == Array(vectors.text("cosigned_message").utf8))
    }

    @Test("leaves have the hashes and the root of RFC 6962")
    func tree() throws {
        let leaf = try EvidenceLeaf(bytes: Array(vectors.text("leaf").utf8))
        let other = try EvidenceLeaf(bytes: Array(vectors.text("other_leaf").utf8))
        #expect(try leaf.hash.base64 == vectors.text("leaf_hash"))
        let batch = TreeBatch(before: CompactRange(), leaves: [leaf.hash, other.hash])
        #expect(try batch.root.base64 == vectors.text("root"))
        #expect(try TreeHash.emptyTree.base64 == vectors.text("empty_root"))
        var bundle: [UInt8] = []
        EntryBundle.append(leaf.bytes, to: &bundle)
        #expect(try Hexadecimal.encode(bundle.prefix(2)) == vectors.text("entry_bundle_hex_prefix"))
    }

    @Test("the disclosures open the leaf, and it holds nothing but them and the decoys")
    func disclosures() throws {
        let leaf = try EvidenceLeaf(bytes: Array(vectors.text("leaf").utf8))
        var digests: Set<TreeHash> = []
        for vector in try vectors.members("disclosures") {
            let disclosure = try Disclosure(text: #require(vector.value.stringValue))
            #expect(disclosure.name == vector.name)
            #expect(try leaf.open([disclosure]).map(\.name) == [vector.name])
            digests.insert(disclosure.digest)
        }
        for decoy in try #require(vectors.json["decoys"]?.arrayValue) {
            let bytes = Base64.decodeURL(try #require(decoy.stringValue))
            digests.insert(try #require(TreeHash(bytes: bytes ?? [])))
        }
        guard case .sealed(let inLeaf) = leaf.content else {
            Issue.record("the vector is a sealed leaf")
            return
        }
        #expect(Set(inLeaf) == digests)
    }

    @Test("the proof file is read, verified and printed to the same bytes")
    func proof() throws {
        #expect(try vectors.proofFile == Array(vectors.text("tlog_proof").utf8))
        let proof = try LogProof(bytes: vectors.proofFile)
        #expect(proof.serialized == vectors.proofFile)
        #expect(try proof.extra == Array(vectors.text("leaf").utf8))
        let policy = try LogPolicy(
            bytes: Array(
                ("log \(vectors.text("log_vkey"))\n"
                    + "witness w \(vectors.text("witness_vkey"))\nquorum w\n")
                    .utf8
            )
        )
        let report = proof.verify(logKey: nil, policy: policy)
        #expect(report.findings == [])
        #expect(report.isAuthenticated)
        #expect(report.cosignatures.map(\.time) == [Instant(secondsSinceEpoch: 1_795_161_600)])
        #expect(report.leaf?.time == Instant(rfc3339: "2026-11-20T08:00:00Z"))
        #expect(report.checks.contains(.inclusion(index: 0, size: 2)))
    }

    @Test("the example note of c2sp.org/signed-note opens")
    func exampleNote() throws {
        let key = try NoteVerifierKey(
            vkey: "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
        )
        let note = try SignedNote(
            bytes: Array(
                """
                This is an example message.

                — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

                """.utf8
            )
        )
        #expect(try note.verified(by: [key]).map(\.key) == [key])
    }

    private func seed(_ name: String) throws -> [UInt8] {
        try #require(Hexadecimal.decode(vectors.text(name)))
    }
}
