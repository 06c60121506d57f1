import CardModel
import Gateway
import Hummingbird

/// How to complain, for everybody (M1-37): without a token, because whoever complains has none.
struct ComplaintRoutes: Sendable {
    static let pagePath = "/complaints/how"
    private static let cache = "public, max-age=300"

    let gateway: DeliveryGateway

    func add(to table: inout RouteTable) {
        table.on(.get, "/v1/platforms/{platform}/complaints/how") { call in
            let name = String(call.parameters[0])
            guard let (guide, _) = gateway.complaintGuide(ofPlatform: name) else {
                throw Problem(.notFound)
            }
            return .json(guide.jsonValue(of: name, in: call.language))
        }
        table.on(.get, Self.pagePath) { try page($0) }
    }

    private func page(_ call: Call) throws -> Response {
        let query = try QueryParameters(call.request.uri.query, known: ["platform", "lang"])
        guard let name = query["platform"] ?? gateway.onlyPlatformWithContacts else {
            throw QueryParameters.problem("platform", .missing)
        }
        guard let (guide, _) = gateway.complaintGuide(ofPlatform: name) else {
            throw Problem(.notFound)
        }
        let language = call.pageLanguage(chosen: query["lang"])
        return ComplaintPage(guide: guide, platform: name, language: language)
            .response(cache: Self.cache)
    }
}
