import AdapterKit
import Crypto
import EvidenceLog
public import WireFormat

/// What only the operator sees and does, whichever way he comes: through the admin socket of a
/// running gateway, or by opening the store.
extension DeliveryGateway {
    /// How the gateway is.
    ///
    /// - Parameter isDraining: it is shutting down and takes nothing more.
    public func status(isDraining: Bool) async throws -> JSONValue {
        [
            "ready": .bool(await isReady()), "draining": .bool(isDraining),
            "open_checks": .integer(Int64(try await openCheckCount())),
            "platforms": .integer(Int64(directory.all.count)),
            "products": .integer(Int64(catalogue.all.count)),
            "adapters_ready": .array(registry.readyIDs.map { .string($0) }),
            "witness_quorum": parts.witnesses.quorum.map { .integer(Int64($0.threshold)) } ?? .null,
            "witnesses": .array(cosigning.rows()),
            "time_stamps": timeStamper.status,
        ]
    }

    /// Every platform, with the size of its log.
    public func platforms() async throws -> JSONValue {
        var rows: [JSONValue] = []
        for platform in directory.all {
            var row = platform.operatorRow
            let logs = try await log.logs(of: platform.number)
            row["log_size"] = .null
            if let open = logs.last {
                row["log_size"] = .integer(Int64(try await log.size(of: open)))
            }
            row["logs"] = .integer(Int64(logs.count))
            rows.append(.object(row))
        }
        return ["platforms": .array(rows)]
    }

    /// Octets of a master key.
    public static let masterKeyByteCount = 32

    /// Wraps the store under another master key, and removes what its files still hold under the
    /// old one.
    ///
    /// - Parameter key: ``masterKeyByteCount`` octets.
    public func rotateMasterKey(to key: [UInt8]) async throws {
        try await directory.rotateMasterKey(to: SymmetricKey(data: key), in: parts.store)
        _ = try await parts.store.removeTraces(rewriting: false)
    }

    /// Adds a platform, and makes the secrets it lacks.
    ///
    /// - Parameter webhookKeys: what it signs its deliveries with; a secret is made when there is
    ///   none.
    /// - Returns: the platform, with `secrets` that are shown this once.
    /// - Throws: `PlatformDirectory.Failure` for a name or origin that is taken or is none,
    ///   `EvidenceError` for an origin that cannot name a log.
    public func addPlatform(
        name: String,
        origin: String,
        eventsURL: String?,
        webhookKeys: [WebhookKey]
    ) async throws -> JSONValue {
        let generated = webhookKeys.isEmpty ? WebhookKey.secret(parts.random.bytes(32)) : nil
        let token = "cpt_" + Base64.encodeURL(parts.random.bytes(32))
        let platform = try await directory.add(
            name: name,
            origin: origin,
            eventsURL: eventsURL,
            webhookKeys: generated.map { [$0] } ?? webhookKeys,
            apiToken: token,
            to: parts.store
        )
        var answer = platform.operatorRow
        answer["secrets"] = [
            "api_token": .string(token), "events_secret": .string(platform.eventSecret),
            "webhook_secret": JSONValue(text: generated?.text),
        ]
        return .object(answer)
    }
}

extension Platform {
    /// What an operator sees of a platform: nothing secret.
    fileprivate var operatorRow: JSONObject {
        JSONObject([
            .init(name: "name", value: .string(name)),
            .init(name: "origin", value: .string(record.origin)),
            .init(name: "events_url", value: JSONValue(text: record.eventsURL)),
            .init(name: "created_at", value: .string(record.createdAt.rfc3339)),
            .init(name: "vkey", value: .string(logVerifierKey.vkey)),
            .init(name: "events_public_key", value: .string(eventPublicKey)),
        ])
    }
}
