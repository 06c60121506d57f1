import EvidenceLog
import Testing
import WireFormat

@Suite("Signed notes and their keys")
struct NoteTests {
    static let seed = [UInt8](repeating: 3, count: 32)
    static let text = Array("one\n\ntwo\n".utf8)

    static func signature(_ name: String = "a.example/x") throws -> NoteSignature {
        try NoteSigner(name: name, seed: seed).sign(text)
    }

    static let refused: [(String, String)] = [
        ("", "nothing"), ("\n", "one newline"), ("text\n", "no signatures"),
        ("text\n\n", "no signature line"), ("text\n\n\n", "an empty signature line"),
        ("text\n\n— a AAAAAAE=", "no newline at the end"),
        ("text\n— a AAAAAAE=\n", "no empty line"), ("text\n\n- a AAAAAAE=\n", "a hyphen"),
        ("text\n\n—a AAAAAAE=\n", "no space after the dash"),
        ("text\n\n—  AAAAAAE=\n", "an empty name"), ("text\n\n— a+b AAAAAAE=\n", "a plus"),
        ("text\n\n— a\u{A0}b AAAAAAE=\n", "a Unicode space in the name"),
        ("text\n\n— a\n", "no signature"), ("text\n\n— a \n", "an empty signature"),
        ("text\n\n— a AAAAAA==\n", "an id without a signature"),
        ("text\n\n— a AAAAAAE\n", "base64 without padding"),
        ("text\n\n— a AAAAAAF=\n", "bits after the end of base64"),
        ("text\n\n— a AAAAAAE= \n", "a space at the end"),
        ("text\n\n— a AAAA\tAAE=\n", "a tab"), ("text\r\n\n— a AAAAAAE=\n", "a carriage return"),
        ("te\u{0}xt\n\n— a AAAAAAE=\n", "a zero byte"),
        ("text\n\n— a AAAAAAE=\nmore\n", "a line that is no signature"),
    ]

    @Test("anything but the exact form is refused with its place", arguments: refused)
    func refuses(note: String, why: String) {
        let error = #expect(throws: EvidenceError.self, "\(why)") {
            try SignedNote(bytes: Array(note.utf8))
        }
        #expect(error?.code == .malformedNote, "\(why)")
    }

    @Test("bytes that are not UTF-8 are refused")
    func invalidUTF8() throws {
        var bytes = try SignedNote(text: Self.text, signatures: [Self.signature()]).serialized
        bytes[0] = 0xFF
        #expect(throws: EvidenceError.self) { try SignedNote(bytes: bytes) }
    }

    @Test("a text with empty lines is split at the last one")
    func emptyLines() throws {
        let note = try SignedNote(text: Self.text, signatures: [Self.signature()])
        let read = try SignedNote(bytes: note.serialized)
        #expect(read.text == Self.text && read.signatures.count == 1)
    }

    @Test("a hundred signatures are read, one more is refused")
    func signatureLimit() throws {
        let signature = try Self.signature()
        let limit = SignedNote.largestSignatureCount
        var note = try SignedNote(
            text: Self.text,
            signatures: Array(repeating: signature, count: limit)
        )
        #expect(throws: EvidenceError.self) { try note.append([signature]) }
        let error = #expect(throws: EvidenceError.self) {
            try SignedNote(
                text: Self.text,
                signatures: Array(repeating: signature, count: limit + 1)
            )
        }
        #expect(error?.code == .limitExceeded)
    }

    @Test("signatures by unknown keys do not matter, wherever they stand (grease)")
    func unknownSignatures() throws {
        let signer = try NoteSigner(name: "a.example/x", seed: Self.seed)
        let own = try Self.signature()
        let grease = [
            NoteSignature(name: "a.example/x", keyID: own.keyID ^ 1, bytes: own.bytes),
            NoteSignature(name: "b.example/x", keyID: own.keyID, bytes: [1]),
            NoteSignature(name: "grease", keyID: 0, bytes: Array(repeating: 5, count: 5000)),
        ]
        for place in 0...3 {
            var signatures = grease
            signatures.insert(own, at: place)
            let note = try SignedNote(text: Self.text, signatures: signatures)
            #expect(try note.verified(by: [signer.verifierKey]).map(\.key) == [signer.verifierKey])
        }
        let greaseOnly = try SignedNote(text: Self.text, signatures: grease)
        let error = #expect(throws: EvidenceError.self) {
            try greaseOnly.verified(by: [signer.verifierKey])
        }
        #expect(error?.code == .noKnownSignature)
    }

    @Test("one bad signature of a known key condemns the note")
    func badKnownSignature() throws {
        let signer = try NoteSigner(name: "a.example/x", seed: Self.seed)
        let own = try Self.signature()
        var bytes = own.bytes
        bytes[10] ^= 1
        let bad = NoteSignature(name: own.name, keyID: own.keyID, bytes: bytes)
        let note = try SignedNote(text: Self.text, signatures: [own, bad])
        let error = #expect(throws: EvidenceError.self) {
            try note.verified(by: [signer.verifierKey])
        }
        #expect(error?.code == .invalidSignature && error?.location == "a.example/x")
    }

    @Test("a name in another Unicode normalisation is another name")
    func normalisation() throws {
        let composed = try NoteSigner(name: "caf\u{E9}", seed: Self.seed)
        let own = try composed.sign(Self.text)
        let renamed = NoteSignature(name: "cafe\u{301}", keyID: own.keyID, bytes: own.bytes)
        let note = try SignedNote(text: Self.text, signatures: [renamed])
        #expect(throws: EvidenceError.self) { try note.verified(by: [composed.verifierKey]) }
    }

    static let refusedKeys = [
        "", "a", "a+00000000", "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+30d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example com+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
        "example.com/foo+530d903a+",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANY=",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
    ]

    @Test("a vkey that is not exactly one is refused", arguments: refusedKeys)
    func refusesKey(vkey: String) {
        let error = #expect(throws: EvidenceError.self) { try NoteVerifierKey(vkey: vkey) }
        #expect(error?.code == .malformedVerifierKey)
    }

    @Test("a key of a type we cannot verify is kept and counts as unknown")
    func unknownType() throws {
        let vkey = "example.com/foo+01020304+" + Base64.encode([0xFF, 1, 2, 3])
        let key = try NoteVerifierKey(vkey: vkey)
        #expect(key.vkey == vkey && !key.isSupported)
        let note = try SignedNote(
            text: Self.text,
            signatures: [.init(name: key.name, keyID: key.keyID, bytes: [1, 2, 3])]
        )
        let error = #expect(throws: EvidenceError.self) { try note.verified(by: [key]) }
        #expect(error?.code == .noKnownSignature)
    }

    @Test("a signer shows its name and nothing of its seed")
    func redaction() throws {
        let signer = try NoteSigner(name: "a.example/x", seed: Self.seed)
        var dumped = "\(signer)"
        dump(signer, to: &dumped)
        #expect(!dumped.contains("3, 3") && dumped.contains("a.example/x"))
        #expect(throws: EvidenceError.self) { try NoteSigner(name: "a", seed: [1, 2]) }
        #expect(throws: EvidenceError.self) { try NoteSigner(name: "a b", seed: Self.seed) }
    }
}
