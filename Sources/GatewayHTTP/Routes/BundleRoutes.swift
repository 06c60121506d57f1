import EvidenceLog
import Gateway
import HTTPTypes
import Hummingbird

/// Evidence bundles, for those entitled to them: the platform by its API token, the buyer by the
/// token of his order, the operator at the admin socket.
struct BundleRoutes: Sendable {
    let gateway: DeliveryGateway

    func add(to table: inout RouteTable) {
        table.on(.get, "/v1/platforms/{platform}/evidence/{index}/bundle") { call in
            let platform = try platform(call)
            guard let index = try await entry(call, platform),
                let delivery = try await gateway.delivery(ofEntry: index, platform: platform)
            else { throw Problem(.notFound) }
            let audience = try Audience(of: call, in: gateway, delivery: delivery, platform)
            return try await bundle(of: delivery, platform, try audience.request(call, delivery))
        }
        table.on(.get, "/v1/deliveries/{id}/bundle") { call in
            guard let header = call.headers[.authorization] else { throw Problem(.missingToken) }
            guard let token = BearerToken(header),
                let platform = gateway.directory.platform(withAPIToken: token.text)
                    ?? gateway.delivery(ofToken: token.text)?.platform
            else { throw Problem(.wrongToken) }
            guard let delivery = DeliveryID(call.parameters[0]) else { throw Problem(.notFound) }
            let audience = try Audience(of: call, in: gateway, delivery: delivery, platform)
            return try await bundle(of: delivery, platform, try audience.request(call, delivery))
        }
    }

    /// On the admin socket: any delivery, and keys when they are asked for by name.
    func addOperators(to table: inout RouteTable) {
        table.on(.get, "/v1/deliveries/{id}/bundle") { call in
            guard let delivery = DeliveryID(call.parameters[0]) else { throw Problem(.notFound) }
            let request = try Audience.operator.request(call, delivery)
            for platform in gateway.directory.all {
                if let bytes = try await gateway.bundle(request, platform: platform) {
                    return Self.response(bytes, request)
                }
            }
            throw Problem(.notFound)
        }
    }

    private func bundle(
        of delivery: DeliveryID,
        _ platform: Platform,
        _ request: BundleRequest
    ) async throws -> Response {
        guard let bytes = try await gateway.bundle(request, platform: platform) else {
            throw Problem(.notFound)
        }
        return Self.response(bytes, request)
    }

    private static func response(_ bytes: [UInt8], _ request: BundleRequest) -> Response {
        var response = Response.bytes(bytes, type: "application/zip", cache: "no-store")
        let name = "cardproof-\(request.delivery.text)-\(request.audience.rawValue).zip"
        response.headers[.contentDisposition] = "attachment; filename=\"\(name)\""
        return response
    }

    private func platform(_ call: Call) throws(Problem) -> Platform {
        guard let platform = gateway.directory.platform(named: String(call.parameters[0])) else {
            throw Problem(.notFound)
        }
        return platform
    }

    private func entry(_ call: Call, _ platform: Platform) async throws -> UInt64? {
        try await LogExtent(of: platform, in: gateway)?.entry(call.parameters[1])
    }

    /// Who asks for a bundle, and so for whom it may be made.
    private enum Audience {
        case buyer
        case platform
        case `operator`

        /// - Throws: ``Problem``: 401 for a token that is missing or nobody's, 404 for another
        ///   platform's, or another order's.
        init(
            of call: Call,
            in gateway: DeliveryGateway,
            delivery: DeliveryID,
            _ platform: Platform
        ) throws(Problem) {
            guard let header = call.headers[.authorization] else { throw Problem(.missingToken) }
            guard let token = BearerToken(header) else { throw Problem(.wrongToken) }
            if let owner = gateway.directory.platform(withAPIToken: token.text) {
                guard owner.number == platform.number else { throw Problem(.notFound) }
                self = .platform
            } else if let order = gateway.delivery(ofToken: token.text) {
                guard order.delivery == delivery, order.platform.number == platform.number else {
                    throw Problem(.notFound)
                }
                self = .buyer
            } else {
                throw Problem(.wrongToken)
            }
        }

        func request(_ call: Call, _ delivery: DeliveryID) throws(Problem) -> BundleRequest {
            let query = try QueryParameters(call.request.uri.query, known: parameters)
            let wanted = query["for"].map { BundleAudience(rawValue: $0) }
            if case .some(nil) = wanted { throw QueryParameters.problem("for", .unknown) }
            let reveals = query["reveal"]
            guard reveals == nil || reveals == "key" else {
                throw QueryParameters.problem("reveal", .unknown)
            }
            return BundleRequest(
                delivery: delivery,
                audience: (wanted ?? nil) ?? standard,
                revealsKeys: reveals == "key"
            )
        }

        private var standard: BundleAudience { self == .buyer ? .buyer : .platform }

        /// The buyer has his own bundle; keys are the operator's to reveal.
        private var parameters: Set<String> {
            switch self {
            case .buyer: []
            case .platform: ["for"]
            case .operator: ["for", "reveal"]
            }
        }
    }
}
