import WireFormat

/// The bodies in which shops tell of an order. Nil means that there is nothing to check in it.
enum ShopBodies {
    /// States of a dujiao-next order in which its codes are with the buyer.
    private static let deliveredStates: Set<String> = [
        "delivered", "completed", "partially_delivered",
    ]

    /// dujiao-next's callback.
    static func dujiaoNext(
        _ body: JSONValue,
        _ shop: ShopInbox,
        now: Instant
    ) throws(ShopRefusal) -> ShopMessage? {
        guard let order = body["order_no"]?.stringValue, !order.isEmpty,
            let status = body["status"]?.stringValue
        else { throw .malformed }
        guard deliveredStates.contains(status) else { return nil }
        let fulfilment = body["fulfillment"]
        return ShopMessage(
            shop: shop,
            orderID: order,
            goods: body["product_id"]?.lexeme,
            deliveredAt: fulfilment?["delivered_at"]?.lexeme ?? "",
            receivedAt: now,
            // Codes that stand elsewhere wait for the operator, with this text of none.
            codes: .text(fulfilment?["payload"]?.stringValue ?? "")
        )
    }

    /// dujiaoka's ApiHook. It is sent after every payment and has no time of its own.
    static func dujiaoka(
        _ body: JSONValue,
        _ shop: ShopInbox,
        now: Instant
    ) throws(ShopRefusal) -> ShopMessage? {
        guard let order = body["order_sn"]?.stringValue, !order.isEmpty,
            let text = body["order_info"]?.stringValue
        else { throw .malformed }
        return ShopMessage(
            shop: shop,
            orderID: order,
            goods: body["good_id"]?.lexeme,
            receivedAt: now,
            codes: .text(text)
        )
    }

    /// acg-faka's answer to `query`: `{code: 200, data: {secret, status}}`.
    static func acgFaka(
        _ body: JSONValue,
        _ shop: ShopInbox,
        orderID: String,
        goods: String?,
        deliveredAt: String,
        now: Instant
    ) throws(ShopRefusal) -> ShopMessage? {
        guard body["code"]?.integerValue == 200, let data = body["data"] else { throw .malformed }
        guard data["status"]?.lexeme == "1", let text = data["secret"]?.stringValue, !text.isEmpty
        else { return nil }
        return ShopMessage(
            shop: shop,
            orderID: orderID,
            goods: goods,
            deliveredAt: deliveredAt,
            receivedAt: now,
            codes: .text(text)
        )
    }

    /// The generic body, whose codes stand apart.
    static func generic(
        _ body: JSONValue,
        _ shop: ShopInbox,
        now: Instant
    ) throws(ShopRefusal) -> ShopMessage? {
        guard let order = body["order_no"]?.stringValue,
            let codes = body["codes"]?.arrayValue, !codes.isEmpty,
            ["shop", "delivered_at", "currency"].allSatisfy({ isTextOrNothing(body[$0]) })
        else { throw .malformed }
        return ShopMessage(
            shop: shop,
            orderID: order,
            goods: body["product"]?.lexeme,
            merchant: body["shop"]?.stringValue,
            deliveredAt: body["delivered_at"]?.stringValue ?? "",
            receivedAt: now,
            faceValue: body["face_value"]?.lexeme,
            currency: body["currency"]?.stringValue,
            codes: .apart(codes)
        )
    }

    private static func isTextOrNothing(_ value: JSONValue?) -> Bool {
        value == nil || value?.isNull == true || value?.stringValue != nil
    }
}
