import CardModel
import Testing
import WireFormat

@testable import Gateway

/// What a delivery notice may promise of an item, and everything that can be wrong with it.
@Suite("Promises of a delivery notice")
struct PromisedNoticeTests {
    private static let digest = String(repeating: "a1", count: 32)

    private static func notice(_ members: [(String, JSONValue)]) throws -> JSONValue {
        var item = GatewayWorld.item().objectValue ?? JSONObject()
        for (name, value) in members { item[name] = value }
        return [
            "order": ["id": "A1"], "merchant": "m-77", "delivered_at": "2026-11-20T08:00:00Z",
            "items": [.object(item)],
        ]
    }

    private static func read(_ members: [(String, JSONValue)]) throws -> DeliveryNotice {
        try DeliveryNotice(notice(members), now: DeliveryNoticeTests.now)
    }

    private static func errors(_ members: [(String, JSONValue)]) throws -> [FieldError] {
        let body = try notice(members)
        do throws(FieldErrors) {
            _ = try DeliveryNotice(body, now: DeliveryNoticeTests.now)
            return []
        } catch {
            return error.errors
        }
    }

    @Test("an item may state its balance, its attributes and what was promised (M3-50, M2-15)")
    func whole() throws {
        let notice = try Self.read([
            ("balance_until", "2027-06-30"),
            ("attributes", ["region": "cn", "server": "east-1", "rank": nil]),
            (
                "promises",
                [
                    [
                        "kind": "deliver_within", "value": "PT1M",
                        "source_sha256": .string(Self.digest),
                    ],
                    [
                        "kind": "face_value", "value": ["amount_minor": 5000, "currency": "CNY"],
                        "text": "官方直充", "source_sha256": .string(Self.digest.uppercased()),
                    ],
                    ["text": "包售后", "source_sha256": .string(Self.digest), "page": "x"],
                ]
            ),
        ])
        let promised = notice.items[0].promised
        #expect(promised.balanceUntil?.iso8601 == "2027-06-30")
        #expect(promised.attributes.values == ["region": "cn", "server": "east-1"])
        #expect(promised.promises.map(\.kindName) == [.deliverWithin, .faceValue, nil])
        #expect(promised.promises.map(\.text) == [nil, "官方直充", "包售后"])
        #expect(Set(promised.promises.map(\.sourceSHA256)) == [Self.digest])
        #expect(notice.ignored == ["/items/0/promises/2/page"])
    }

    @Test("an item without promises is as it was")
    func none() throws {
        let nothing: [[(String, JSONValue)]] = [
            [], [("attributes", .null), ("promises", .null), ("balance_until", .null)],
            [("attributes", [:]), ("promises", [])],
        ]
        for members in nothing {
            #expect(try Self.read(members).items[0].promised == .none)
        }
    }

    @Test("what is beyond the limits or no promise at all is named by its pointer")
    func malformed() throws {
        let long = String(repeating: "x", count: 257)
        let many = JSONValue.object(
            JSONObject((0...16).map { .init(name: "a\($0)", value: "x") }))
        let promise: JSONValue = ["text": "x", "source_sha256": .string(Self.digest)]
        let rows: [(String, JSONValue, String, FieldError.Reason)] = [
            ("balance_until", "soon", "/items/0/balance_until", .malformed),
            ("attributes", "cn", "/items/0/attributes", .wrongType),
            ("attributes", ["region": 1], "/items/0/attributes", .wrongType),
            ("attributes", ["Region": "cn"], "/items/0/attributes", .malformed),
            ("attributes", ["region": ""], "/items/0/attributes", .malformed),
            ("attributes", ["region": .string(long)], "/items/0/attributes", .malformed),
            ("attributes", many, "/items/0/attributes", .tooMany),
            ("promises", "x", "/items/0/promises", .wrongType),
            ("promises", ["x"], "/items/0/promises/0", .wrongType),
            (
                "promises", .array(Array(repeating: promise, count: 17)), "/items/0/promises",
                .tooMany
            ),
            ("promises", [["text": "x"]], "/items/0/promises/0/source_sha256", .missing),
            (
                "promises", [["text": "x", "source_sha256": "a1"]],
                "/items/0/promises/0/source_sha256", .malformed
            ),
            (
                "promises", [["source_sha256": .string(Self.digest)]], "/items/0/promises/0/text",
                .missing
            ),
            (
                "promises", [["text": .string(long), "source_sha256": .string(Self.digest)]],
                "/items/0/promises/0/text", .tooLong
            ),
            (
                "promises", [["kind": "colour", "source_sha256": .string(Self.digest)]],
                "/items/0/promises/0/kind", .malformed
            ),
            (
                "promises", [["kind": "region", "source_sha256": .string(Self.digest)]],
                "/items/0/promises/0/value", .missing
            ),
            (
                "promises",
                [
                    [
                        "kind": "deliver_within", "value": "P1WD",
                        "source_sha256": .string(Self.digest),
                    ]
                ],
                "/items/0/promises/0/value", .malformed
            ),
        ]
        for (name, value, pointer, reason) in rows {
            let errors = try Self.errors([(name, value)])
            #expect(errors.first?.pointer == pointer, "\(name)")
            #expect(errors.first?.reason == reason, "\(pointer)")
        }
    }

    @Test("a code has no place in a promise, and no error repeats it")
    func codes() throws {
        let key = GatewayWorld.key(1)
        let digest = Self.digest
        let spelled: [[(String, JSONValue)]] = [
            [("attributes", ["note": .string("PIN " + key)])],
            [("promises", [["text": .string(key), "source_sha256": .string(digest)]])],
        ]
        for members in spelled {
            let errors = try Self.errors(members)
            #expect(errors.map(\.reason) == [.malformed])
            #expect(!errors.contains { "\($0)".contains(key) })
        }
        let attribute = JSONObject([.init(name: "k" + key, value: "x")])
        let named = try Self.errors([("attributes", .object(attribute))])
        #expect(named.map(\.pointer) == ["/items"])
    }

    @Test("one item with promises is committed to as an item, and one without as before (M2-15)")
    func leaf() throws {
        let plain = LeafContents.delivery(try Self.read([]), webhookID: "w", platform: "shop")
        #expect(plain.items.isEmpty && plain.fields.contains { $0.name == "key" })
        let promised = LeafContents.delivery(
            try Self.read([("attributes", ["region": "cn"])]), webhookID: "w", platform: "shop")
        #expect(promised.items.count == 1 && !promised.fields.contains { $0.name == "key" })
        let value = promised.items[0].first { $0.name == LeafContents.promised }?.value
        #expect(value?["attributes"]?["region"] == "cn")
    }
}
