import CardModel
import Gateway
import HTTPTypes
import Hummingbird
import WireFormat

/// The book of merchants' deposits. The platform holds the money; here it tells what came and went.
struct DepositRoutes: Sendable {
    /// Bytes of a change: a few words and an amount.
    static let largestBodyBytes = 4 << 10

    let gateway: DeliveryGateway

    func add(to table: inout RouteTable, authorising authorise: CallerRule) {
        table.on(.get, "/v1/deposits") { call in
            let query = try QueryParameters(call.request.uri.query, known: ["merchant"])
            let platform = try platform(authorise(call))
            return .json(
                try await gateway.deposits(platform: platform, merchant: query["merchant"]))
        }
        table.on(.get, "/v1/deposits/entries") { call in
            let query = try QueryParameters(call.request.uri.query, known: ["cursor", "limit"])
            let cursor = query["cursor"].map { Int64($0) }
            if case .some(nil) = cursor { throw QueryParameters.problem("cursor", .malformed) }
            let page = try await gateway.ledgerPage(
                platform: try platform(authorise(call)), cursor: cursor ?? nil,
                limit: query.limit)
            return .json(page.named("entries"))
        }
        let parties = PartyRule(gateway: gateway)
        table.on(.post, "/v1/deposits") { try await post($0, parties($0, takes: .platform)) }
    }

    private func platform(_ caller: Caller) throws(Problem) -> Platform {
        guard let platform = caller.platform else { throw Problem(takes: .system) }
        return platform
    }

    /// The platform's system, or a person of the platform, whose word holds no withdrawal back.
    private func post(_ call: Call, _ party: Party) async throws -> Response {
        guard let key = try call.idempotencyKey else { throw Problem(.missingIdempotencyKey) }
        var reader = BodyReader(try await call.jsonObject(limit: Self.largestBodyBytes))
        let kind = reader.word("kind", of: DepositChange.Kind.allCases)
        let isFund = kind == .backstopFunding
        let merchant = reader.string("merchant", required: !isFund, longest: 128)
        if isFund, merchant != nil { reader.fail("merchant", .unknown) }
        let amount = reader.money("amount", required: true)
        let reference = reader.string("reference", longest: RemedyRecord.longestReference)
        try reader.finish()
        guard let kind, let amount else { throw Problem(.invalidFields) }
        switch await gateway.post(
            kind, merchant: merchant, amount: amount, reference: reference, idempotencyKey: key,
            platform: party.platform, isPressedByPerson: party.isOnePerson)
        {
        case .posted(let balances): return .json(balances)
        case .otherAct: throw Problem(.idempotencyKeyReused)
        case .insufficientFunds: throw Problem(.insufficientFunds)
        case .heldForPerson: throw Problem(.withdrawalHeld)
        case .unavailable(let reason): throw Problem(unavailable: reason)
        }
    }
}
