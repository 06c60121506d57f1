import Gateway
import HTTPTypes
import Hummingbird
import WireFormat

/// Orders to spend codes, for the platform whose they are and for the operator.
struct RedemptionRoutes: Sendable {
    let gateway: DeliveryGateway

    func add(to table: inout RouteTable, authorising authorise: CallerRule) {
        table.on(.get, "/v1/redemptions") { try await list($0, for: authorise($0)) }
    }

    private func list(_ call: Call, for caller: Caller) async throws -> Response {
        let (query, caller) = try caller.query(
            of: call, known: ["state", "cursor", "limit"], in: gateway.directory)
        let state = query["state"].map { RedemptionRecord.State(rawValue: $0) }
        if let state, state == nil { throw QueryParameters.problem("state", .unknown) }
        let cursor = query["cursor"]
        guard cursor.map({ RedemptionNumber($0) != nil }) ?? true else {
            throw QueryParameters.problem("cursor", .malformed)
        }
        let page = try await gateway.redemptions(
            platform: caller.platform,
            state: state ?? nil,
            cursor: cursor,
            limit: query.limit
        )
        return .json(page.named("redemptions"))
    }
}
