import CardModel
import Testing
import WireFormat

@testable import Gateway

/// The body of the delivery webhook: every field, and everything that can be wrong with it.
@Suite("Delivery notice")
struct DeliveryNoticeTests {
    static let now = Instant(secondsSinceEpoch: 1_795_161_600)

    /// The body of CONTRACT with everything in it.
    static let whole = """
        {"stage": "receipt", "order": {"id": "20261120-0001", "placed_at": "2026-11-20T07:59:30Z",
         "paid": {"amount_minor": 5000, "currency": "CNY", "payment_ref": "4200001"},
         "terms_sha256": "abc", "terms_disclosed_at": "2026-11-20T15:59:00+08:00", "quantity": 1},
         "merchant": "m-77", "buyer_ref": "b-8841", "promised_at": "2026-11-20T08:01:00Z",
         "delivered_at": "2026-11-20T08:00:00Z",
         "items": [{"line": 1, "product": "cmcc-50", "serial": "10111281010000123",
          "key": "110412000012345678", "expires_on": "2027-12-31",
          "face_value": {"amount_minor": 5000, "currency": "CNY"}}]}
        """

    private static func body() throws -> JSONValue { try JSONValue.parse(Array(whole.utf8)) }

    /// The body with the value at `pointer` replaced; nil takes the member out.
    private static func body(_ pointer: String, _ value: JSONValue?) throws -> JSONValue {
        replacing(try body(), pointer.split(separator: "/").map(String.init), value)
    }

    private static func replacing(
        _ target: JSONValue,
        _ path: [String],
        _ value: JSONValue?
    ) -> JSONValue {
        guard let name = path.first else { return value ?? .null }
        let rest = Array(path.dropFirst())
        if var elements = target.arrayValue, let index = Int(name) {
            elements[index] = replacing(elements[index], rest, value)
            return .array(elements)
        }
        var object = target.objectValue ?? JSONObject()
        object[name] =
            rest.isEmpty ? value : replacing(object[name] ?? .null, rest, value)
        return .object(object)
    }

    private static func errors(_ body: JSONValue) -> [FieldError] {
        do throws(FieldErrors) {
            _ = try DeliveryNotice(body, now: now)
            return []
        } catch {
            return error.errors
        }
    }

    @Test("the whole body is understood")
    func wholeBody() throws {
        let notice = try DeliveryNotice(try Self.body(), now: Self.now)
        #expect(notice.stage == .receipt)
        #expect(notice.order.id == "20261120-0001")
        #expect(notice.order.paid == Money(minorUnits: 5_000, currency: "CNY"))
        #expect(notice.order.paymentReference == "4200001")
        #expect(notice.order.termsDisclosedAt == Instant(rfc3339: "2026-11-20T07:59:00Z"))
        #expect(notice.order.quantity == 1)
        #expect(notice.merchant == "m-77")
        #expect(notice.buyerReference == "b-8841")
        #expect(notice.deliveredAt == Self.now)
        #expect(notice.items.map(\.line) == [1])
        #expect(notice.items[0].code.serial?.text == "10111281010000123")
        #expect(notice.items[0].code.key.withUnredacted { $0 } == "110412000012345678")
        #expect(notice.items[0].expiresOn?.iso8601 == "2027-12-31")
        #expect(notice.ignored.isEmpty)
    }

    @Test(
        "a required field that is missing or null is named",
        arguments: [
            "/order", "/order/id", "/merchant", "/delivered_at", "/items", "/items/0/line",
            "/items/0/product", "/items/0/key", "/order/paid/amount_minor",
            "/order/paid/currency", "/items/0/face_value/amount_minor",
        ]
    )
    func missing(pointer: String) throws {
        for value in [nil, JSONValue.null] {
            let errors = Self.errors(try Self.body(pointer, value))
            #expect(errors.map(\.pointer) == [pointer])
            #expect(errors.first?.reason == .missing)
        }
    }

    @Test(
        "an optional field may be missing or null",
        arguments: [
            "/stage", "/order/placed_at", "/order/paid", "/order/paid/payment_ref",
            "/order/terms_sha256", "/order/terms_disclosed_at", "/order/quantity", "/buyer_ref",
            "/promised_at", "/items/0/serial", "/items/0/expires_on", "/items/0/face_value",
        ]
    )
    func optional(pointer: String) throws {
        #expect(Self.errors(try Self.body(pointer, nil)).isEmpty)
        #expect(Self.errors(try Self.body(pointer, .null)).isEmpty)
    }

