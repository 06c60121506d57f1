import EvidenceLog
import Testing
import WireFormat

@Suite("What a witness answers")
struct WitnessDecisionTests {
    /// A witness that has cosigned 5 of these 9 leaves.
    static let leaves = WitnessBench.leaves(9)

    static func bench() throws -> WitnessBench {
        var bench = try WitnessBench()
        let first = try bench.request(from: 0, Array(leaves[..<5])).serialized
        try #require(bench.status(first) == 200)
        return bench
    }

    /// One row of the table of https://c2sp.org/tlog-witness.
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let status: Int
        let request: @Sendable (WitnessBench) throws -> [UInt8]

        var testDescription: String { "\(status): \(name)" }

        init(
            _ status: Int,
            _ name: String,
            _ request: @escaping @Sendable (WitnessBench) throws -> [UInt8]
        ) {
            self.status = status
            self.name = name
            self.request = request
        }

        /// A row whose request is the honest one, changed as a text.
        static func edited(
            _ status: Int,
            _ name: String,
            _ edit: @escaping @Sendable (String) -> String
        ) -> Row {
            Row(status, name) { bench in
                let honest = try bench.request(from: 5, leaves).serialized
                let text = edit(String(decoding: honest, as: UTF8.self))
                try #require(Array(text.utf8) != honest)
                return Array(text.utf8)
            }
        }
    }

    static let rows: [Row] = [
        Row(200, "a larger tree with its proof") { try $0.request(from: 5, leaves).serialized },
        Row(200, "the same tree once more") {
            try $0.request(from: 5, Array(leaves[..<5])).serialized
        },
        Row(200, "signatures of strangers beside the log's") { bench in
            let stranger = try NoteSigner(name: "x", seed: [UInt8](repeating: 8, count: 32))
            var signed = try bench.checkpoint(leaves)
            try signed.append([
                stranger.sign(signed.note.text),
                NoteSignature(
                    name: "post-quantum",
                    keyID: 6,
                    bytes: [UInt8](repeating: 1, count: 2_428)
                ),
            ])
            var tree = NaiveTree(leaves)
            return try AddCheckpointRequest(
                oldSize: 5,
                proof: tree.consistency(5, 0..<9),
                checkpoint: signed
            ).serialized
        },
        .edited(400, "an old size with a leading zero") { $0.replacing("old 5", with: "old 05") },
        .edited(400, "an old size with a sign") { $0.replacing("old 5", with: "old +5") },
        .edited(400, "two spaces") { $0.replacing("old 5", with: "old  5") },
        .edited(400, "no old line") { $0.replacing("old 5\n", with: "") },
        .edited(400, "carriage returns") { $0.replacing("\n", with: "\r\n") },
        .edited(400, "no empty line") { $0.replacing("\n\n", with: "\n") },
        .edited(400, "an empty line before the old one") { "\n" + $0 },
        .edited(400, "a proof line that is not base64") {
            $0.replacing("old 5\n", with: "old 5\n=\n")
        },
        .edited(400, "a proof line of 31 bytes") {
            $0.replacing(
                "old 5\n", with: "old 5\n\(Base64.encode([UInt8](repeating: 0, count: 31)))\n")
        },
        .edited(400, "64 proof lines") { text in
            let line = TreeHash.emptyTree.base64 + "\n"
            return text.replacing("old 5\n", with: "old 5\n" + String(repeating: line, count: 64))
        },
        .edited(400, "a last line without its newline") { String($0.dropLast()) },
        .edited(400, "a tree size beyond 63 bits") {
            $0.replacing("\n9\n", with: "\n9223372036854775808\n")
        },
        .edited(400, "an empty extension line") {
            $0.replacing("\n\n\u{2014}", with: "\n\n\n\u{2014}")
        },
        Row(400, "more bytes than a request may have") { bench in
            try bench.request(from: 5, leaves).serialized
                + [UInt8](repeating: 0x20, count: AddCheckpointRequest.largestByteCount)
        },
        Row(400, "an old size larger than the checkpoint's") { bench in
            try AddCheckpointRequest(
                oldSize: 10,
                proof: [],
                checkpoint: bench.checkpoint(leaves)
            ).serialized
        },
        .edited(403, "a text that was not signed") { $0.replacing("\n9\n", with: "\n8\n") },
        Row(403, "a stranger's signature under the log's name") { bench in
            let stranger = try NoteSigner(
                name: WitnessBench.origin,
                seed: [UInt8](repeating: 8, count: 32)
            )
            let checkpoint = try bench.checkpoint(leaves).checkpoint
            return try AddCheckpointRequest(
                oldSize: 5,
                proof: [],
                checkpoint: SignedCheckpoint(checkpoint, signedBy: stranger)
            ).serialized
        },
        Row(403, "the log's key beside a false signature of it") { bench in
            var signed = try bench.checkpoint(leaves)
            try signed.append([bench.log.sign(Array("another text\n".utf8))])
            return try AddCheckpointRequest(oldSize: 5, proof: [], checkpoint: signed).serialized
        },
        Row(403, "a false signature and a proof that would not hold either") { bench in
            let text = try bench.checkpoint(leaves).checkpoint.text
            let note = try SignedNote(
                text: text,
                signatures: [bench.log.sign(Array("another text\n".utf8))]
            )
            return Array("old 3\n\n".utf8) + note.serialized
        },
        Row(404, "an origin that nobody configured") { _ in
            let other = try NoteSigner(name: "other", seed: [UInt8](repeating: 8, count: 32))
            let checkpoint = try Checkpoint(origin: "other", size: 0, root: .emptyTree)
            return try AddCheckpointRequest(
                oldSize: 0,
                proof: [],
                checkpoint: SignedCheckpoint(checkpoint, signedBy: other)
            ).serialized
        },
        Row(409, "a proof from another tree than the last") {
            try $0.request(from: 4, leaves).serialized
        },
        Row(409, "a first request of a log that the witness knows") {
            try $0.request(from: 0, leaves).serialized
        },
        Row(409, "a rolled-back log") { try $0.request(from: 3, Array(leaves[..<4])).serialized },
        Row(422, "another tree of the same size") { bench in
            try bench.request(from: 5, WitnessBench.leaves(5, fork: 1, shared: 4)).serialized
        },
        Row(422, "a fork with the proof of the fork") { bench in
            try bench.request(from: 5, WitnessBench.leaves(9, fork: 1, shared: 4)).serialized
        },
        Row(422, "a proof that lacks a hash") { bench in
            let honest = try bench.request(from: 5, leaves)
            return try AddCheckpointRequest(
                oldSize: 5,
                proof: honest.proof.dropLast(),
                checkpoint: bench.checkpoint(leaves)
            ).serialized
        },
        Row(422, "a proof for the same tree") { bench in
            try AddCheckpointRequest(
                oldSize: 5,
                proof: [.emptyTree],
                checkpoint: bench.checkpoint(Array(leaves[..<5]))
            ).serialized
        },
    ]

    @Test("each row of the table, after a tree of 5", arguments: rows)
    func table(_ row: Row) throws {
        var bench = try Self.bench()
        let before = bench.last
        let status = bench.status(try row.request(bench))
        #expect(status == row.status)
        if status != 200 { #expect(bench.last == before, "a refusal changed the memory") }
    }

    @Test("a first tree needs no proof, and may have none")
    func first() throws {
        var bench = try WitnessBench()
        #expect(bench.status(try bench.request(from: 3, Self.leaves).serialized) == 409)
        let proven = try AddCheckpointRequest(
            oldSize: 0,
            proof: [.emptyTree],
            checkpoint: bench.checkpoint(Self.leaves)
        )
        #expect(bench.status(proven.serialized) == 422)
        #expect(bench.status(try bench.request(from: 0, Self.leaves).serialized) == 200)
    }

    @Test("the empty tree is cosigned, and only with its own root")
    func empty() throws {
        var bench = try WitnessBench()
        let text = Array("\(WitnessBench.origin)\n0\n\(Self.leaves[0].base64)\n".utf8)
        let note = try SignedNote(text: text, signatures: [bench.log.sign(text)])
        #expect(bench.status(Array("old 0\n\n".utf8) + note.serialized) == 422)
        #expect(bench.status(try bench.request(from: 0, []).serialized) == 200)
        #expect(bench.last?.size == 0)
        #expect(bench.status(try bench.request(from: 0, Self.leaves).serialized) == 200)
    }

    @Test("409 tells the size as the protocol asks, and no other refusal does")
    func conflict() throws {
        var bench = try Self.bench()
        guard
            case .failure(let refusal) = bench.ask(
                try bench.request(from: 4, Self.leaves).serialized
            )
        else { return #expect(Bool(false), "accepted") }
        #expect(refusal.body == "5\n")
        #expect(refusal.mediaType == "text/x.tlog.size")
        #expect(WitnessRefusal.unknownOrigin.mediaType.hasPrefix("text/plain"))
    }

    @Test("what is cosigned bears the log's signature and no stranger's")
    func strangers() throws {
        var bench = try Self.bench()
        let row = try #require(Self.rows.first { $0.name.hasPrefix("signatures of strangers") })
        let accepted = try bench.ask(try row.request(bench)).get()
        #expect(accepted.note.signatures.map(\.name) == [WitnessBench.origin])
        #expect(accepted.checkpoint.size == 9)
    }

    @Test("a clock that went back cosigns nothing until it has caught up")
    func clock() throws {
        var bench = try Self.bench()
        let request = try bench.request(from: 5, Self.leaves).serialized
        let early = bench.ask(request, at: WitnessBench.now - .seconds(1))
        #expect(early == .failure(.clockBehind(WitnessBench.now)))
        #expect(WitnessRefusal.clockBehind(WitnessBench.now).status == 503)
        #expect(throws: Never.self) { try bench.ask(request).get() }
    }

    @Test("either of two keys of one origin counts, as while a log changes its key")
    func twoKeys() throws {
        let bench = try Self.bench()
        let newer = try NoteSigner(
            name: WitnessBench.origin,
            seed: [UInt8](repeating: 5, count: 32)
        )
        let logs = try WitnessLogs(
            LogPolicy(logs: [bench.log.verifierKey, newer.verifierKey])
        )
        #expect(logs.count == 1)
        let checkpoint = try bench.checkpoint(Self.leaves).checkpoint
        let request = try AddCheckpointRequest(
            oldSize: 5,
            proof: bench.request(from: 5, Self.leaves).proof,
            checkpoint: SignedCheckpoint(checkpoint, signedBy: newer)
        )
        let accepted = try logs.candidate(request.serialized)
            .accepted(after: bench.last, at: WitnessBench.now)
        #expect(accepted.note.signatures.first?.keyID == newer.verifierKey.keyID)
    }

    @Test("a policy without logs, or with a key that no log signs with, is refused")
    func policies() throws {
        let bench = try WitnessBench()
        #expect(throws: EvidenceError.self) {
            try WitnessLogs(LogPolicy(bytes: Array("quorum none\n".utf8)))
        }
        let error = #expect(throws: EvidenceError.self) {
            try WitnessLogs(LogPolicy(logs: [bench.witness.verifierKey]))
        }
        #expect(error?.code == .unsupportedKey)
    }
}
