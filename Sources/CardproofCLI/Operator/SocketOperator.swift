import AdapterKit
import CardModel
import Crypto
import Drivers
import EvidenceLog
import Gateway
import WireFormat

/// The data through the admin socket of the gateway that runs.
struct SocketOperator: Operator {
    private let client: GatewayClient

    init(socketPath: String) throws {
        client = try GatewayClient(url: "http://cardproof", socketPath: socketPath)
    }

    /// Whether a gateway listens.
    func answers() async -> Bool {
        let answer = try? await client.send("GET", "/livez", timeout: .seconds(5))
        return answer?.status == 200
    }

    func deliveries(_ page: PageRequest) async throws -> JSONValue {
        try await json("/v1/deliveries" + (try query(page)))
    }

    func claims(_ page: PageRequest) async throws -> JSONValue {
        try await json("/v1/claims" + (try query(page)))
    }

    func redemptions(_ page: PageRequest) async throws -> JSONValue {
        try await json("/v1/redemptions" + (try query(page)))
    }

    func claim(_ id: String) async throws -> JSONValue? {
        guard let id = ClaimID(id) else { return nil }
        return try await found("/v1/claims/\(id.text)")?.json
    }

    func escalation(of id: String, _ language: Language) async throws -> JSONValue? {
        guard let id = ClaimID(id) else { return nil }
        return try await found("/v1/claims/\(id.text)/escalation", language)?.json
    }

    func evidence(_ index: UInt64, platform: String) async throws -> JSONValue? {
        try checkName(platform)
        return try await found("/admin/platforms/\(platform)/evidence/\(index)")?.json
    }

    func bundle(_ request: BundleRequest) async throws -> [UInt8]? {
        let query =
            "?for=\(request.audience.rawValue)" + (request.revealsKeys ? "&reveal=key" : "")
            + (request.log.map { "&log=\($0)" } ?? "")
        let answer = try await client.send(
            "GET",
            "/v1/deliveries/\(request.delivery.text)/bundle\(query)",
            answerLimit: CanonicalArchive.largestByteCount,
            timeout: GatewayClient.transferTimeout
        )
        if answer.status == 404 { return nil }
        guard answer.isSuccess else { throw answer.failure }
        return answer.body
    }

    func attach(_ offer: AttachmentOffer, content: [UInt8]) async throws -> JSONValue? {
        var query = "?slot=\(offer.slot.rawValue)&by=\(offer.giver.rawValue)"
        if let name = offer.name { query += "&name=\(URLSyntax.percentEncoded(name))" }
        let answer = try await client.send(
            "POST",
            "/v1/deliveries/\(offer.delivery.text)/attachments\(query)",
            headers: [
                ("content-type", offer.mediaType.rawValue),
                ("content-digest", "sha-256=:\(Base64.encode(offer.sha256)):"),
            ],
            body: content,
            timeout: GatewayClient.transferTimeout
        )
        if answer.status == 404 { return nil }
        guard answer.isSuccess else { throw answer.failure }
        return try answer.json
    }

    func platforms() async throws -> JSONValue { try await json("/admin/platforms") }

    func addPlatform(_ order: PlatformOrder) async throws -> JSONValue {
        var body = JSONObject([
            .init(name: "name", value: .string(order.name)),
            .init(name: "origin", value: .string(order.origin)),
            .init(name: "webhook_keys", value: .array(order.webhookKeys.map { .string($0) })),
        ])
        body["events_url"] = order.eventsURL.map { .string($0) }
        let answer = try await client.send(
            "POST",
            "/admin/platforms",
            headers: [("content-type", "application/json")],
            body: JSONValue.object(body).serialized()
        )
        guard answer.isSuccess else { throw answer.failure }
        return try answer.json
    }

    func accounts(of platform: String) async throws -> JSONValue? {
        try checkName(platform)
        return try await found("/admin/platforms/\(platform)/accounts")?.json
    }

    func addAccount(_ order: AccountOrder) async throws -> JSONValue? {
        try checkName(order.platform)
        var body = JSONObject([
            .init(name: "name", value: .string(order.name)),
            .init(name: "role", value: .string(order.role.rawValue)),
        ])
        body["merchant"] = order.merchant.map { .string($0) }
        let answer = try await client.send(
            "POST",
            "/admin/platforms/\(order.platform)/accounts",
            headers: [("content-type", "application/json")],
            body: JSONValue.object(body).serialized()
        )
        if answer.status == 404 { return nil }
        guard answer.isSuccess else { throw answer.failure }
        return try answer.json
    }

    func revokeAccount(_ name: String, of platform: String) async throws -> Bool {
        try checkName(platform)
        let path = "/admin/platforms/\(platform)/accounts/\(URLSyntax.percentEncoded(name))"
        let answer = try await client.send("DELETE", path)
        if answer.status == 404 { return false }
        guard answer.isSuccess else { throw answer.failure }
        return true
    }

