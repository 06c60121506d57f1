import EvidenceLog
import Testing
import WireFormat

@Suite("What a log believes of a witness's answer")
struct WitnessAnswerTests {
    private let bench: WitnessBench
    private let checkpoint: SignedCheckpoint
    private let line: [UInt8]

    init() throws {
        bench = try WitnessBench()
        checkpoint = try bench.checkpoint(WitnessBench.leaves(4))
        line = try Self.line(bench.witness, checkpoint.note.text, at: WitnessBench.now)
    }

    private static func line(
        _ signer: CosignatureSigner,
        _ text: [UInt8],
        at time: Instant
    ) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try signer.cosign(text, at: time).append(to: &bytes)
        return bytes
    }

    private func answer(
        _ status: Int,
        _ body: [UInt8],
        mediaType: String? = "text/plain"
    ) -> WitnessAnswer {
        WitnessAnswer(
            status: status,
            mediaType: mediaType,
            body: body,
            to: checkpoint,
            by: bench.witness.verifierKey
        )
    }

    private func isUnreadable(_ answer: WitnessAnswer) -> Bool {
        if case .unreadable = answer { true } else { false }
    }

    @Test("a cosignature over this checkpoint by this witness, among lines of others")
    func cosigned() throws {
        let other = try CosignatureSigner(name: "w2", seed: [UInt8](repeating: 5, count: 32))
        let foreign = try Self.line(other, checkpoint.note.text, at: WitnessBench.now)
        for body in [line, foreign + line, line + foreign, line + line] {
            guard case .cosigned(let signature, let time) = answer(200, body) else {
                #expect(Bool(false), "not cosigned")
                continue
            }
            #expect(time == WitnessBench.now)
            var signed = checkpoint
            try signed.append([signature])
            let policy = try LogPolicy(
                logs: [bench.log.verifierKey],
                witnesses: [("w", bench.witness.verifierKey)],
                threshold: 1
            )
            let report = signed.verify(logKey: nil, policy: policy)
            #expect(report.holds)
            #expect(report.witnesses.map(\.name) == ["w"])
            #expect(report.witnesses.map(\.cosignedAt) == [WitnessBench.now])
        }
    }

    @Test("nothing else is a cosignature")
    func refused() throws {
        let text = checkpoint.note.text
        let other = try CosignatureSigner(name: "w2", seed: [UInt8](repeating: 5, count: 32))
        let later = try bench.checkpoint(WitnessBench.leaves(5)).note.text
        let bodies: [[UInt8]] = [
            [], Array(line.dropLast()), Array("\n".utf8), line + Array("\n".utf8),
            Array("ok\n".utf8),
            try Self.line(other, text, at: WitnessBench.now),
            try Self.line(bench.witness, later, at: WitnessBench.now),
            try Self.line(bench.witness, text, at: Instant(secondsSinceEpoch: 0)),
            line + (try Self.line(bench.witness, later, at: WitnessBench.now)),
        ]
        for body in bodies { #expect(isUnreadable(answer(200, body))) }
        for place in line.indices.dropLast() {
            var changed = line
            changed[place] ^= 1
            #expect(isUnreadable(answer(200, changed)), "byte \(place)")
        }
    }

    @Test("a 409 is believed only as the protocol writes it")
    func sizes() {
        let type = WitnessAnswer.sizeMediaType
        #expect(answer(409, Array("7\n".utf8), mediaType: type) == .otherSize(7))
        #expect(isUnreadable(answer(409, Array("7\n".utf8))))
        for body in ["7", "07\n", "-1\n", "7\n7\n", "", "9223372036854775808\n"] {
            #expect(isUnreadable(answer(409, Array(body.utf8), mediaType: type)), "\(body)")
        }
    }

    @Test(
        "the other statuses say what they say",
        arguments: [
            (400, WitnessAnswer.refused(status: 400)), (403, .refused(status: 403)),
            (404, .refused(status: 404)), (422, .inconsistent), (429, .failed(status: 429)),
            (500, .failed(status: 500)), (503, .failed(status: 503)), (301, .failed(status: 301)),
            (204, .failed(status: 204)),
        ])
    func statuses(status: Int, wanted: WitnessAnswer) {
        #expect(answer(status, line) == wanted)
    }

    @Test("a signing key reads back from its line, and from no other")
    func signingKeys() throws {
        let seed = [UInt8](repeating: 4, count: 32)
        let text = try CosignatureSigner.signingKey(name: "witness.example/w", seed: seed)
        let read = try #require(CosignatureSigner(signingKey: text))
        #expect(read.verifierKey == bench.witness.verifierKey)
        for place in text.indices {
            var changed = text
            let symbol: Character = text[place] == "A" ? "B" : "A"
            changed.replaceSubrange(place...place, with: [symbol])
            let other = CosignatureSigner(signingKey: changed)
            #expect(other?.verifierKey != bench.witness.verifierKey || other == nil)
        }
        #expect(CosignatureSigner(signingKey: bench.witness.verifierKey.vkey) == nil)
        #expect("\(read)".contains(Base64.encode(seed)) == false)
    }
}
