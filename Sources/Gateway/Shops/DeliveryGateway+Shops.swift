import AdapterKit
import CardModel
import Crypto
import Metrics
public import WireFormat

/// How a shop's call is answered.
public enum ShopAnswer: Sendable {
    /// Durable as a delivery; the body of the webhook's 202.
    case accepted([UInt8])
    /// Authentic, and there is nothing to check in it.
    case ignored
    /// Authentic, and no code could be read out of it: kept for the operator.
    case quarantined(reason: String)
    case refused(ShopRefusal)
    /// Fields of a body of our own are not what the delivery webhook takes; the pointers are the
    /// webhook's.
    case invalid([FieldError])
    /// Come again later.
    case unavailable(reason: String)
}

extension DeliveryGateway {
    /// A callback of a dujiao-next shop.
    ///
    /// - Parameter path: the whole path that was called, without the query.
    public func receiveDujiaoNext(
        platform name: String,
        path: String,
        headers: DujiaoHeaders,
        body: [UInt8]
    ) async -> ShopAnswer {
        await signed(.dujiaoNext, name, [DujiaoSignature.path, path], headers, body) {
            (shop, value, now) throws(ShopRefusal) in
            try ShopBodies.dujiaoNext(value, shop, now: now)
        }
    }

    /// A signed body of our own, for shops without a format of theirs.
    public func receiveGeneric(
        platform name: String,
        path: String,
        headers: DujiaoHeaders,
        body: [UInt8]
    ) async -> ShopAnswer {
        await signed(.generic, name, [path], headers, body) {
            (shop, value, now) throws(ShopRefusal) in
            try ShopBodies.generic(value, shop, now: now)
        }
    }

    /// An ApiHook of dujiaoka: known by its token and its network address.
    public func receiveDujiaoka(
        platform name: String,
        token: some StringProtocol,
        address: String,
        body: [UInt8]
    ) async -> ShopAnswer {
        var access: ShopInbox.HookAccess?
        let shop = shops(of: name, .dujiaoka).first { shop in
            guard case .dujiaoka(let hook) = shop.access, hook.accepts(token: token)
            else { return false }
            access = hook
            return true
        }
        guard let shop, let access, let platform = directory.platform(named: name) else {
            return counted(.refused(.unknownShop), .dujiaoka)
        }
        guard access.allows(address) else {
            return counted(.refused(.addressNotAllowed), .dujiaoka)
        }
        let now = parts.time.now()
        guard let value = try? JSONValue.parse(body),
            let message = try? ShopBodies.dujiaoka(value, shop, now: now)
        else { return counted(.refused(.malformed), .dujiaoka) }
        return counted(await take(message, platform, at: now), .dujiaoka)
    }

    /// Asks an acg-faka shop for an order, and takes what it delivered.
    ///
    /// - Parameters:
    ///   - tradeNumber: the shop's number of the order.
    ///   - goods: the shop's number of what was sold, to find the product.
    ///   - deliveredAt: when the buyer got the codes, RFC 3339: the shop does not tell, and the
    ///     time of asking would blame the seller for what the buyer did since.
    public func pullAcgFaka(
        platform: Platform,
        tradeNumber: String,
        goods: String?,
        deliveredAt: String
    ) async -> ShopAnswer {
        let now = parts.time.now()
        let errors = Self.pullErrors(tradeNumber, deliveredAt: deliveredAt, now: now)
        guard errors.isEmpty else { return counted(.invalid(errors), .acgFaka) }
        var outcome = ShopAnswer.refused(.unknownShop)
        for shop in shops(of: platform.name, .acgFaka) {
            guard case .acgFaka(let account) = shop.access else { continue }
            let query = AcgFakaQuery(account: account, transport: parts.transport)
            do {
                let value = try JSONValue.parse(await query.order(tradeNumber))
                let message = try ShopBodies.acgFaka(
                    value,
                    shop,
                    orderID: tradeNumber,
                    goods: goods,
                    deliveredAt: deliveredAt,
                    now: now
                )
                guard let message else {
                    outcome = outcome.isTemporary ? outcome : .ignored
                    continue
                }
                return counted(await take(message, platform, at: now), .acgFaka)
            } catch let error as ShopPullError {
                outcome = .unavailable(reason: error.reason)
            } catch {
                // An order that the shop does not know, our account that it does not take, or an
                // answer that cannot be read. A shop that could not be asked may know the order,
                // and one that delivered nothing yet does.
                if case .refused = outcome { outcome = .refused(.shopRefused) }
            }
        }
        return counted(outcome, .acgFaka)
    }

