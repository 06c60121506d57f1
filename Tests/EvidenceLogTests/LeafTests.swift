import EvidenceLog
import Foundation
import Testing
import WireFormat

@Suite("Leaves, disclosures and items")
struct LeafTests {
    static let time = Instant(millisecondsSinceEpoch: 1_795_161_600_123)
    static let secret = RecordSecret(bytes: (0..<32).map { UInt8($0) })!

    static func fields(_ count: Int) throws -> LeafFields {
        try LeafFields((0..<count).map { ("field_\($0)", .string("value \($0)")) })
    }

    static func decoys(seed: UInt64 = 1) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return generator.bytes(EvidenceLeaf.decoyByteCount)
    }

    @Test("a leaf has the same size and shape for any number of fields", arguments: 0...16)
    func shape(count: Int) throws {
        let fields = try Self.fields(count)
        let prepared = try EvidenceLeaf.sealed(
            fields,
            secret: Self.secret,
            decoys: Self.decoys(),
            at: Self.time
        )
        let disclosures = fields.disclosures(secret: Self.secret)
        #expect(prepared.bytes.count == 798 && disclosures.count == count)
        let leaf = try EvidenceLeaf(bytes: prepared.bytes)
        #expect(leaf.hash == prepared.hash && leaf.time.rfc3339 == "2026-11-20T08:00:00Z")
        #expect(try JSONValue.parse(prepared.bytes).canonical() == prepared.bytes)
        #expect(try leaf.open(disclosures) == fields.members)
    }

    /// `head -c 256 /dev/zero | openssl enc -aes-256-ctr -K 00010203…1f -iv 010…02`: counter mode
    /// under the secret, with the nonce of the salts and the first counter of AES-GCM.
    static let saltsByOpenSSL =
        "e22c823fa4afec074a0405c33cc188cbcc61cf2e7ca86b124e1f5dfe1d268770ecfcf0c920a2aecfd8dd1dd34e090088f0d5ce84e5705a978388e07217b42847"
        + "bcafa49213c0f2445044cd48be94fd5eb5f3e8b761e80896f353185b4abd740dfae1d04be66ee67365478d89eaafbcd5e33bbc806a114f04c30037d05b9f6cf1"
        + "3c959c45f0eb63a332de8e3bf1d20eac93309faf749f7e746b2221826d8ae7119f6ba0aeb52dba1c141627c55936e2fbf996285c086377e2c131aba573afac47"
        + "bb87200eaf2fff6451b9daca61cffbcaebbef793001b4f5707a8d0abdc5f06dc5e862279ab2d5d48119aebe5be9fec95397be492991bffebedfea3b64709ef6b"

    @Test("salts are the AES-256 keystream of the record's secret, so disclosures come again")
    func salts() throws {
        let fields = try Self.fields(16)
        let disclosures = fields.disclosures(secret: Self.secret)
        let expanded = try #require(Hexadecimal.decode(Self.saltsByOpenSSL))
        for (index, disclosure) in disclosures.enumerated() {
            let json = try #require(Base64.decodeURL(disclosure.text))
            let salt = try JSONValue.parse(json).arrayValue?.first?.stringValue
            #expect(salt == Base64.encodeURL(expanded[index * 16..<index * 16 + 16]))
        }
        #expect(try disclosures.prefix(5) == Self.fields(5).disclosures(secret: Self.secret)[...])
        let other = try #require(RecordSecret(bytes: [UInt8](repeating: 1, count: 32)))
        #expect(Set(disclosures).isDisjoint(with: fields.disclosures(secret: other)))
    }

    @Test("a disclosure opens its own leaf and no other")
    func otherLeaf() throws {
        let fields = try Self.fields(3)
        let prepared = try EvidenceLeaf.sealed(
            fields,
            secret: Self.secret,
            decoys: Self.decoys(),
            at: Self.time
        )
        let other = try #require(RecordSecret(bytes: [UInt8](repeating: 1, count: 32)))
        let leaf = try EvidenceLeaf(bytes: prepared.bytes)
        let foreign = #expect(throws: EvidenceError.self) {
            try leaf.open(fields.disclosures(secret: other))
        }
        #expect(foreign?.code == .disclosureNotInLeaf && foreign?.location == "disclosure 1")
        let twice = #expect(throws: EvidenceError.self) {
            let second = fields.disclosures(secret: Self.secret)[1]
            return try leaf.open([second, second])
        }
        #expect(twice?.code == .malformedDisclosure)
    }

    @Test("values of every kind are disclosed in their canonical form")
    func values() throws {
        let fields = try LeafFields([
            ("face_value", ["minor": 5000, "currency": "CNY", "\u{10000}": 1, "\u{FFFD}": 2]),
            ("text", "引号\" 反斜杠\\ \u{8}\u{1F}\u{2028}😀"), ("flag", true), ("none", nil),
            ("list", [1, "a", [-9_007_199_254_740_991]]),
        ])
        for disclosure in fields.disclosures(secret: Self.secret) {
            #expect(try Disclosure(text: disclosure.text) == disclosure)
            let json = try #require(Base64.decodeURL(disclosure.text))
            #expect(try JSONValue.parse(json).canonical() == json)
        }
    }

    @Test("fields that a leaf cannot hold are refused with their name")
    func badFields() throws {
        let bad: [[(name: String, value: JSONValue)]] = [
            [("", "x")], [("_sd", "x")], [("...", "x")], [("Name", "x")], [("na me", "x")],
            [("1a", "x")], [("a", 1), ("a", 2)], [("a", .decimal("1.5"))],
            [("a", .integer(1 << 53))], [("a", .integer(.min))], [("a", [["b": .decimal("1e3")]])],
            [(String(repeating: "a", count: 65), 1)], (0...16).map { ("f\($0)", 1) },
        ]
        for fields in bad {
            let error = #expect(throws: EvidenceError.self) { try LeafFields(fields) }
            #expect(error?.code == .malformedLeaf)
        }
    }

    @Test("too few decoys, or decoys that repeat, make no leaf")
    func badDecoys() throws {
        for decoys in [[], [UInt8](repeating: 0, count: 512), Array(Self.decoys().dropLast(97))] {
            #expect(throws: EvidenceError.self) {
                try EvidenceLeaf.sealed(
                    Self.fields(13),
                    secret: Self.secret,
                    decoys: Array(decoys.prefix(95)),
                    at: Self.time
                )
            }
            guard !decoys.isEmpty else { continue }
            #expect(throws: EvidenceError.self) {
                try EvidenceLeaf.sealed(
                    Self.fields(0),
                    secret: Self.secret,
                    decoys: decoys,
                    at: Self.time
                )
            }
        }
    }

    @Test("another spelling of a leaf is refused")
    func strictLeaf() throws {
        let good = try EvidenceLeaf.sealed(
            Self.fields(4),
            secret: Self.secret,
            decoys: Self.decoys(),
            at: Self.time
        )
        let text = try #require(String(validating: good.bytes, as: UTF8.self))
        let object = try #require(JSONValue.parse(good.bytes).objectValue)
        let digests = try #require(object["_sd"]?.arrayValue)
        func changed(_ name: String, _ value: JSONValue?) throws -> String {
            var copy = object
            copy[name] = value
            return String(decoding: try JSONValue.object(copy).canonical(), as: UTF8.self)
        }
        let bad = [
            "", "{}", "[]", "null", text + "\n", " " + text, text.replacing(":1}", with: ": 1}"),
            text.replacing(":1}", with: ":1.0}"), text.replacing(":1}", with: ":2}"),
            text.replacing("_sd_alg", with: "\\u005fsd_alg"),
            text.replacing("2026-11-20T08:00:00Z", with: "2026-11-20T08:00:00.000Z"),
            text.replacing("2026-11-20T08:00:00Z", with: "2026-11-20T09:00:00+01:00"),
            text.replacing("2026-11-20", with: "2026-02-30"),
            text.replacing("sha-256", with: "sha-512"),
            try changed("_sd", .array(digests.reversed())),
            try changed("_sd", .array(Array(digests.dropLast()))),
            try changed("_sd", .array(digests.dropLast() + [digests[0]])),
            try changed("_sd", .array(digests.dropLast() + ["zz"])), try changed("_sd", "x"),
            try changed("extra", 1), try changed("_sd", nil), try changed("v", nil),
            try changed("t", nil), try changed("_sd_alg", nil), try changed("typ", "anchor"),
        ]
        for text in bad {
            let error = #expect(throws: EvidenceError.self, "\(text)") {
                try EvidenceLeaf(bytes: Array(text.utf8))
            }
            #expect(error?.code == .malformedLeaf)
        }
    }

    @Test(
        "public leaves are canonical, and of the four types alone",
        arguments: PublicLeafType.allCases
    )
    func publicLeaves(type: PublicLeafType) throws {
        let prepared = try EvidenceLeaf.disclosed(
            type,
            members: [("zeta", true), ("alpha", ["x", 1]), ("u", "v")],
            at: Self.time
        )
        let leaf = try EvidenceLeaf(bytes: prepared.bytes)
        guard case .disclosed(type, let members) = leaf.content else {
            Issue.record("\(leaf.content)")
            return
        }
        #expect(members.members.map(\.name) == ["alpha", "u", "zeta"])
        #expect(try JSONValue.parse(prepared.bytes).canonical() == prepared.bytes)
        for bad: (name: String, value: JSONValue) in [
            ("t", 1), ("typ", "x"), ("v", 1), ("_sd", []), ("a", nil), ("a", ["b": 1]),
            ("a", .decimal("0.5")),
        ] {
            #expect(throws: EvidenceError.self) {
                try EvidenceLeaf.disclosed(type, members: [bad], at: Self.time)
            }
        }
        #expect(throws: EvidenceError.self) {
            try EvidenceLeaf(
                bytes: Array(#"{"t":"2026-11-20T08:00:00Z","typ":"inquiry","v":1}"#.utf8)
            )
        }
    }

    @Test("a leaf longer than an entry may be is refused")
    func tooLong() {
        #expect(throws: EvidenceError.self) {
            try EvidenceLeaf.disclosed(
                .health,
                members: [("a", .string(String(repeating: "x", count: 65_500)))],
                at: Self.time
            )
        }
    }

    static let badDisclosures = [
        "", "x", "W10", "bnVsbA", Base64.encodeURL(Array(#"["c2FsdA","a",1]"#.utf8)),
        Base64.encodeURL(Array(#"["K8OmQBZJRI5uvUQqoWv6oA","a", 1]"#.utf8)),
        Base64.encodeURL(Array(#"["K8OmQBZJRI5uvUQqoWv6oA","a"]"#.utf8)),
        Base64.encodeURL(Array(#"["K8OmQBZJRI5uvUQqoWv6oA","a",1.5]"#.utf8)),
        Base64.encodeURL(Array(#"["K8OmQBZJRI5uvUQqoWv6oA","_sd",1]"#.utf8)),
        Base64.encodeURL(Array(#"["K8OmQBZJRI5uvUQqoWv6oA","a",{"b":1,"a":2}]"#.utf8)),
        "WyJLOG1RQlpSelJJNXV2VVFxb1d2Nm9BIiwiY3VycmVuY3kiLCJDTlkiXQ==",
    ]

    @Test("a text that is not exactly a disclosure is refused", arguments: badDisclosures)
    func refusesDisclosure(text: String) {
        let error = #expect(throws: EvidenceError.self) { try Disclosure(text: text) }
        #expect(error?.code == .malformedDisclosure)
    }

    @Test("a record's secret is never printed")
    func redaction() {
        var dumped = "\(Self.secret) \(String(reflecting: Self.secret))"
        dump(Self.secret, to: &dumped)
        #expect(!dumped.contains("1") && dumped.contains("••••"))
        #expect(RecordSecret(bytes: [1]) == nil)
    }
}
