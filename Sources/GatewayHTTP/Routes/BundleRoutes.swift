import EvidenceLog
import Gateway
import HTTPTypes
import Hummingbird

/// Evidence bundles, for those entitled to them: the platform by its API token, the buyer by the
/// token of his order, the operator at the admin socket.
struct BundleRoutes: Sendable {
    let gateway: DeliveryGateway
    let memory: AnswerMemory
    /// A bundle is composed in memory, by up to twice the bytes of its attachments.
    private let composing = WorkLimit<EvidenceParty>(mostAtOnce: 2, mostWaiting: 64, mostOfOne: 2)

    init(gateway: DeliveryGateway, memory: AnswerMemory) {
        self.gateway = gateway
        self.memory = memory
    }

    func add(to table: inout RouteTable) {
        table.on(.get, "/v1/platforms/{platform}/evidence/{index}/bundle") { call in
            guard let platform = gateway.directory.platform(named: String(call.parameters[0])),
                let extent = try await LogExtent(of: platform, in: gateway),
                let index = extent.entry(call.parameters[1]),
                let delivery = try await gateway.delivery(ofEntry: index, platform: platform)
            else { throw Problem(.notFound) }
            let reader = try EvidenceReader(of: call, delivery, in: gateway)
            guard reader.platform.number == platform.number else { throw Problem(.notFound) }
            let log = try await gateway.log.log(holding: index, of: platform.number)
            return try await bundle(call, of: delivery, in: log?.ordinal, for: reader)
        }
        table.on(.get, "/v1/deliveries/{id}/bundle") { call in
            guard let delivery = DeliveryID(call.parameters[0]) else { throw Problem(.notFound) }
            let reader = try EvidenceReader(of: call, delivery, in: gateway)
            return try await bundle(call, of: delivery, in: nil, for: reader)
        }
    }

    /// On the admin socket: any delivery, and keys when they are asked for by name.
    func addOperators(to table: inout RouteTable) {
        table.on(.get, "/v1/deliveries/{id}/bundle") { call in
            guard let delivery = DeliveryID(call.parameters[0]),
                let platform = try await gateway.platform(ofDelivery: delivery)
            else { throw Problem(.notFound) }
            let query = try QueryParameters(
                call.request.uri.query, known: ["for", "reveal", "log"])
            let reveals = query["reveal"]
            guard reveals == nil || reveals == "key" else {
                throw QueryParameters.problem("reveal", .unknown)
            }
            return try await response(
                BundleRequest(
                    delivery: delivery,
                    audience: try Self.audience(query) ?? .platform,
                    revealsKeys: reveals == "key",
                    log: try Self.log(query)
                ),
                .operator(platform)
            ) {}
        }
    }

    /// The buyer has his own bundle; keys are the operator's to reveal.
    private func bundle(
        _ call: Call,
        of delivery: DeliveryID,
        in log: Int?,
        for reader: EvidenceReader
    ) async throws -> Response {
        let query = try QueryParameters(
            call.request.uri.query,
            known: reader.isBuyer ? ["log"] : ["for", "log"]
        )
        let standard: BundleAudience = reader.isBuyer ? .buyer : .platform
        return try await response(
            BundleRequest(
                delivery: delivery,
                audience: try Self.audience(query) ?? standard,
                log: try Self.log(query) ?? log
            ),
            reader
        ) { try await reader.requireShown(delivery, in: gateway) }
    }

    /// Which of the platform's logs the bundle is of; nil for the delivery's first.
    private static func log(_ query: QueryParameters) throws(Problem) -> Int? {
        guard let word = query["log"] else { return nil }
        guard let ordinal = Int(word), ordinal > 0 else {
            throw QueryParameters.problem("log", .malformed)
        }
        return ordinal
    }

    private static func audience(
        _ query: QueryParameters
    ) throws(Problem) -> BundleAudience? {
        guard let word = query["for"] else { return nil }
        guard let audience = BundleAudience(rawValue: word) else {
            throw QueryParameters.problem("for", .unknown)
        }
        return audience
    }

    private func bytes(
        of request: BundleRequest,
        _ reader: EvidenceReader,
        _ check: () async throws -> Void
    ) async throws -> [UInt8]? {
        do {
            return try await composing.run(for: reader.party(of: request.delivery)) {
                // Now and not before waiting: it may have been erased meanwhile.
                try await check()
                return try await offLoop {
                    try await gateway.bundle(request, platform: reader.platform)
                }
            }
        } catch let error as EvidenceError where error.code == .limitExceeded {
            throw Problem(.bundleTooLarge)
        }
    }

    private func response(
        _ request: BundleRequest,
        _ reader: EvidenceReader,
        checking check: () async throws -> Void
    ) async throws -> Response {
        guard let bytes = try await bytes(of: request, reader, check) else {
            throw Problem(.notFound)
        }
        var response = try Response.large(
            bytes,
            type: "application/zip",
            to: reader.party(of: request.delivery),
            within: memory
        )
        let name = "cardproof-\(request.delivery.text)-\(request.audience.rawValue).zip"
        response.headers[.contentDisposition] = "attachment; filename=\"\(name)\""
        return response
    }
}
