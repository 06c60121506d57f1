import Gateway
import HTTPTypes
import Hummingbird
import WireFormat

/// Grades of merchants (服务评级): for the platform and its people all, for a merchant his own. What
/// they are computed from is public (``LogRoutes``).
struct MerchantRoutes: Sendable {
    let gateway: DeliveryGateway

    func add(to table: inout RouteTable) {
        let parties = PartyRule(gateway: gateway)
        table.on(.get, "/v1/merchants") { call in
            let party = try await parties(call, takes: .reviewer)
            let query = try QueryParameters(call.request.uri.query, known: ["as_of"])
            return try await list(query, party.platform)
        }
        table.on(.get, "/v1/merchants/{merchant}/grade") { call in
            let party = try await parties(call)
            let merchant = try merchant(call)
            // Whom a party does not see is not there for it.
            guard party.seesAll || party.merchant == merchant else { throw Problem(.notFound) }
            let query = try QueryParameters(call.request.uri.query, known: ["as_of"])
            return try await grade(of: merchant, query, party.platform)
        }
    }

    /// For the operator, who names the platform.
    func addForOperator(to table: inout RouteTable) {
        table.on(.get, "/v1/merchants") { call in
            let query = try QueryParameters(call.request.uri.query, known: ["as_of", "platform"])
            return try await list(query, platform(query))
        }
        table.on(.get, "/v1/merchants/{merchant}/grade") { call in
            let query = try QueryParameters(call.request.uri.query, known: ["as_of", "platform"])
            return try await grade(of: merchant(call), query, platform(query))
        }
    }

    private func list(_ query: QueryParameters, _ platform: Platform) async throws -> Response {
        .json(try await gateway.grades(of: platform, asOf: query.instant("as_of")))
    }

    private func grade(
        of merchant: String,
        _ query: QueryParameters,
        _ platform: Platform
    ) async throws -> Response {
        let grade = try await gateway.grade(
            of: merchant, platform: platform, asOf: query.instant("as_of"))
        guard let grade else { throw Problem(.notFound) }
        return .json(grade)
    }

    /// A merchant's name is the platform's, and may have any character.
    private func merchant(_ call: Call) throws(Problem) -> String {
        guard let merchant = QueryParameters.decoded(call.parameters[0]) else {
            throw Problem(.notFound)
        }
        return merchant
    }

    private func platform(_ query: QueryParameters) throws(Problem) -> Platform {
        guard let platform = query["platform"].flatMap({ gateway.directory.platform(named: $0) })
        else { throw QueryParameters.problem("platform", .unknown) }
        return platform
    }
}
