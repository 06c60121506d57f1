import EvidenceLog
import Testing
import WireFormat

@Suite("Checkpoints, cosignatures and policies")
struct CheckpointTests {
    static let root = "bi7cl4enXGD1/P0F8GIp+zBVsHZqtCH+rHzcmYV8qFI="
    static let empty = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

    static let refused: [(text: String, line: String)] = [
        ("", "text"), ("o\n2\n", "text"), ("o\n2\n\(root)", "text"), ("\n2\n\(root)\n", "line 1"),
        ("o\n02\n\(root)\n", "line 2"), ("o\n+2\n\(root)\n", "line 2"),
        ("o\n-2\n\(root)\n", "line 2"), ("o\n\n\(root)\n", "line 2"),
        ("o\n2 \n\(root)\n", "line 2"), ("o\n0x2\n\(root)\n", "line 2"),
        ("o\n9223372036854775808\n\(root)\n", "line 2"),
        ("o\n18446744073709551618\n\(root)\n", "line 2"), ("o\n٢\n\(root)\n", "line 2"),
        ("o\n2\n\(root.dropLast())\n", "line 3"), ("o\n2\n \(root)\n", "line 3"),
        ("o\n2\n\n", "line 3"), ("o\n2\nAAAA\n", "line 3"),
        ("o\n2\nbi7cl4enXGD1/P0F8GIp+zBVsHZqtCH+rHzcmYV8qFJ=\n", "line 3"),
        ("o\n0\n\(root)\n", "line 3"), ("o\n2\n\(root)\n\n", "line 4"),
        ("o\n2\n\(root)\next\n\nmore\n", "line 5"),
    ]

    @Test("a text that is not exactly a checkpoint is refused, with the line", arguments: refused)
    func refuses(text: String, line: String) {
        let error = #expect(throws: EvidenceError.self) {
            try Checkpoint(text: Array(text.utf8))
        }
        #expect(error?.code == .malformedCheckpoint)
        #expect(error?.location == line)
    }

    @Test("extension lines are signed, kept and printed")
    func extensionLines() throws {
        let text = Array("o.example/log\n2\n\(Self.root)\nfirst\nsecond line\n".utf8)
        let checkpoint = try Checkpoint(text: text)
        #expect(checkpoint.extensionLines == ["first", "second line"])
        #expect(checkpoint.text == text)
        #expect(try Checkpoint(text: Array("o\n0\n\(Self.empty)\n".utf8)).size == 0)
    }

    @Test("a checkpoint of another origin than the key's name is not signed")
    func originIsKeyName() throws {
        let signer = try NoteSigner(name: "a.example", seed: TestLog.seed)
        let other = try Checkpoint(origin: "b.example", size: 0, root: .emptyTree)
        #expect(throws: EvidenceError.self) { try SignedCheckpoint(other, signedBy: signer) }
    }

    @Test("a checkpoint under a key of another name is refused as another log's")
    func wrongOrigin() throws {
        let signed = try TestLog(size: 2).checkpoint()
        let other = try NoteSigner(name: "other.example", seed: TestLog.seed)
        let report = signed.verify(logKey: other.verifierKey)
        #expect(report.findings.map(\.error.code) == [.wrongOrigin])
    }

    @Test("a cosignature verifies for its text and time alone")
    func cosignature() throws {
        let log = try TestLog(size: 2)
        let signed = try log.checkpoint()
        let line = try #require(signed.note.signatures.last)
        let cosignature = try Cosignature(line)
        #expect(cosignature.time == TestLog.start)
        let key = log.witness.verifierKey
        #expect(cosignature.isValid(for: signed.note.text, by: key))
        #expect(!cosignature.isValid(for: signed.note.text + [10], by: key))
        #expect(!cosignature.isValid(for: signed.note.text, by: log.signer.verifierKey))
        var later = line.bytes
        later[7] += 1
        let redated = NoteSignature(name: line.name, keyID: line.keyID, bytes: later)
        #expect(try !Cosignature(redated).isValid(for: signed.note.text, by: key))
        for bytes in [
            Array(line.bytes.dropLast()), line.bytes + [0], [0xFF] + line.bytes.dropFirst(),
        ] {
            let bad = NoteSignature(name: line.name, keyID: line.keyID, bytes: bytes)
            let error = #expect(throws: EvidenceError.self) { try Cosignature(bad) }
            #expect(error?.code == .malformedCosignature)
        }
    }

    @Test("two checkpoints of one size and two roots cannot both be true")
    func fork() throws {
        let log = try TestLog(size: 2)
        let lie = try Checkpoint(origin: TestLog.origin, size: 2, root: log.leaves[0])
        let forked = try SignedCheckpoint(lie, signedBy: log.signer).serialized
        let key = log.signer.verifierKey
        let same = try log.checkpoint().verify(
            logKey: key,
            older: [("same", log.checkpoint().serialized)]
        )
        #expect(
            same.holds && same.checks.contains(.consistency(name: "same", oldSize: 2, newSize: 2))
        )
        let report = try log.checkpoint().verify(logKey: key, older: [("fork", forked)])
        #expect(report.findings.map(\.part) == [.oldCheckpoint(name: "fork")])
        #expect(report.findings.map(\.error.code) == [.inconsistentCheckpoints])
        let smaller = try log.checkpoint().verify(
            logKey: key,
            older: [("older", log.checkpoint(size: 1).serialized)]
        )
        #expect(smaller.holds && smaller.omissions.contains(.consistency(name: "older")))
    }
}
