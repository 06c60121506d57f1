import CardModel
import Gateway
import HTTPTypes
import Hummingbird
import WireFormat

/// Where codes came from and whom they went to, for the platform alone: whoever else could ask
/// would learn which codes were sold.
struct ProvenanceRoutes: Sendable {
    /// Bytes of a question: a product and a code.
    static let largestBodyBytes = 4 << 10

    let gateway: DeliveryGateway
    /// Each reads some dozen rows.
    private let reading = WorkLimit<PlatformNumber>(mostAtOnce: 4, mostWaiting: 64, mostOfOne: 16)

    init(gateway: DeliveryGateway) {
        self.gateway = gateway
    }

    func add(to table: inout RouteTable, authorising authorise: CallerRule) {
        @Sendable func own(_ call: Call) throws(Problem) -> Platform {
            guard let platform = try authorise(call).platform else { throw Problem(takes: .system) }
            return platform
        }
        table.on(.post, "/v1/provenance") { try await find($0, own($0)) }
        table.on(.get, "/v1/deliveries/{id}/items/{line}/provenance") {
            try await read($0, own($0))
        }
    }

    /// The code stands in the body: an address is written down by everybody on its way.
    private func find(_ call: Call, _ platform: Platform) async throws -> Response {
        var reader = BodyReader(try await call.jsonObject(limit: Self.largestBodyBytes))
        let product = reader.string("product", required: true)
        let serial = reader.string("serial", longest: DeliveryNotice.longestCodeField)
        let key = reader.string(
            "key", required: true, longest: DeliveryNotice.longestCodeField)
        try reader.finish()
        guard let product, let key else { throw Problem(.invalidFields) }
        let code = CardCode(serial: serial.map { SerialNumber($0) }, key: CardKey(key))
        return .json(
            try await reading.run(for: platform.number) {
                try await gateway.provenance(of: code, product: product, platform: platform)
            })
    }

    private func read(_ call: Call, _ platform: Platform) async throws -> Response {
        guard let id = DeliveryID(call.parameters[0]), let line = Int(call.parameters[1]),
            String(line) == call.parameters[1]
        else { throw Problem(.notFound) }
        if let reason = try await gateway.withheld(id, from: platform) {
            throw Problem(withheld: reason)
        }
        let found = try await reading.run(for: platform.number) {
            try await gateway.provenance(of: id, line: line, platform: platform)
        }
        guard let found else { throw Problem(.notFound) }
        return .json(found)
    }
}