    func claimsDue(_ page: PageRequest, before: Instant?) async throws -> JSONValue {
        var path = "/v1/claims/due" + (try query(page))
        if let before { path += "&before=\(URLSyntax.percentEncoded(before.rfc3339))" }
        return try await json(path)
    }

    func claimsQueue(_ page: PageRequest) async throws -> JSONValue {
        try await json("/v1/claims/queue" + (try query(page)))
    }

    func remedies(_ page: PageRequest, state: String?) async throws -> JSONValue {
        var path = "/v1/remedies" + (try query(page))
        if let state { path += "&state=\(URLSyntax.percentEncoded(state))" }
        return try await json(path)
    }

    func logFile(_ path: String, platform: String, log: Int?) async throws -> [UInt8]? {
        try checkName(platform)
        let part = log.map { "\($0)/" } ?? ""
        return try await found("/v1/platforms/\(platform)/log/\(part)\(path)")?.body
    }

    func logs(of platform: String) async throws -> JSONValue? {
        try checkName(platform)
        return try await found("/v1/platforms/\(platform)/logs")?.json
    }

    func rotateLog(_ order: LogRotationOrder) async throws -> JSONValue? {
        try checkName(order.platform)
        var body = JSONObject([.init(name: "again", value: .bool(order.isFurther))])
        body["origin"] = order.origin.map { .string($0) }
        return try await posted(
            "/admin/platforms/\(order.platform)/log-rotation", .object(body))
    }

    func quarantined(_ page: PageRequest) async throws -> JSONValue {
        try await json("/admin/quarantine" + (try query(page)))
    }

    func readAgain(quarantined number: Int64) async throws -> JSONValue? {
        let answer = try await client.send("POST", "/admin/quarantine/\(number)/read-again")
        if answer.status == 404 { return nil }
        guard answer.isSuccess else { throw answer.failure }
        return try answer.json
    }

    func discard(quarantined number: Int64) async throws -> Bool {
        let answer = try await client.send("DELETE", "/admin/quarantine/\(number)")
        if answer.status == 404 { return false }
        guard answer.isSuccess else { throw answer.failure }
        return true
    }

    /// The key goes through the socket that only the gateway's user can open, and stands in no
    /// log: the gateway may not be allowed to read the file.
    func rotateMasterKey(to key: MasterKeyFile) async throws {
        let bytes = try key.read().withUnsafeBytes { Array($0) }
        _ = try await posted("/admin/keys/master", ["key": .string(Base64.encode(bytes))])
    }

    func erase(_ request: ErasureRequest) async throws -> JSONValue? {
        var body = JSONObject([])
        body["request_sha256"] = request.requestSHA256.map { .string(Hexadecimal.encode($0)) }
        body["override_reason"] = request.overrideReason.map { .string($0) }
        return try await posted(
            "/admin/deliveries/\(request.delivery.text)/erasure",
            .object(body)
        )
    }

    func eraseDue() async throws -> JSONValue {
        try await posted("/admin/erasures/due", .object(JSONObject([]))) ?? .null
    }

    func compact() async throws -> JSONValue {
        try await posted("/admin/compaction", .object(JSONObject([]))) ?? .null
    }

    func status() async throws -> JSONValue { try await json("/admin/status") }

    func close() async { await client.close() }

    func query(_ page: PageRequest) throws -> String {
        var parts = ["limit=\(page.limit)"]
        if let platform = page.platform {
            try checkName(platform)
            parts.append("platform=\(platform)")
        }
        if let since = page.since {
            parts.append("since=" + since.rfc3339.replacing(":", with: "%3A"))
        }
        if let state = page.state { parts.append("state=\(state.rawValue)") }
        if let cursor = page.cursor { parts.append("cursor=\(cursor)") }
        return "?" + parts.joined(separator: "&")
    }

    func json(_ path: String) async throws -> JSONValue {
        let answer = try await client.send("GET", path)
        guard answer.isSuccess else { throw answer.failure }
        return try answer.json
    }

    /// Nil for a 404.
    private func posted(_ path: String, _ body: JSONValue) async throws -> JSONValue? {
        let answer = try await client.send(
            "POST",
            path,
            headers: [("content-type", "application/json")],
            body: body.serialized(),
            timeout: .seconds(3_600)
        )
        if answer.status == 404 { return nil }
        guard answer.isSuccess else { throw answer.failure }
        return try answer.json
    }

    func found(
        _ path: String,
        _ language: Language = .en,
        answerLimit: Int = GatewayClient.mostAnswerBytes
    ) async throws -> GatewayAnswer? {
        let answer = try await client.send(
            "GET", path, headers: [("accept-language", language.rawValue)],
            answerLimit: answerLimit)
        if answer.status == 404 { return nil }
        guard answer.isSuccess else { throw answer.failure }
        return answer
    }

    /// A name that no platform can have must not become a part of a path.
    func checkName(_ name: String) throws {
        guard PlatformRecord.isWellFormed(name: name) else {
            throw CommandFailure.unknownPlatform(name)
        }
    }
}
