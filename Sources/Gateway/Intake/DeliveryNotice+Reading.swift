import AdapterKit
import CardModel
public import WireFormat

extension DeliveryNotice {
    /// Reads a body (CONTRACT, Delivery body). Unknown members are noted, not refused.
    /// - Throws: ``FieldErrors`` with everything that is wrong, each with its pointer.
    public init(_ body: JSONValue, now: Instant) throws(FieldErrors) {
        guard let object = body.objectValue else {
            throw FieldErrors(errors: [
                FieldError(pointer: "", reason: .wrongType, detail: "the body must be an object")
            ])
        }
        var reader = FieldReader(object, at: "")
        var ignored: [String] = []
        let stage = Self.stage(&reader)
        let order = Self.order(&reader, &ignored)
        let merchant = reader.string("merchant", required: true)
        buyerReference = reader.string("buyer_ref")
        promisedAt = reader.instant("promised_at")
        deliveredAt = reader.instant("delivered_at", required: stage == .receipt)
        if let deliveredAt, deliveredAt > now + Self.largestClockLead {
            reader.fail("delivered_at", .inFuture, "delivered_at lies more than 5 minutes ahead")
        }
        let items = Self.items(&reader, &ignored)
        Self.refuseCodes(inPromisesOf: items, &reader)
        guard reader.errors.isEmpty, let order, let merchant else {
            throw FieldErrors(errors: Array(reader.errors.prefix(FieldErrors.reportLimit)))
        }
        self.stage = stage ?? .receipt
        self.order = order
        self.merchant = merchant
        self.items = items
        self.ignored = Self.withoutKeys(reader.ignored + ignored, items)
    }

    /// The answer and the store keep these pointers: a member that is named by a key loses its
    /// name.
    private static func withoutKeys(_ pointers: [String], _ items: [Item]) -> [String] {
        guard let longest = pointers.map(\.utf8.count).max() else { return [] }
        let references = items.compactMap { item in
            item.issuerReference?.withUnredacted { CardKey($0) }
        }
        let runs = KeyRuns(of: items.map(\.code.key) + references, longestName: longest)
        return pointers.map { runs.redacted($0) }
    }

    private static func stage(_ reader: inout FieldReader) -> DeliveryStage? {
        guard let text = reader.string("stage") else { return .receipt }
        let stage = DeliveryStage(rawValue: text)
        if stage == nil {
            reader.fail("stage", .malformed, "stage must be \"dispense\" or \"receipt\"")
        }
        return stage
    }

    private static func order(
        _ reader: inout FieldReader,
        _ ignored: inout [String]
    ) -> Order? {
        guard var fields = reader.object("order", required: true) else { return nil }
        let id = fields.string("id", required: true)
        let placedAt = fields.instant("placed_at")
        var paid: Money?
        var paymentReference: String?
        if var payment = fields.object("paid") {
            paid = payment.money()
            paymentReference = payment.string("payment_ref")
            fields.adopt(payment)
            ignored += payment.ignored
        }
        let terms = fields.string("terms_sha256", longest: 128)
        let disclosedAt = fields.instant("terms_disclosed_at")
        let quantity = fields.integer("quantity", in: 0...Int64(largestQuantity))
        let isOffPlatform = fields.bool("off_platform") ?? false
        reader.adopt(fields)
        ignored += fields.ignored
        return id.map {
            Order(
                id: $0,
                placedAt: placedAt,
                paid: paid,
                paymentReference: paymentReference,
                termsSHA256: terms,
                termsDisclosedAt: disclosedAt,
                quantity: quantity.map(Int.init),
                isOffPlatform: isOffPlatform
            )
        }
    }

    private static func items(
        _ reader: inout FieldReader,
        _ ignored: inout [String]
    ) -> [Item] {
        guard let elements = reader.array("items", limit: itemLimit) else { return [] }
        var items: [Item] = []
        var lines: Set<Int> = []
        for (index, element) in elements.enumerated() {
            guard let object = element.objectValue else {
                reader.fail(element: index, of: "items", "an item must be an object")
                continue
            }
            var fields = FieldReader(object, at: "/items/\(index)")
            let item = item(&fields, &ignored)
            if let item, !lines.insert(item.line).inserted {
                fields.fail("line", .duplicateLine, "line \(item.line) stands twice in this notice")
            }
            reader.adopt(fields)
            ignored += fields.ignored
            if let item { items.append(item) }
        }
        return items
    }

    private static func item(
        _ fields: inout FieldReader,
        _ ignored: inout [String]
    ) -> Item? {
        let line = fields.integer("line", in: 1...Int64(largestLine), required: true)
        let product = fields.string("product", required: true)
        let serial = fields.string("serial", longest: longestCodeField, isCode: true)
        let key = fields.string(
            "key",
            required: true,
            longest: longestCodeField,
            isCode: true
        )
        if let key, CodeNormaliser(letterCase: .exact).normalise(key).isEmpty {
            fields.fail("key", .empty, "key holds no symbol but spaces and dashes")
        }
        let reference = fields.string("issuer_ref", longest: longestCodeField, isCode: true)
        let expiresOn = fields.date("expires_on")
        var faceValue: Money?
        if var value = fields.object("face_value") {
            faceValue = value.money()
            fields.adopt(value)
            ignored += value.ignored
        }
        let remedyText = fields.string("remedy")
        let remedy = remedyText.flatMap { RemedyID($0) }
        if remedyText != nil, remedy == nil {
            fields.fail(
                "remedy", .malformed, "remedy is the id rem_… of a remedy that was requested")
        }
        let promised = promised(&fields, &ignored)
        guard let line, let product, let key else { return nil }
        return Item(
            line: Int(line),
            product: product,
            code: CardCode(serial: serial.map { SerialNumber($0) }, key: CardKey(key)),
            expiresOn: expiresOn,
            faceValue: faceValue,
            issuerReference: reference.map { SecretValue($0) },
            remedy: remedy,
            promised: promised
        )
    }
}
