import CardModel
import Gateway
import HTTPTypes
import Hummingbird
import WireFormat

/// Rows of the penalty ladder that merchants reached (处罚), and a person's word on them: for the
/// platform and its people all, for a merchant his own.
struct PenaltyRoutes: Sendable {
    /// Bytes of a decision: a word and its reason.
    static let largestBodyBytes = 4 << 10

    let gateway: DeliveryGateway

    func add(to table: inout RouteTable) {
        let parties = PartyRule(gateway: gateway)
        table.on(.get, "/v1/penalties") { call in
            let party = try await parties(call, takes: .reviewer)
            let query = try QueryParameters(
                call.request.uri.query, known: Self.pageParameters.union(["merchant"]))
            return try await list(query, party.platform, merchant: query["merchant"])
        }
        table.on(.get, "/v1/merchants/{merchant}/penalties") { call in
            let party = try await parties(call)
            let merchant = try sight(of: call, party)
            let query = try QueryParameters(call.request.uri.query, known: Self.pageParameters)
            return try await list(query, party.platform, merchant: merchant)
        }
        table.on(.post, "/v1/merchants/{merchant}/penalties/{id}/decisions") { call in
            let party = try await parties(call, takes: .agent)
            return try await decide(call, sight(of: call, party), party)
        }
    }

    /// For the operator, who sees every platform's, and only looks.
    func addForOperator(to table: inout RouteTable) {
        table.on(.get, "/v1/penalties") { call in
            let query = try QueryParameters(
                call.request.uri.query,
                known: Self.pageParameters.union(["merchant", "platform"]))
            let caller = try Caller.operator.narrowed(to: query["platform"], in: gateway.directory)
            return try await list(query, caller.platform, merchant: query["merchant"])
        }
    }

    private static let pageParameters: Set<String> = ["cursor", "limit"]

    /// The merchant of the path; whom a party does not see is not there for it.
    private func sight(of call: Call, _ party: Party) throws(Problem) -> String {
        guard let merchant = QueryParameters.decoded(call.parameters[0]),
            party.seesAll || party.merchant == merchant
        else { throw Problem(.notFound) }
        return merchant
    }

    private func list(
        _ query: QueryParameters,
        _ platform: Platform?,
        merchant: String?
    ) async throws -> Response {
        let cursor = query["cursor"].map { PenaltyID($0) }
        if case .some(nil) = cursor { throw QueryParameters.problem("cursor", .malformed) }
        let page = try await gateway.penalties(
            platform: platform, merchant: merchant, cursor: cursor ?? nil, limit: query.limit)
        return .json(page.named("penalties"))
    }

    private func decide(
        _ call: Call,
        _ merchant: String,
        _ party: Party
    ) async throws -> Response {
        let principal = party.principal(speakingFor: nil)
        guard party.isOnePerson else { throw Problem(.needsAccount) }
        guard let id = PenaltyID(call.parameters[1]) else { throw Problem(.notFound) }
        let key = try call.idempotencyKey
        let bytes = try await call.jsonBytes(limit: Self.largestBodyBytes)
        var reader = BodyReader(try Call.jsonObject(bytes))
        let outcome = reader.word("outcome", of: PenaltyRecord.Decision.Outcome.allCases)
        let reason = reader.reason(longest: PenaltyRecord.longestReason, gateway)
        try reader.finish()
        guard let outcome, let reason else { throw Problem(.invalidFields) }
        let answer = try await gateway.decide(
            id, of: merchant, platform: party.platform, outcome, reason: reason, by: principal,
            body: bytes, idempotencyKey: key)
        switch answer {
        case .decided(let penalty): return .json(penalty)
        case .unknown: throw Problem(.notFound)
        case .erased: throw Problem(.erased)
        case .claim(let answer): return try ClaimRoutes(gateway: gateway).answer(answer)
        }
    }
}
