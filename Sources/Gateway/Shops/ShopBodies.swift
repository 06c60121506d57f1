import WireFormat

/// The bodies in which shops tell of an order. Nil means that there is nothing to check in it.
enum ShopBodies {
    /// States of a dujiao-next order in which its codes are with the buyer.
    private static let deliveredStates: Set<String> = [
        "delivered", "completed", "partially_delivered",
    ]

    /// dujiao-next's callback.
    static func dujiaoNext(_ body: JSONValue, now: Instant) throws(ShopRefusal) -> ShopOrder? {
        guard let order = body["order_no"]?.stringValue, !order.isEmpty,
            let status = body["status"]?.stringValue
        else { throw .malformed }
        guard deliveredStates.contains(status), let fulfilment = body["fulfillment"],
            let text = fulfilment["payload"]?.stringValue, !text.isEmpty
        else { return nil }
        return ShopOrder(
            orderID: order,
            goods: body["product_id"]?.lexeme,
            text: text,
            deliveredAt: fulfilment["delivered_at"]?.stringValue
                .flatMap { Instant(rfc3339: $0) } ?? now
        )
    }

    /// dujiaoka's ApiHook. It is sent after every payment and has no time of its own.
    static func dujiaoka(_ body: JSONValue, now: Instant) throws(ShopRefusal) -> ShopOrder? {
        guard let order = body["order_sn"]?.stringValue, !order.isEmpty,
            let text = body["order_info"]?.stringValue
        else { throw .malformed }
        return ShopOrder(
            orderID: order,
            goods: body["good_id"]?.lexeme,
            text: text,
            deliveredAt: now
        )
    }

    /// acg-faka's answer to `query`: `{code: 200, data: {secret, status}}`.
    static func acgFaka(
        _ body: JSONValue,
        orderID: String,
        goods: String?,
        now: Instant
    ) throws(ShopRefusal) -> ShopOrder? {
        guard body["code"]?.integerValue == 200, let data = body["data"] else { throw .malformed }
        guard data["status"]?.lexeme == "1", let text = data["secret"]?.stringValue, !text.isEmpty
        else { return nil }
        return ShopOrder(orderID: orderID, goods: goods, text: text, deliveredAt: now)
    }

    /// The generic body: codes stand apart already, so they are written one a line.
    static func generic(_ body: JSONValue, now: Instant) throws(ShopRefusal) -> GenericOrder {
        guard let order = body["order_no"]?.stringValue, !order.isEmpty,
            let codes = body["codes"]?.arrayValue, !codes.isEmpty
        else { throw .malformed }
        return GenericOrder(
            orderID: order,
            product: body["product"]?.stringValue,
            merchant: body["shop"]?.stringValue,
            faceValue: body["face_value"]?.lexeme,
            currency: body["currency"]?.stringValue,
            deliveredAt: body["delivered_at"]?.stringValue
                .flatMap { Instant(rfc3339: $0) } ?? now,
            codes: codes
        )
    }
}

/// An order in the generic body.
struct GenericOrder: Sendable {
    var orderID: String
    var product: String?
    var merchant: String?
    /// A decimal number of the currency itself.
    var faceValue: String?
    var currency: String?
    var deliveredAt: Instant
    /// `{serial?, key}`
    var codes: [JSONValue]
}
