import AdapterKit
import CardModel
import EvidenceLog
import Gateway
import HTTPTypes
import Hummingbird
import WireFormat

/// What only the operator may do and see. These routes stand on the admin socket alone, where no
/// token is asked for: whoever reaches the file is the operator.
struct AdminRoutes: Sendable {
    /// Bytes of a request of the operator's.
    static let largestBodyBytes = 64 << 10

    let gateway: DeliveryGateway
    let drain: DrainState
    let store: any Store
    let random: any RandomSource

    func add(to table: inout RouteTable) {
        table.on(.get, "/admin/status") { _ in try await status() }
        table.on(.get, "/admin/platforms") { _ in try await platforms() }
        table.on(.post, "/admin/platforms") { try await addPlatform($0) }
        table.on(.get, "/admin/platforms/{platform}/evidence/{index}") { try await evidence($0) }
        table.on(.get, "/admin/quarantine") { try await quarantined($0) }
        table.on(.post, "/admin/quarantine/{number}/read-again") { try await readAgain($0) }
        table.on(.delete, "/admin/quarantine/{number}") { try await discard($0) }
        table.on(.get, "/admin/adapters") { _ in
            .json(["adapters": .array(gateway.registry.listings.map(\.jsonValue))])
        }
        table.on(.get, "/admin/adapters/{id}") { call in
            guard let listing = gateway.registry.describe(String(call.parameters[0])) else {
                throw Problem(.notFound)
            }
            return .json(listing.jsonValue)
        }
    }

    private func status() async throws -> Response {
        .json([
            "ready": .bool(await gateway.isReady()), "draining": .bool(drain.isDraining),
            "open_checks": .integer(Int64(try await gateway.openCheckCount())),
            "platforms": .integer(Int64(gateway.directory.all.count)),
            "products": .integer(Int64(gateway.catalogue.all.count)),
            "adapters_ready": .array(gateway.registry.readyIDs.map { .string($0) }),
        ])
    }

    private func platforms() async throws -> Response {
        var rows: [JSONValue] = []
        for platform in gateway.directory.all {
            var row = platform.adminRow
            let note = try await gateway.log.checkpoint(of: platform.number)
            let checkpoint = try note.map { try SignedCheckpoint(bytes: $0).checkpoint }
            row["log_size"] = checkpoint.map { .integer(Int64($0.size)) } ?? .null
            rows.append(.object(row))
        }
        return .json(["platforms": .array(rows)])
    }

    private func quarantined(_ call: Call) async throws -> Response {
        let query = try QueryParameters(
            call.request.uri.query,
            known: ["cursor", "limit", "platform"]
        )
        let caller = try Caller.operator.narrowed(to: query["platform"], in: gateway.directory)
        let cursor = query["cursor"].map { Int64($0) }
        if case .some(nil) = cursor { throw QueryParameters.problem("cursor", .malformed) }
        let page = try await gateway.quarantinePage(
            platform: caller.platform,
            cursor: cursor ?? nil,
            limit: query.limit
        )
        return .json(page.named("quarantined"))
    }

    private func discard(_ call: Call) async throws -> Response {
        guard let number = Int64(call.parameters[0]),
            try await gateway.discard(quarantined: number)
        else { throw Problem(.notFound) }
        return .json(["status": "discarded"])
    }

    private func readAgain(_ call: Call) async throws -> Response {
        guard let number = Int64(call.parameters[0]),
            let answer = try await gateway.readAgain(quarantined: number)
        else { throw Problem(.notFound) }
        return .json(answer.summary)
    }

    /// A leaf with its opened fields; the card's key stays closed (``DeliveryGateway``).
    private func evidence(_ call: Call) async throws -> Response {
        guard let platform = gateway.directory.platform(named: String(call.parameters[0])),
            let extent = try await LogExtent(of: platform, in: gateway),
            let index = extent.entry(call.parameters[1]),
            let value = try await gateway.openedEvidence(at: index, platform: platform)
        else { throw Problem(.notFound) }
        return .json(value)
    }

    private func addPlatform(_ call: Call) async throws -> Response {
        let request = try NewPlatform(await call.jsonObject(limit: Self.largestBodyBytes))
        let generated = request.webhookKeys.isEmpty ? WebhookKey.secret(random.bytes(32)) : nil
        let token = "cpt_" + Base64.encodeURL(random.bytes(32))
        do {
            let platform = try await gateway.directory.add(
                name: request.name,
                origin: request.origin,
                eventsURL: request.eventsURL,
                webhookKeys: generated.map { [$0] } ?? request.webhookKeys,
                apiToken: token,
                to: store
            )
            var answer = platform.adminRow
            answer["secrets"] = [
                "api_token": .string(token), "events_secret": .string(platform.eventSecret),
                "webhook_secret": JSONValue(orNull: generated?.text),
            ]
            return .json(.object(answer), status: .created)
        } catch let failure as PlatformDirectory.Failure {
            let text = failure.description
            throw Problem(.platformNotAdded, detail: .init(zhCN: text, en: text))
        } catch let error as EvidenceError {
            throw Problem(
                .invalidFields,
                errors: [
                    FieldProblem(
                        .pointer("/origin"),
                        .malformed,
                        detail: .init(zhCN: error.detail, en: error.detail)
                    )
                ]
            )
        }
    }
}

/// The body of `POST /admin/platforms`.
private struct NewPlatform {
    /// Keys of one platform: two while one is rotated out, and a few to spare.
    static let webhookKeyLimit = 8

    let name: String
    let origin: String
    let eventsURL: String?
    let webhookKeys: [WebhookKey]

    init(_ object: JSONObject) throws(Problem) {
        var reader = BodyReader(object)
        let name = reader.string("name", required: true)
        let origin = reader.string("origin", required: true, longest: 255)
        eventsURL = reader.string("events_url")
        var keys: [WebhookKey] = []
        let elements = reader.array("webhook_keys", limit: Self.webhookKeyLimit)
        for (index, element) in elements.enumerated() {
            if let key = element.stringValue.flatMap({ WebhookKey($0) }) {
                keys.append(key)
            } else {
                reader.fail("webhook_keys/\(index)", .malformed)
            }
        }
        webhookKeys = keys
        try reader.finish()
        guard let name, let origin else { throw Problem(.invalidFields) }
        self.name = name
        self.origin = origin
    }
}

extension Platform {
    /// What an operator sees of a platform: nothing secret.
    fileprivate var adminRow: JSONObject {
        JSONObject([
            .init(name: "name", value: .string(name)),
            .init(name: "origin", value: .string(record.origin)),
            .init(name: "events_url", value: JSONValue(orNull: record.eventsURL)),
            .init(name: "created_at", value: .string(record.createdAt.rfc3339)),
            .init(name: "vkey", value: .string(logVerifierKey.vkey)),
            .init(name: "events_public_key", value: .string(eventPublicKey)),
        ])
    }
}
