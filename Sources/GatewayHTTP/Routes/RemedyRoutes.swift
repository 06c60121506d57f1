import CardModel
import Gateway
import HTTPTypes
import Hummingbird
import WireFormat

/// Remedies the platform was asked to carry out, and its word on what became of them.
struct RemedyRoutes: Sendable {
    /// Bytes of a receipt: a few words and an amount.
    static let largestBodyBytes = 4 << 10

    let gateway: DeliveryGateway

    func add(to table: inout RouteTable, authorising authorise: CallerRule) {
        table.on(.get, "/v1/remedies") { try await list($0, for: authorise($0)) }
        table.on(.get, "/v1/remedies/{id}") { call in
            let caller = try authorise(call)
            guard let id = RemedyID(call.parameters[0]),
                let remedy = try await gateway.remedy(id, platform: caller.platform)
            else { throw Problem(.notFound) }
            return .json(remedy)
        }
    }

    func addReceipts(to table: inout RouteTable) {
        let parties = PartyRule(gateway: gateway)
        table.on(.post, "/v1/remedies/{id}/receipt") { call in
            let party = try await parties(call)
            guard let id = RemedyID(call.parameters[0]),
                try await gateway.sees(id, party: party)
            else { throw Problem(.notFound) }
            return try await receive(call, id, party)
        }
    }

    private func list(_ call: Call, for caller: Caller) async throws -> Response {
        let (query, caller) = try caller.query(
            of: call, known: ["cursor", "limit", "state"], in: gateway.directory)
        let state = query["state"].map { RemedyRecord.State(rawValue: $0) }
        if case .some(nil) = state { throw QueryParameters.problem("state", .unknown) }
        guard query["cursor"].map({ RemedyID($0) != nil }) ?? true else {
            throw QueryParameters.problem("cursor", .malformed)
        }
        let page = try await gateway.remedies(
            platform: caller.platform,
            state: state ?? nil,
            cursor: query["cursor"],
            limit: query.limit
        )
        return .json(page.named("remedies"))
    }

    private enum Result: String, CaseIterable { case done, refused, failed }

    private func receive(_ call: Call, _ id: RemedyID, _ party: Party) async throws -> Response {
        let bytes = try await call.jsonBytes(limit: Self.largestBodyBytes)
        var reader = BodyReader(try Call.jsonObject(bytes))
        let word = reader.word("result", of: Result.allCases)
        let reference = reader.string("reference", longest: RemedyRecord.longestReference)
        let redress = word == .done ? reader.redress() : nil
        try reader.finish()
        // A code is told of in a signed notice, and nowhere else.
        if redress?.remedy == .reissue { throw Problem(.otherRemedy) }
        let result: RemedyReceipt.Result
        switch (word, redress) {
        case (.done, let redress?): result = .done(redress)
        case (.refused, _): result = .refused
        case (.failed, _): result = .failed
        case (.done, nil), (nil, _): throw Problem(.invalidFields)
        }
        return try ClaimRoutes(gateway: gateway).answer(
            await gateway.receive(
                result, reference: reference, for: id, party: party,
                principal: party.principal(speakingFor: nil), body: bytes))
    }
}