    @Test(
        "a field of the wrong type is named",
        arguments: [
            "/stage", "/order", "/order/id", "/order/placed_at", "/order/paid",
            "/order/paid/amount_minor", "/order/paid/currency", "/order/terms_sha256",
            "/order/terms_disclosed_at", "/order/quantity", "/merchant", "/buyer_ref",
            "/promised_at", "/delivered_at", "/items", "/items/0", "/items/0/line",
            "/items/0/product", "/items/0/serial", "/items/0/key", "/items/0/expires_on",
            "/items/0/face_value",
        ]
    )
    func wrongType(pointer: String) throws {
        let errors = Self.errors(try Self.body(pointer, .bool(true)))
        #expect(errors.map(\.pointer) == [pointer])
        #expect(errors.first?.reason == .wrongType)
    }

    @Test("numbers in place of strings, and fractions in place of integers, are wrong types")
    func numbers() throws {
        for (pointer, value) in [
            ("/items/0/key", JSONValue.integer(110_412)), ("/items/0/line", .decimal("1.0")),
            ("/order/paid/amount_minor", .decimal("50.00")),
        ] {
            let errors = Self.errors(try Self.body(pointer, value))
            #expect(errors.map(\.pointer) == [pointer])
            #expect(errors.first?.reason == .wrongType)
        }
    }

    @Test(
        "a string of the longest length is taken, and one symbol more is not",
        arguments: [
            ("/items/0/key", 512), ("/items/0/serial", 512), ("/order/id", 1_024),
            ("/merchant", 1_024), ("/buyer_ref", 1_024), ("/items/0/product", 1_024),
            ("/order/paid/payment_ref", 1_024), ("/order/terms_sha256", 128),
        ]
    )
    func length(pointer: String, longest: Int) throws {
        for symbol in ["x", "密"] {
            let fits = String(repeating: symbol, count: longest)
            #expect(Self.errors(try Self.body(pointer, .string(fits))).isEmpty)
            let errors = Self.errors(try Self.body(pointer, .string(fits + symbol)))
            #expect(errors.map(\.pointer) == [pointer])
            #expect(errors.first?.reason == .tooLong)
        }
    }

    @Test(
        "a value out of its range or form is named",
        arguments: [
            ("/stage", JSONValue.string("returned"), FieldError.Reason.malformed),
            ("/order/id", "", .empty), ("/merchant", "", .empty), ("/items", .array([]), .empty),
            ("/items/0/key", "", .empty), ("/items/0/key", " - \t-", .empty),
            ("/merchant", "m\u{0}7", .malformed), ("/order/id", "a\nb", .malformed),
            ("/delivered_at", "2026-11-20", .malformed),
            ("/delivered_at", "2026-11-20T08:00:00", .malformed),
            ("/order/placed_at", "yesterday", .malformed),
            ("/items/0/expires_on", "2027-02-29", .malformed),
            ("/items/0/expires_on", "31.12.2027", .malformed),
            ("/items/0/line", .integer(0), .outOfRange),
            ("/items/0/line", .integer(1_000_001), .outOfRange),
            ("/order/quantity", .integer(-1), .outOfRange),
            ("/order/paid/amount_minor", .integer(-1), .outOfRange),
            ("/order/paid/amount_minor", .integer(1 << 53), .outOfRange),
            ("/order/paid/currency", "yuan", .tooLong),
            ("/order/paid/currency", "c¥", .malformed),
        ]
    )
    func malformed(pointer: String, value: JSONValue, reason: FieldError.Reason) throws {
        let errors = Self.errors(try Self.body(pointer, value))
        #expect(errors.map(\.pointer) == [pointer])
        #expect(errors.first?.reason == reason)
    }

    @Test("delivered_at may lie five minutes ahead of our clock, and no millisecond more")
    func ahead() throws {
        let limit = Self.now + .seconds(300)
        #expect(Self.errors(try Self.body("/delivered_at", .string(limit.rfc3339))).isEmpty)
        let later = (limit + .milliseconds(1)).rfc3339
        let errors = Self.errors(try Self.body("/delivered_at", .string(later)))
        #expect(errors.first?.reason == .inFuture)
    }

