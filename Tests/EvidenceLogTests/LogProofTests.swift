import EvidenceLog
import Testing
import WireFormat

@Suite("Proof files (.tlog-proof)")
struct LogProofTests {
    @Test("a proof of every leaf is printed, read and verified", arguments: [1, 2, 7, 8, 33])
    func everyLeaf(size: Int) throws {
        let log = try TestLog(size: size)
        for index in 0..<size {
            let proof = try log.proof(index: index)
            let read = try LogProof(bytes: proof.serialized)
            #expect(read == proof && read.serialized == proof.serialized)
            let report = read.verify(logKey: log.signer.verifierKey, policy: try log.policy)
            #expect(report.holds && report.isAuthenticated)
            #expect(report.leaf?.bytes == log.entries[index])
        }
    }

    @Test("any deviation from the form is refused with its line")
    func refuses() throws {
        let text = try #require(
            String(validating: TestLog(size: 3).proof(index: 1).serialized, as: UTF8.self)
        )
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        func replaced(_ line: Int, _ new: String?) -> String {
            var changed = lines
            if let new { changed[line] = new } else { changed.remove(at: line) }
            return changed.joined(separator: "\n")
        }
        let cases: [(String, String)] = [
            ("", "line 1"), ("\n", "line 1"), (replaced(0, "c2sp.org/tlog-proof@v2"), "line 1"),
            (replaced(0, "c2sp.org/tlog-proof@v1 "), "line 1"), (replaced(0, nil), "line 1"),
            (replaced(1, "extra "), "line 2"), (replaced(1, "extra AAA"), "line 2"),
            (replaced(1, "Extra AAAA"), "line 2"), (replaced(1, "extra  AAAA"), "line 2"),
            (replaced(2, "index 01"), "line 3"), (replaced(2, "index -1"), "line 3"),
            (replaced(2, "index 1 "), "line 3"), (replaced(2, "index"), "line 3"),
            (replaced(2, nil), "line 3"), (replaced(3, lines[3] + "="), "line 4"),
            (replaced(3, "AAAA"), "line 4"), (replaced(3, " " + lines[3]), "line 4"),
            (replaced(5, nil), "line 6"),
        ]
        for (text, line) in cases {
            let error = #expect(throws: EvidenceError.self, "\(line)") {
                try LogProof(bytes: Array(text.utf8))
            }
            #expect(
                error?.code == .malformedProof && error?.location == line,
                "\(String(describing: error))"
            )
        }
        let long = Array(lines[..<3]) + Array(repeating: lines[3], count: 64) + lines[5...]
        #expect(throws: EvidenceError.self) {
            try LogProof(bytes: Array(long.joined(separator: "\n").utf8))
        }
    }

    @Test("a proof without its leaf needs the entry from outside")
    func withoutExtra() throws {
        let log = try TestLog(size: 6)
        let batch = TreeBatch(before: CompactRange(), leaves: log.leaves)
        let proof = try LogProof(
            extra: nil,
            proof: batch.inclusionProof(forIndex: 4),
            checkpoint: log.checkpoint()
        )
        #expect(try LogProof(bytes: proof.serialized) == proof)
        let key = log.signer.verifierKey
        #expect(proof.verify(logKey: key, entry: log.entries[4]).holds)
        #expect(proof.verify(logKey: key, entry: log.entries[3]).findings.map(\.part) == [.proof])
        #expect(proof.verify(logKey: key).findings.map(\.part) == [.leaf])
    }

    @Test("a proof checked without a key says so and is not authenticated")
    func withoutKey() throws {
        let report = try TestLog(size: 6).proof(index: 2).verify(logKey: nil)
        #expect(report.holds && !report.isAuthenticated)
        #expect(report.omissions.contains(.logSignature))
        #expect(report.omissions.contains(.content) && report.omissions.contains(.trustedTime))
    }

    @Test("a path for another size than the checkpoint's makes no proof")
    func sizes() throws {
        let log = try TestLog(size: 6)
        let batch = TreeBatch(before: CompactRange(), leaves: log.leaves)
        #expect(throws: EvidenceError.self) {
            try LogProof(
                extra: nil,
                proof: batch.inclusionProof(forIndex: 4),
                checkpoint: log.checkpoint(size: 5)
            )
        }
    }
}
