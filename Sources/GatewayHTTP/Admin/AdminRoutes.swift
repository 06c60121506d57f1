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

    func add(to table: inout RouteTable) {
        table.on(.get, "/admin/status") { _ in
            .json(try await gateway.status(isDraining: drain.isDraining))
        }
        table.on(.get, "/admin/platforms") { _ in .json(try await gateway.platforms()) }
        table.on(.post, "/admin/platforms") { try await addPlatform($0) }
        table.on(.get, "/admin/platforms/{platform}/evidence/{index}") { try await evidence($0) }
        table.on(.get, "/admin/platforms/{platform}/accounts") { call in
            .json(["accounts": try await gateway.partyAccounts(platform: try platform(call))])
        }
        table.on(.post, "/admin/platforms/{platform}/accounts") { try await addAccount($0) }
        table.on(.delete, "/admin/platforms/{platform}/accounts/{name}") { call in
            let name = String(call.parameters[1])
            guard try await gateway.revokePartyAccount(platform: try platform(call), name: name)
            else { throw Problem(.notFound) }
            return .json(["revoked": .string(name)])
        }
        table.on(.get, "/admin/quarantine") { try await quarantined($0) }
        table.on(.post, "/admin/quarantine/{number}/read-again") { try await readAgain($0) }
        table.on(.delete, "/admin/quarantine/{number}") { try await discard($0) }
        table.on(.post, "/admin/keys/master") { try await rotateMasterKey($0) }
        table.on(.post, "/admin/platforms/{platform}/log-rotation") { try await rotateLog($0) }
        table.on(.post, "/admin/deliveries/{id}/erasure") { try await erase($0) }
        table.on(.post, "/admin/erasures/due") { _ in .json(try await gateway.eraseDue()) }
        table.on(.post, "/admin/compaction") { _ in .json(try await gateway.compact()) }
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

    private func platform(_ call: Call) throws(Problem) -> Platform {
        guard let platform = gateway.directory.platform(named: String(call.parameters[0])) else {
            throw Problem(.notFound)
        }
        return platform
    }

    private func addAccount(_ call: Call) async throws -> Response {
        let platform = try platform(call)
        var reader = BodyReader(try await call.jsonObject(limit: Self.largestBodyBytes))
        let name = reader.string("name", required: true, longest: ClaimPrincipal.longestAccount)
        let role = reader.word("role", of: PartyAccount.roles)
        let merchant = reader.string("merchant", required: role == .merchant, longest: 128)
        if let name, !PartyAccount.isWellFormed(name: name) { reader.fail("name", .malformed) }
        if let role, role != .merchant, merchant != nil { reader.fail("merchant", .unknown) }
        try reader.finish()
        guard let name, let role else { throw Problem(.invalidFields) }
        let account = try await gateway.addPartyAccount(
            platform: platform, name: name, role: role, merchant: merchant)
        guard let account else { throw Problem(.accountNotAdded) }
        return .json(account, status: .created)
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
        do {
            let added = try await gateway.addPlatform(
                name: request.name,
                origin: request.origin,
                eventsURL: request.eventsURL,
                webhookKeys: request.webhookKeys
            )
            return .json(added, status: .created)
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
