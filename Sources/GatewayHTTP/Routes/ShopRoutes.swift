import Gateway
import HTTPTypes
import Hummingbird
import WireFormat

/// The same intake for shops that exist already, in their own formats (CONTRACT, HTTP).
struct ShopRoutes: Sendable {
    let gateway: DeliveryGateway
    let clientAddress: ClientAddress

    func add(to table: inout RouteTable, authorising authorise: CallerRule) {
        let inbox = "/v1/platforms/{platform}/inbox"
        table.on(.post, inbox + "/dujiao-next/api/v1/upstream/callback") {
            try await dujiaoNext($0)
        }
        table.on(.post, inbox + "/generic") { try await generic($0) }
        table.on(.post, inbox + "/dujiaoka/{token}") { try await dujiaoka($0) }
        table.on(.post, inbox + "/acg-faka") { try await acgFaka($0, for: authorise($0)) }
    }

    private func dujiaoNext(_ call: Call) async throws -> Response {
        let answer = await gateway.receiveDujiaoNext(
            platform: String(call.parameters[0]),
            path: call.request.uri.path,
            headers: DujiaoHeaders(call.headers),
            body: try await call.jsonBytes()
        )
        return try shopAnswer(answer)
    }

    private func generic(_ call: Call) async throws -> Response {
        let answer = await gateway.receiveGeneric(
            platform: String(call.parameters[0]),
            path: call.request.uri.path,
            headers: DujiaoHeaders(call.headers),
            body: try await call.jsonBytes()
        )
        return try deliveryAnswer(answer)
    }

    /// The shop does not read the answer; whoever tries the hook by hand does.
    private func dujiaoka(_ call: Call) async throws -> Response {
        let answer = await gateway.receiveDujiaoka(
            platform: String(call.parameters[0]),
            token: call.parameters[1],
            address: clientAddress.full(of: call),
            body: try await call.jsonBytes()
        )
        return try shopAnswer(answer)
    }

    private func acgFaka(_ call: Call, for caller: Caller) async throws -> Response {
        guard let platform = caller.platform, platform.name == String(call.parameters[0]) else {
            throw Problem(.notFound)
        }
        var reader = BodyReader(try await call.jsonObject(limit: Self.largestPullBytes))
        let tradeNumber = reader.string("trade_no", required: true, longest: 64)
        let goods = reader.string("goods", longest: 64)
        let deliveredAt = reader.string("delivered_at", required: true, longest: 64)
        try reader.finish()
        guard let tradeNumber, let deliveredAt else { throw Problem(.invalidFields) }
        let answer = await gateway.pullAcgFaka(
            platform: platform,
            tradeNumber: tradeNumber,
            goods: goods,
            deliveredAt: deliveredAt
        )
        return try deliveryAnswer(answer)
    }

    /// A pull names an order and what was sold.
    private static let largestPullBytes = 4 << 10

    /// What these shops expect to hear.
    private func shopAnswer(_ answer: ShopAnswer) throws(Problem) -> Response {
        switch answer {
        case .accepted, .ignored, .quarantined:
            return .json(["ok": true, "message": "received"])
        case .refused(let refusal):
            return .json(
                ["ok": false, "message": .string(refusal.rawValue)],
                status: refusal.status
            )
        case .invalid(let errors):
            throw Problem(.invalidFields, errors: errors.map { FieldProblem($0) })
        case .unavailable(let reason): throw Problem(unavailable: reason)
        }
    }

    /// What a caller of ours hears: the 202 of the webhook, or why there is none.
    private func deliveryAnswer(_ answer: ShopAnswer) throws(Problem) -> Response {
        switch answer {
        case .accepted(let bytes): return .json(bytes, status: .accepted)
        case .ignored: return .json(answer.summary)
        case .quarantined: return .json(answer.summary, status: .accepted)
        case .refused, .invalid, .unavailable: return try shopAnswer(answer)
        }
    }
}

extension ShopRefusal {
    fileprivate var status: HTTPResponse.Status {
        switch self {
        case .unknownShop: .notFound
        case .missingAuthHeaders, .invalidTimestamp, .timestampExpired, .invalidAPIKey,
            .invalidSignature:
            .unauthorized
        case .addressNotAllowed: .forbidden
        case .malformed, .shopRefused, .stockBlocked: .unprocessableContent
        }
    }
}

extension DujiaoHeaders {
    /// A header that is sent twice is none: these shops send each once.
    fileprivate init(_ fields: HTTPFields) {
        func only(_ name: String) -> String? {
            guard let name = HTTPField.Name(name) else { return nil }
            let values = fields[values: name]
            return values.count == 1 ? values[0] : nil
        }
        self.init(
            apiKey: only("Dujiao-Next-Api-Key"),
            timestamp: only("Dujiao-Next-Timestamp"),
            signature: only("Dujiao-Next-Signature")
        )
    }
}
