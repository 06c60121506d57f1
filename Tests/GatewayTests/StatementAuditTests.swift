import CardModel
import Crypto
import Testing
import WireFormat

@testable import Gateway

/// What somebody said is sealed beside a leaf's fields, and the leaf has its digest.
@Suite("The audit of what was said") struct StatementAuditTests {
    private static let notice = NoticeNumber(rawValue: 1)
    private static let key = SymmetricKey(data: [UInt8](repeating: 7, count: 32))

    private static func digest(_ text: String) -> JSONValue {
        .string(Hexadecimal.encode(Array(SHA256.hash(data: Array(text.utf8)))))
    }

    /// The fields of a leaf whose claim opened with words, or was moved with them.
    private static func fields(_ place: String, _ digest: JSONValue) -> [JSONObject.Member] {
        let detail: JSONValue =
            switch place {
            case "reason": ["by": "P1WD", "reason_sha256": digest]
            case "effects":
                ["event": ["reason_sha256": digest], "effects": ["notice:buyer:ruled"]]
            case "joined": ["problem": "used", "statement_sha256": digest]
            default: .null
            }
        let id = JSONObject.Member(name: "event_id", value: "clm_1")
        return place == "opened"
            ? [id, .init(name: "statement_sha256", value: digest)]
            : [id, .init(name: "step", value: ["detail": detail])]
    }

    private static func open(
        _ type: EvidenceType,
        _ fields: [JSONObject.Member],
        _ attachments: JSONValue
    ) throws {
        let drafting = LeafDrafting(
            seed: [UInt8](repeating: 1, count: LeafDrafting.seedByteCount), dataKey: key)
        let leaf = try drafting.leaf(
            type, fields, attachments: attachments, at: GatewayWorld.start, label: "x")
        _ = try RecordAudit.open(
            InspectedEntry(
                index: 0,
                record: LogEntryRecord(
                    leaf: leaf.bytes, hash: leaf.hash, sealedRecord: leaf.sealedRecord,
                    owner: .notice(notice))),
            notice: notice, dataKey: key)
    }

    @Test(
        "words are held against the digest that their leaf names, wherever it stands",
        arguments: ["opened", "joined", "reason", "effects"]
    )
    func held(place: String) throws {
        let fields = Self.fields(place, Self.digest("said"))
        try Self.open(.claim, fields, ["statement": "said"])
        for other: JSONValue in [["statement": "edited"], ["statement": ""], [], ["statement": 1]] {
            let found = try #require(throws: RecordAudit.Mismatch.self) {
                try Self.open(.claim, fields, other)
            }
            #expect(found.kind == .record)
            #expect(!found.detail.contains("edited"))
        }
    }

    @Test("words that no leaf names are found, and a step without words has none")
    func unnamed() throws {
        let fields = Self.fields("plain", .null)
        try Self.open(.claim, fields, [])
        #expect(throws: RecordAudit.Mismatch.self) {
            try Self.open(.claim, fields, ["statement": "said"])
        }
    }

    @Test("a consent's digest is of a text that the platform keeps")
    func consent() throws {
        try Self.open(.consent, Self.fields("opened", Self.digest("said")), [])
    }
}
