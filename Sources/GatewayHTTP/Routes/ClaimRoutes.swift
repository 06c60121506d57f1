import CardModel
import Gateway
import HTTPTypes
import Hummingbird
import WireFormat

/// Claims, and the acts of their parties: each with a token of his own, or through the platform's.
struct ClaimRoutes: Sendable {
    /// Bytes of an event's body: a few words and a reference.
    static let largestEventBytes = 16 << 10
    /// How far ahead the list of what is due looks when nobody says: a day.
    static let usualLookahead = Duration.seconds(86_400)

    let gateway: DeliveryGateway
    private let budget: ClaimBudget

    init(gateway: DeliveryGateway, budget: ClaimBudget = ClaimBudget()) {
        self.gateway = gateway
        self.budget = budget
    }

    /// For the operator, who sees every platform's, and only looks.
    func addForOperator(to table: inout RouteTable) {
        table.on(.get, "/v1/claims") { try await list($0, for: .operator, merchant: nil) }
        table.on(.get, "/v1/claims/due") { try await due($0, for: .operator, merchant: nil) }
        table.on(.get, "/v1/claims/queue") { try await queue($0, for: .operator) }
        table.on(.get, "/v1/claims/{id}") {
            try await read($0, for: .operator, as: .platform, isReviewer: true)
        }
        EscalationRoutes(gateway: gateway).addForOperator(to: &table)
    }

    func add(to table: inout RouteTable) {
        let parties = PartyRule(gateway: gateway)
        table.on(.get, "/v1/claims") { call in
            let party = try await parties(call, takes: .reviewerOrMerchant)
            return try await list(call, for: .platform(party.platform), merchant: party.merchant)
        }
        table.on(.get, "/v1/claims/due") { call in
            let party = try await parties(call, takes: .reviewerOrMerchant)
            return try await due(call, for: .platform(party.platform), merchant: party.merchant)
        }
        table.on(.get, "/v1/claims/queue") { call in
            let party = try await parties(call, takes: .reviewer)
            return try await queue(call, for: .platform(party.platform))
        }
        table.on(.get, "/v1/claims/{id}") { call in
            let party = try await parties(call)
            try await requireSight(of: call, party)
            return try await read(
                call,
                for: .platform(party.platform),
                as: party.principal(speakingFor: nil).role,
                isReviewer: party.seesAll
            )
        }
        table.on(.post, "/v1/claims/{id}/events") { call in
            let party = try await parties(call)
            try await requireSight(of: call, party)
            return try await act(call, party)
        }
        table.on(.get, "/v1/tracking/{number}") { .json(try await tracked($0).jsonValue) }
        table.on(.get, "/claims/{number}") { call in
            let query = try QueryParameters(call.request.uri.query, known: ["lang"])
            let language = call.pageLanguage(chosen: query["lang"])
            return TrackingPage(claim: try await tracked(call), language: language).response
        }
        EscalationRoutes(gateway: gateway).add(to: &table)
    }

    private func list(
        _ call: Call,
        for caller: Caller,
        merchant: String?
    ) async throws -> Response {
        let (query, caller) = try caller.query(
            of: call, known: ["cursor", "limit"], in: gateway.directory)
        let cursor = query["cursor"]
        guard cursor.map({ ClaimID($0) != nil }) ?? true else {
            throw QueryParameters.problem("cursor", .malformed)
        }
        let page = try await gateway.claims(
            platform: caller.platform,
            merchant: merchant,
            cursor: cursor,
            limit: query.limit
        )
        return .json(page.named("claims"))
    }

    private func due(
        _ call: Call,
        for caller: Caller,
        merchant: String?
    ) async throws -> Response {
        let (query, caller) = try caller.query(
            of: call, known: ["before", "limit"], in: gateway.directory)
        let before = query["before"].map { Instant(rfc3339: $0) }
        if case .some(nil) = before { throw QueryParameters.problem("before", .malformed) }
        let claims = try await gateway.claimsDue(
            before: (before ?? nil) ?? gateway.now + Self.usualLookahead,
            platform: caller.platform,
            merchant: merchant,
            limit: query.limit
        )
        return .json(["claims": claims])
    }

    /// What the platform's people should look into, in this order (M3-38).
    private func queue(_ call: Call, for caller: Caller) async throws -> Response {
        let (query, caller) = try caller.query(
            of: call, known: ["limit"], in: gateway.directory)
        let claims = try await gateway.reviewQueue(
            platform: caller.platform, limit: query.limit)
        return .json(["claims": claims])
    }

    private func read(
        _ call: Call,
        for caller: Caller,
        as viewer: ClaimActor,
        isReviewer: Bool
    ) async throws -> Response {
        guard let id = ClaimID(call.parameters[0]) else { throw Problem(.notFound) }
        return try await caller.first(in: gateway.directory) {
            try await gateway.withheld(id, from: $0)
        } _: {
            try await gateway.claim(id, platform: $0, for: viewer, isReviewer: isReviewer)
        }
    }

    /// What a party does not see is not there for him.
    private func requireSight(of call: Call, _ party: Party) async throws {
        guard let id = ClaimID(call.parameters[0]) else { throw Problem(.notFound) }
        guard try await gateway.sees(id, party: party) else { throw Problem(.notFound) }
    }

    private func act(_ call: Call, _ party: Party) async throws -> Response {
        guard let id = ClaimID(call.parameters[0]) else { throw Problem(.notFound) }
        let key = try call.idempotencyKey
        let bytes = try await call.jsonBytes(limit: Self.largestEventBytes)
        let object = try Call.jsonObject(bytes)
        let asked = try ClaimEventBody(object, namesActor: !party.isOnePerson)
        guard party.isOnePerson || !asked.name.isPersonal else { throw Problem(.needsAccount) }
        let principal = party.principal(speakingFor: asked.actor)
        try budget.spend(
            on: id.text, by: principal, platform: party.platform.number, at: gateway.now)
        // Read again, so that the act and what the history keeps of it say the same.
        let body = try ClaimEventBody(
            await gateway.withoutCodes(in: asked.name.ownWords, of: object, about: id),
            namesActor: !party.isOnePerson)
        return try await answer(
            gateway.advance(
                id,
                platform: party.platform,
                PartyAct(
                    move: body.move,
                    name: body.name.rawValue,
                    detail: body.detail,
                    reason: body.reason,
                    principal: principal,
                    body: bytes,
                    idempotencyKey: key
                )
            )
        )
    }

    func answer(_ answer: ClaimAnswer) throws -> Response {
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

    private func tracked(_ call: Call) async throws -> TrackedClaim {
        guard let number = TrackingNumber(String(call.parameters[0])),
            let claim = try await gateway.trackedClaim(number)
        else { throw Problem(.notFound) }
        return claim
    }
}