    @Test("delivered_at is not needed at dispense")
    func dispense() throws {
        let body = try Self.replacing(Self.body("/delivered_at", nil), ["stage"], "dispense")
        let notice = try DeliveryNotice(body, now: Self.now)
        #expect(notice.stage == .dispense)
        #expect(notice.deliveredAt == nil)
    }

    @Test("a thousand items are taken, and one more is not")
    func itemCount() throws {
        let items = (1...1_001).map { GatewayWorld.item(line: $0, number: Int($0)) }
        let fits = try Self.body("/items", .array(Array(items.dropLast())))
        #expect(Self.errors(fits).isEmpty)
        let errors = Self.errors(try Self.body("/items", .array(items)))
        #expect(errors.map(\.pointer) == ["/items"])
        #expect(errors.first?.reason == .tooMany)
    }

    @Test("a line that stands twice is named at its second place")
    func sameLine() throws {
        let items: JSONValue = [GatewayWorld.item(), GatewayWorld.item(number: 2)]
        let errors = Self.errors(try Self.body("/items", items))
        #expect(errors.map(\.pointer) == ["/items/1/line"])
        #expect(errors.first?.reason == .duplicateLine)
    }

    @Test("members we do not know are reported by their pointers, wherever they stand")
    func ignored() throws {
        var body = try Self.body()
        let places = [
            "/note", "/order/coupon", "/order/paid/method", "/items/0/sku",
            "/items/0/face_value/unit", "/a~1b",
        ]
        for place in places.dropLast() {
            body = Self.replacing(body, place.split(separator: "/").map(String.init), "x")
        }
        body = Self.replacing(body, ["a/b"], "x")
        let notice = try DeliveryNotice(body, now: Self.now)
        #expect(Set(notice.ignored) == Set(places))
        #expect(notice.ignored.count == places.count)
    }

    @Test(
        "a member that is named by a key of the notice is reported without its name",
        arguments: [
            "110412000012345678", "x110412-000012-345678", "110412000", "0012345678", "11041~20000",
        ]
    )
    func keyAsName(name: String) throws {
        let body = Self.replacing(try Self.body(), ["items", "0", name], "x")
        let symbols = name.filter(\.isNumber).count
        let notice = try DeliveryNotice(body, now: Self.now)
        // Nine symbols in a row are no key yet.
        let shown = JSONPointer.escape(name)
        #expect(notice.ignored == ["/items/0/" + (symbols < 10 ? shown : "[redacted]")])
    }

    @Test("a short key is found whole, and no word is taken for it")
    func shortKeyAsName() throws {
        var body = try Self.body("/items/0/key", "48151623")
        body = Self.replacing(body, ["n4815-1623"], "x")
        body = Self.replacing(body, ["n4815"], "x")
        #expect(try DeliveryNotice(body, now: Self.now).ignored == ["/[redacted]", "/n4815"])
    }

    @Test("everything that is wrong is said at once, and at most fifty errors")
    func manyErrors() throws {
        let errors = Self.errors(["items": [[:], [:]], "merchant": 7])
        #expect(
            Set(errors.map(\.pointer)) == [
                "/order", "/merchant", "/delivered_at", "/items/0/line", "/items/0/product",
                "/items/0/key", "/items/1/line", "/items/1/product", "/items/1/key",
            ]
        )
        let many = Self.errors(["items": .array(Array(repeating: [:], count: 1_000))])
        #expect(many.count == FieldErrors.reportLimit)
    }

    @Test("no error repeats a key", arguments: ["/items/0/key", "/items/0/serial"])
    func secrecy(pointer: String) throws {
        let marked = String(repeating: "KEY-MARK", count: 200)
        for error in Self.errors(try Self.body(pointer, .string(marked))) {
            #expect(!"\(error)".contains("KEY-MARK"))
        }
    }

    @Test("a body that is no object is refused", arguments: [JSONValue.null, .array([]), "x", 1])
    func noObject(body: JSONValue) {
        #expect(Self.errors(body).map(\.reason) == [.wrongType])
    }
}
