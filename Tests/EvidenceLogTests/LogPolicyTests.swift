import EvidenceLog
import Testing

@Suite("Trust policies (tlog-policy)")
struct LogPolicyTests {
    static func key(_ number: UInt8, _ name: String, log: Bool = false) throws -> String {
        let seed = [UInt8](repeating: number, count: 32)
        return try log
            ? NoteSigner(name: name, seed: seed).verifierKey.vkey
            : CosignatureSigner(name: name, seed: seed).verifierKey.vkey
    }

    /// The example of the specification, with keys.
    static func example() throws -> String {
        var text =
            "# comment\n\n  log\t\(try key(1, "log.example", log: true)) https://log.example/ \n"
        for (index, name) in ["X1", "X2", "X3", "Y1", "Y2", "Y3"].enumerated() {
            text += "witness \(name) \(try key(UInt8(10 + index), "\(name).example"))\n"
        }
        return text + """
            group X-witnesses 2 X1 X2 X3
            group Y-witnesses any Y1 Y2 Y3
            group X-and-Y all X-witnesses Y-witnesses
            \t# the rule
            quorum X-and-Y

            """
    }

    @Test("the specification's example counts witnesses as it says")
    func quorum() throws {
        let policy = try LogPolicy(bytes: Array(Self.example().utf8))
        for (cosigned, isEnough) in [
            (["X1", "X2", "Y1"], true), (["X1", "X3", "Y3"], true), (["X1", "X2", "X3"], false),
            (["X1", "Y1", "Y2", "Y3"], false), ([], false),
            (["X-witnesses", "Y-witnesses"], false), (["X-and-Y"], false),
            (["X1", "X2", "X3", "Y1", "Y2", "Y3"], true),
        ] as [([String], Bool)] {
            let names = Set(cosigned.map { LogPolicy.Name($0) })
            #expect(policy.isSatisfied(byWitnesses: names) == isEnough, "\(cosigned)")
        }
        #expect(policy.logs.map(\.url) == [LogPolicy.Name("https://log.example/")])
    }

    @Test("the normal form is read as the same policy and printed as the same bytes")
    func roundTrip() throws {
        let policy = try LogPolicy(bytes: Array(Self.example().utf8))
        let again = try LogPolicy(bytes: policy.serialized)
        #expect(again == policy && again.serialized == policy.serialized)
        let none = try LogPolicy(logs: policy.logs.map(\.key))
        #expect(none.quorum == .none && none.isSatisfied(byWitnesses: []))
        #expect(try LogPolicy(bytes: none.serialized) == none)
        let octets: [UInt8] =
            Array("# \u{4E2D}\n".utf8) + [0x23, 0xFF, 0x0A] + Array("quorum none\n".utf8)
        #expect(try LogPolicy(bytes: octets).logs.isEmpty)
    }

    @Test("every breach of the rules is refused with its line")
    func refuses() throws {
        let log = try Self.key(1, "log.example", log: true)
        let a = "witness A \(try Self.key(2, "a.example"))\n"
        let b = "witness B \(try Self.key(3, "b.example"))\n"
        let quorum = "quorum none\n"
        let cases: [(String, String)] = [
            ("", "no quorum"), ("quorum none", "no newline"), (quorum + quorum, "two quorums"),
            ("quorum A\n", "undefined"), ("quorum\n", "no name"),
            ("quorum none x\n", "a word more"),
            ("Log \(log)\n" + quorum, "a keyword in capitals"), ("log\n" + quorum, "no key"),
            ("log \(log)\nlog \(log)\n" + quorum, "the same log twice"),
            ("log \(log) u v\n" + quorum, "a word too many"),
            ("log \(log.dropLast())\n" + quorum, "a broken key"),
            (a + a + quorum, "the same witness twice"),
            (a + "witness A \(try Self.key(3, "b.example"))\n" + quorum, "a name twice"),
            ("witness none \(try Self.key(3, "b"))\n" + quorum, "the reserved name"),
            ("witness A \(log)\n" + quorum, "a log key as witness"),
            ("witness A\n" + quorum, "no key"),
            ("group G any A\n" + a + quorum, "used before its definition"),
            (a + "group G 0 A\n" + quorum, "threshold 0"),
            (a + "group G 2 A\n" + quorum, "above n"),
            (a + "group G 01 A\n" + quorum, "leading zero"),
            (a + "group G any\n" + quorum, "empty"),
            (a + "group A any A\n" + quorum, "the name of a witness"),
            (a + "group G any A A\n" + quorum, "a member twice"),
            (a + b + "group G any A\ngroup H all A B\n" + quorum, "a member of two groups"),
            (a + "group G any G\n" + quorum, "itself"), ("quorum none\r\n", "a carriage return"),
            ("quorum\u{A0}none\n", "another kind of space"), ("quorum none\u{7F}\n", "a control"),
        ]
        for (text, why) in cases {
            let error = #expect(throws: EvidenceError.self, "\(why)") {
                try LogPolicy(bytes: Array(text.utf8))
            }
            #expect(error?.code == .malformedPolicy, "\(why)")
        }
        let error = #expect(throws: EvidenceError.self) {
            try LogPolicy(bytes: Array((a + "# fine\n\ngroup G any C\n" + quorum).utf8))
        }
        #expect(error?.location == "line 4")
    }

    @Test("a proof without the cosignatures that the policy asks for does not hold")
    func missingWitness() throws {
        let log = try TestLog(size: 4)
        let policy = try log.policy
        let checkpoint = try SignedCheckpoint(log.checkpoint().checkpoint, signedBy: log.signer)
        let batch = TreeBatch(before: CompactRange(), leaves: log.leaves)
        let proof = try LogProof(
            extra: log.entries[1],
            proof: batch.inclusionProof(forIndex: 1),
            checkpoint: checkpoint
        )
        let report = proof.verify(logKey: nil, policy: policy)
        #expect(report.findings.map(\.error.code) == [.quorumNotReached])
        #expect(proof.verify(logKey: log.signer.verifierKey).holds)
        let other = try LogPolicy(bytes: Array(Self.example().utf8))
        let unknown = proof.verify(logKey: log.signer.verifierKey, policy: other)
        #expect(unknown.findings.map(\.part) == [.policy])
    }
}
