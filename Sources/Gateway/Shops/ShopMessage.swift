import CardModel
import WireFormat

/// An authentic message of a shop, on its way to becoming a delivery notice.
enum ShopMessage: Sendable {
    /// Codes stand in a text of the shop's.
    case text(ShopOrder, ShopInbox)
    /// Codes stand apart.
    case codes(GenericOrder, ShopInbox)

    var shop: ShopInbox {
        switch self {
        case .text(_, let shop), .codes(_, let shop): shop
        }
    }

    /// Why a message goes into quarantine.
    enum Obstacle: String, Error {
        case unknownGoods = "unknown_goods"
        case noCode = "no_code"
        case ambiguous
        case tooManyLines = "too_many_lines"
        case malformed
    }

    /// The notice that the message amounts to.
    func notice(_ catalogue: ProductCatalogue) throws(Obstacle) -> DeliveryNotice {
        switch self {
        case .text(let order, let shop): try Self.notice(order, shop, catalogue)
        case .codes(let order, let shop): try Self.notice(order, shop)
        }
    }

    private static func notice(
        _ order: ShopOrder,
        _ shop: ShopInbox,
        _ catalogue: ProductCatalogue
    ) throws(Obstacle) -> DeliveryNotice {
        guard let product = shop.product(ofGoods: order.goods) else { throw .unknownGoods }
        let format = catalogue[product]?.format ?? .generic
        switch DeliveryText.read(order.text, format: format) {
        case .noCode: throw .noCode
        case .ambiguous: throw .ambiguous
        case .tooManyLines: throw .tooManyLines
        case .codes(let codes):
            return notice(
                orderID: order.orderID,
                merchant: shop.merchant,
                deliveredAt: order.deliveredAt,
                items: codes.enumerated().map { index, code in
                    DeliveryNotice.Item(
                        line: index + 1,
                        product: product,
                        code: code,
                        expiresOn: nil,
                        faceValue: nil
                    )
                }
            )
        }
    }

    private static func notice(
        _ order: GenericOrder,
        _ shop: ShopInbox
    ) throws(Obstacle) -> DeliveryNotice {
        guard let product = order.product.map({ shop.goods[$0] ?? $0 }) ?? shop.product else {
            throw .unknownGoods
        }
        guard order.codes.count <= DeliveryNotice.itemLimit else { throw .tooManyLines }
        var faceValue: Money?
        if let text = order.faceValue, let currency = order.currency {
            guard let money = Money(decimal: text, currency: currency) else { throw .malformed }
            faceValue = money
        }
        var items: [DeliveryNotice.Item] = []
        for (index, code) in order.codes.enumerated() {
            let serial = code["serial"]?.stringValue
            guard let key = code["key"]?.stringValue, !key.isEmpty,
                key.count <= DeliveryNotice.longestCodeField,
                (serial?.count ?? 0) <= DeliveryNotice.longestCodeField
            else { throw .malformed }
            items.append(
                DeliveryNotice.Item(
                    line: index + 1,
                    product: product,
                    code: CardCode(serial: serial.map { SerialNumber($0) }, key: CardKey(key)),
                    expiresOn: nil,
                    faceValue: faceValue
                )
            )
        }
        return notice(
            orderID: order.orderID,
            merchant: order.merchant ?? shop.merchant,
            deliveredAt: order.deliveredAt,
            items: items
        )
    }

    private static func notice(
        orderID: String,
        merchant: String,
        deliveredAt: Instant,
        items: [DeliveryNotice.Item]
    ) -> DeliveryNotice {
        DeliveryNotice(
            stage: .receipt,
            order: DeliveryNotice.Order(
                id: orderID,
                placedAt: nil,
                paid: nil,
                paymentReference: nil,
                termsSHA256: nil,
                termsDisclosedAt: nil,
                quantity: items.count
            ),
            merchant: merchant,
            buyerReference: nil,
            promisedAt: nil,
            deliveredAt: deliveredAt,
            items: items,
            ignored: []
        )
    }

    /// What makes two messages the same one: the shop repeats itself with new times and signatures.
    var identity: [[UInt8]] {
        switch self {
        case .text(let order, let shop):
            [shop.access.kind.rawValue, order.orderID, order.text].map { Array($0.utf8) }
        case .codes(let order, let shop):
            [shop.access.kind.rawValue, order.orderID].map { Array($0.utf8) }
                + [JSONValue.array(order.codes).serialized()]
        }
    }
}
