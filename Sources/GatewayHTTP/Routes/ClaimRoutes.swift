import CardModel
import Gateway
import HTTPTypes
import Hummingbird
import WireFormat

/// Claims, and the acts of their parties, which the platform carries to us.
struct ClaimRoutes: Sendable {
    /// Bytes of an event's body: a few words and a reference.
    static let largestEventBytes = 16 << 10

    let gateway: DeliveryGateway

    func add(to table: inout RouteTable, authorising authorise: CallerRule) {
        table.on(.get, "/v1/claims") { try await list($0, for: authorise($0)) }
        table.on(.get, "/v1/claims/{id}") { try await read($0, for: authorise($0)) }
    }

    /// Acts are a platform's; the operator only looks.
    func addEvents(to table: inout RouteTable, authorising authorise: CallerRule) {
        table.on(.post, "/v1/claims/{id}/events") { call in
            guard let platform = try authorise(call).platform else { throw Problem(.wrongToken) }
            return try await advance(call, platform: platform)
        }
    }

    private func list(_ call: Call, for caller: Caller) async throws -> Response {
        let known: Set<String> = ["cursor", "limit"]
        let query = try QueryParameters(
            call.request.uri.query,
            known: caller.isOperator ? known.union(["platform"]) : known
        )
        let caller = try caller.narrowed(to: query["platform"], in: gateway.directory)
        let cursor = query["cursor"]
        guard cursor.map({ ClaimID($0) != nil }) ?? true else {
            throw QueryParameters.problem("cursor", .malformed)
        }
        let page = try await gateway.claims(
            platform: caller.platform,
            cursor: cursor,
            limit: query.limit
        )
        return .json(page.named("claims"))
    }

    private func read(_ call: Call, for caller: Caller) async throws -> Response {
        guard let id = ClaimID(call.parameters[0]) else { throw Problem(.notFound) }
        return try await caller.first(in: gateway.directory) {
            try await gateway.withheld(id, from: $0)
        } _: {
            try await gateway.claim(id, platform: $0)
        }
    }

    private func advance(_ call: Call, platform: Platform) async throws -> Response {
        guard let id = ClaimID(call.parameters[0]) else { throw Problem(.notFound) }
        let key = try call.idempotencyKey
        let bytes = try await call.jsonBytes(limit: Self.largestEventBytes)
        let body = try ClaimEventBody(Call.jsonObject(bytes))
        let answer = await gateway.advance(
            id,
            platform: platform,
            event: body.event,
            name: body.name,
            actor: body.actor,
            body: bytes,
            idempotencyKey: key
        )
        switch answer {
        case .moved(let claim): return .json(claim)
        case .unknown: throw Problem(.notFound)
        case .otherAct: throw Problem(.idempotencyKeyReused)
        case .notAllowed(let reason):
            let known = ProblemReason(rawValue: reason)
            throw Problem(known?.status == .conflict ? known ?? .wrongState : .wrongState)
        case .unavailable(let reason): throw Problem(unavailable: reason)
        }
    }
}