    /// What the caller got wrong: it must not reach the quarantine, where nobody could mend it.
    private static func pullErrors(
        _ tradeNumber: String,
        deliveredAt: String,
        now: Instant
    ) -> [FieldError] {
        var reader = FieldReader(
            JSONObject([
                .init(name: "trade_no", value: .string(tradeNumber)),
                .init(name: "delivered_at", value: .string(deliveredAt)),
            ]),
            at: ""
        )
        _ = reader.string("trade_no", required: true)
        let time = reader.instant("delivered_at", required: true)
        if let time, time > now + DeliveryNotice.largestClockLead {
            reader.fail("delivered_at", .inFuture, "delivered_at lies more than 5 minutes ahead")
        }
        return reader.errors
    }

    private typealias Reader =
        (ShopInbox, JSONValue, Instant) throws(ShopRefusal) -> ShopMessage?

    private func signed(
        _ kind: ShopInbox.Kind,
        _ name: String,
        _ paths: [String],
        _ headers: DujiaoHeaders,
        _ body: [UInt8],
        _ read: Reader
    ) async -> ShopAnswer {
        let shops = shops(of: name, kind)
        let now = parts.time.now()
        do throws(ShopRefusal) {
            guard let platform = directory.platform(named: name), !shops.isEmpty else {
                throw .unknownShop
            }
            let index = try DujiaoSignature.verify(
                headers,
                body: body,
                paths: paths,
                shops: shops.compactMap(\.sharedSecret),
                now: now
            )
            guard let value = try? JSONValue.parse(body) else { throw .malformed }
            guard let message = try read(shops[index], value, now) else {
                return counted(.ignored, kind)
            }
            return counted(await take(message, platform, at: now), kind)
        } catch {
            return counted(.refused(error), kind)
        }
    }

    func shops(of platform: String, _ kind: ShopInbox.Kind) -> [ShopInbox] {
        parts.shops.filter { $0.platform == platform && $0.access.kind == kind }
    }

    private func counted(_ answer: ShopAnswer, _ kind: ShopInbox.Kind) -> ShopAnswer {
        Counter(
            label: "cardproof_shop_messages_total",
            dimensions: [("shop", kind.rawValue), ("result", answer.metricLabel)]
        ).increment()
        return answer
    }
}

extension ShopInbox {
    fileprivate var sharedSecret: SharedSecret? {
        switch access {
        case .dujiaoNext(let secret), .generic(let secret): secret
        case .dujiaoka, .acgFaka: nil
        }
    }
}

extension ShopAnswer {
    /// The answer in one object, without the delivery's body.
    public var summary: JSONValue {
        switch self {
        case .accepted: ["status": "accepted"]
        case .ignored: ["status": "nothing_delivered"]
        case .quarantined(let reason): ["status": "quarantined", "reason": .string(reason)]
        case .refused(let refusal): ["status": "refused", "reason": .string(refusal.rawValue)]
        case .invalid: ["status": "refused", "reason": "malformed"]
        case .unavailable(let reason): ["status": "unavailable", "reason": .string(reason)]
        }
    }

    fileprivate var isTemporary: Bool {
        if case .unavailable = self { true } else { false }
    }

    fileprivate var metricLabel: String {
        switch self {
        case .accepted: "accepted"
        case .ignored: "ignored"
        case .quarantined: "quarantined"
        case .refused, .invalid: "refused"
        case .unavailable: "unavailable"
        }
    }
}
