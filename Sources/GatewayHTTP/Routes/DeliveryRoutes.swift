import Gateway
import HTTPTypes
import Hummingbird
import WireFormat

/// The delivery webhook, and reading back what it brought.
struct DeliveryRoutes: Sendable {
    let gateway: DeliveryGateway

    func add(to table: inout RouteTable, authorising authorise: CallerRule) {
        table.on(.get, "/v1/deliveries") { try await list($0, for: authorise($0)) }
        table.on(.get, "/v1/deliveries/{id}") { try await read($0, for: authorise($0)) }
        table.on(.get, "/v1/checks/{id}") { try await check($0, for: authorise($0)) }
    }

    /// The hot path: nothing here but the body, four headers and the gateway.
    func receive(_ call: Call) async throws -> Response {
        let body = try await call.jsonBytes()
        let wait = call.headers[.prefer].flatMap { WaitPreference($0) }
        let answer = await gateway.receive(
            platform: String(call.parameters[0]),
            headers: WebhookHeaders(call.headers),
            body: body,
            wait: wait?.duration
        )
        var response =
            switch answer {
            case .accepted(let bytes): Response.json(bytes, status: .accepted)
            case .decided(let bytes): Response.json(bytes)
            case .refused(let refusal): throw Problem(refusal)
            }
        if let wait { response.headers[.preferenceApplied] = wait.text }
        return response
    }

    private func list(_ call: Call, for caller: Caller) async throws -> Response {
        let (query, caller) = try caller.query(
            of: call, known: Self.parameters, in: gateway.directory)
        if let webhookID = query["webhook_id"] {
            return try await find(webhookID: webhookID, for: caller)
        }
        let cursor = query["cursor"]
        guard cursor.map({ Int64($0).map { $0 >= 0 } ?? false }) ?? true else {
            throw QueryParameters.problem("cursor", .malformed)
        }
        let page = try await gateway.notices(
            platform: caller.platform,
            since: query.instant("since"),
            cursor: cursor,
            limit: query.limit
        )
        return .json(page.named("deliveries"))
    }

    private func find(webhookID: String, for caller: Caller) async throws -> Response {
        guard WebhookSignature.isWellFormed(id: webhookID) else {
            throw QueryParameters.problem("webhook_id", .malformed)
        }
        return try await caller.first(in: gateway.directory) {
            try await gateway.withheld(webhookID: webhookID, from: $0)
        } _: {
            try await gateway.delivery(
                webhookID: webhookID, platform: $0, seesRestricted: caller.isOperator)
        }
    }

    private func read(_ call: Call, for caller: Caller) async throws -> Response {
        guard let id = DeliveryID(call.parameters[0]) else { throw Problem(.notFound) }
        return try await caller.first(in: gateway.directory) {
            try await gateway.withheld(id, from: $0)
        } _: {
            try await gateway.delivery(id, platform: $0, seesRestricted: caller.isOperator)
        }
    }

    private func check(_ call: Call, for caller: Caller) async throws -> Response {
        guard let id = CheckID(call.parameters[0]) else { throw Problem(.notFound) }
        return try await caller.first(in: gateway.directory) {
            try await gateway.withheld(id, from: $0)
        } _: {
            try await gateway.check(id, platform: $0)
        }
    }

    private static let parameters: Set<String> = ["since", "cursor", "limit", "webhook_id"]
}

extension WebhookHeaders {
    /// Read in one pass. Of a header that is sent twice all values count, as RFC 9110 §5.3 joins
    /// them; an id or a timestamp joined so is malformed.
    init(_ fields: HTTPFields) {
        self.init(id: nil, timestamp: nil, signature: nil)
        for field in fields {
            switch field.name {
            case .webhookID: id = Self.joined(id, field.value)
            case .webhookTimestamp: timestamp = Self.joined(timestamp, field.value)
            case .webhookSignature: signature = Self.joined(signature, field.value)
            default: break
            }
        }
    }

    private static func joined(_ earlier: String?, _ value: String) -> String {
        earlier.map { "\($0), \(value)" } ?? value
    }
}

extension Problem {
    /// Why a notice was refused, in the words of CONTRACT.
    init(_ refusal: IntakeRefusal) {
        switch refusal {
        case .malformedWebhookID: self.init(.badWebhookID)
        case .unauthorized(let reason):
            let known = WebhookSignature.Refusal(rawValue: reason)
            self.init(known.map { ProblemReason($0) } ?? .noMatchingSignature)
        case .otherBody: self.init(.webhookIDReused)
        case .malformedJSON(let error): self.init(error)
        case .fields(let errors):
            self.init(.invalidFields, errors: errors.map { FieldProblem($0) })
        case .stockBlocked(let blocks): self.init(blocks)
        case .unavailable(let reason): self.init(unavailable: reason)
        }
    }
}
