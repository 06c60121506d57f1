import CardModel
import WireFormat

/// What an authentic message of a shop says, on its way to becoming a delivery notice.
struct ShopMessage: Sendable {
    /// Where the codes stand.
    enum Codes: Sendable {
        /// In a text for the buyer.
        case text(String)
        /// Apart from each other: `{serial?, key}`.
        case apart([JSONValue])
    }

    /// Why a message is no notice.
    enum Obstacle: Error {
        case unknownGoods
        case noCode
        case ambiguous
        case tooManyLines
        /// It was read, and a code of it may not be handed over.
        case stockBlocked
        /// A field is not what the delivery webhook takes.
        case fields([FieldError])

        /// The stable word that the operator sees.
        var word: String {
            switch self {
            case .unknownGoods: "unknown_goods"
            case .noCode: "no_code"
            case .ambiguous: "ambiguous"
            case .tooManyLines: "too_many_lines"
            case .stockBlocked: "stock_blocked"
            case .fields: "malformed"
            }
        }
    }

    var shop: ShopInbox
    var orderID: String
    /// The shop's own number of what was sold, or our product id.
    var goods: String?
    /// Who sold it; nil for the shop's configured merchant.
    var merchant: String?
    /// As the shop wrote it, empty when it wrote none; nil when its format has no such time and it
    /// calls at the hand-over.
    var deliveredAt: String?
    var receivedAt: Instant
    /// A decimal number of the currency itself.
    var faceValue: String?
    var currency: String?
    var codes: Codes

    /// The notice that the message amounts to. It is written as a webhook body and read as one, so
    /// that a shop is held to the same limits as every other sender.
    func notice(_ catalogue: ProductCatalogue, now: Instant) throws(Obstacle) -> DeliveryNotice {
        guard let product else { throw .unknownGoods }
        let items = try items(product: product, format: catalogue[product]?.format ?? .generic)
        let body: JSONValue = [
            "stage": "receipt",
            "order": [
                "id": .string(shop.orderNumber(orderID)), "quantity": .integer(Int64(items.count)),
            ],
            "merchant": .string(merchant ?? shop.merchant),
            "delivered_at": .string(deliveredAt ?? receivedAt.rfc3339),
            "items": .array(items),
        ]
        do throws(FieldErrors) {
            return try DeliveryNotice(body, now: now)
        } catch {
            throw .fields(error.errors)
        }
    }

    /// A body of our own may name our product itself.
    private var product: String? {
        switch codes {
        case .text: shop.product(ofGoods: goods)
        case .apart: goods.map { shop.goods[$0] ?? $0 } ?? shop.product
        }
    }

    private func items(product: String, format: CardFormat) throws(Obstacle) -> [JSONValue] {
        let value = try promisedValue()
        return try codeFields(format).enumerated().map { index, code in
            [
                "line": .integer(Int64(index + 1)), "product": .string(product),
                "serial": code["serial"] ?? .null, "key": code["key"] ?? .null,
                "face_value": value,
            ]
        }
    }

    private func promisedValue() throws(Obstacle) -> JSONValue {
        guard let faceValue else { return .null }
        guard let money = Money(decimal: faceValue, currency: currency ?? "") else {
            throw .fields([
                FieldError(
                    pointer: "/items/0/face_value",
                    reason: .malformed,
                    detail: "face_value is a decimal number such as \"50.00\", with its currency"
                )
            ])
        }
        return [
            "amount_minor": .integer(money.minorUnits), "currency": .string(money.currency),
        ]
    }

    private func codeFields(_ format: CardFormat) throws(Obstacle) -> [JSONValue] {
        switch codes {
        case .apart(let codes): return codes
        case .text(let text):
            switch DeliveryText.read(text, format: format) {
            case .noCode: throw .noCode
            case .ambiguous: throw .ambiguous
            case .tooManyLines: throw .tooManyLines
            case .codes(let codes):
                return codes.map { code in
                    [
                        "serial": JSONValue(text: code.serial?.text),
                        "key": .string(code.key.withUnredacted { $0 }),
                    ]
                }
            }
        }
    }

    /// What makes two messages the same one: the shop repeats itself with new times and signatures.
    var identity: [[UInt8]] {
        [
            Array(shop.name.utf8), Array(orderID.utf8),
            codes.jsonValue.serialized(),
        ]
    }
}

extension ShopMessage.Codes {
    fileprivate var jsonValue: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .apart(let codes): .array(codes)
        }
    }
}

/// A message as the quarantine seals it.
extension ShopMessage {
    var sealedForm: [UInt8] {
        let value: JSONValue = [
            "shop": .string(shop.name), "order": .string(orderID),
            "goods": JSONValue(text: goods), "merchant": JSONValue(text: merchant),
            "delivered_at": JSONValue(text: deliveredAt),
            "received_at": .string(receivedAt.rfc3339), "face_value": JSONValue(text: faceValue),
            "currency": JSONValue(text: currency), "codes": codes.jsonValue,
        ]
        return value.serialized()
    }

    /// - Parameter shops: of the platform that the message came from.
    init?(sealedForm bytes: [UInt8], among shops: [ShopInbox]) {
        guard let value = try? JSONValue.parse(bytes),
            let order = value["order"]?.stringValue,
            let receivedAt = value["received_at"]?.stringValue.flatMap({ Instant(rfc3339: $0) })
        else { return nil }
        let name = value["shop"]?.stringValue
        guard let shop = shops.first(where: { $0.name == name }) else { return nil }
        switch value["codes"] {
        case .string(let text): codes = .text(text)
        case .array(let elements): codes = .apart(elements)
        default: return nil
        }
        self.shop = shop
        orderID = order
        goods = value["goods"]?.stringValue
        self.merchant = value["merchant"]?.stringValue
        deliveredAt = value["delivered_at"]?.stringValue
        self.receivedAt = receivedAt
        faceValue = value["face_value"]?.stringValue
        currency = value["currency"]?.stringValue
    }
}
