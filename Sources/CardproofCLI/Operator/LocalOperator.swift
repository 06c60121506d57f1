import AdapterKit
import CardModel
import Crypto
import Drivers
import EvidenceLog
import Gateway
import WireFormat

/// The data without a running gateway: the store is opened under its lock, nothing is carried out.
struct LocalOperator: Operator {
    private let deployment: Deployment

    init(_ deployment: Deployment) { self.deployment = deployment }

    var gateway: DeliveryGateway { deployment.gateway }

    func deliveries(_ page: PageRequest) async throws -> JSONValue {
        let result = try await gateway.notices(
            platform: try platform(page.platform),
            since: page.since,
            cursor: page.cursor,
            limit: page.limit
        )
        return result.named("deliveries")
    }

    func claims(_ page: PageRequest) async throws -> JSONValue {
        let result = try await gateway.claims(
            platform: try platform(page.platform),
            cursor: page.cursor,
            limit: page.limit
        )
        return result.named("claims")
    }

    func redemptions(_ page: PageRequest) async throws -> JSONValue {
        let result = try await gateway.redemptions(
            platform: try platform(page.platform),
            state: page.state,
            cursor: page.cursor,
            limit: page.limit
        )
        return result.named("redemptions")
    }

    func claim(_ id: String) async throws -> JSONValue? {
        guard let id = ClaimID(id) else { return nil }
        return try await gateway.claim(id, platform: nil, for: .platform, isReviewer: true)
    }

    func escalation(of id: String, _ language: Language) async throws -> JSONValue? {
        guard let id = ClaimID(id), let platform = try await gateway.platform(ofClaim: id)
        else { return nil }
        return try await gateway.escalation(of: id, platform: platform, language: language)
    }

    func evidence(_ index: UInt64, platform name: String) async throws -> JSONValue? {
        // The last index of all would overflow the range that is read.
        guard let platform = try platform(name), index < UInt64(Int64.max) else { return nil }
        return try await gateway.openedEvidence(at: index, platform: platform)
    }

    func bundle(_ request: BundleRequest) async throws -> [UInt8]? {
        guard let platform = try await gateway.platform(ofDelivery: request.delivery) else {
            return nil
        }
        return try await gateway.bundle(request, platform: platform)
    }

    func attach(_ offer: AttachmentOffer, content: [UInt8]) async throws -> JSONValue? {
        guard let platform = try await gateway.platform(ofDelivery: offer.delivery) else {
            return nil
        }
        let pieces = AsyncStream { continuation in
            continuation.yield(content)
            continuation.finish()
        }
        switch await gateway.attach(offer, content: pieces, platform: platform) {
        case .added(let value), .repeated(let value): return value
        case .unknown: return nil
        case .tooLarge, .otherDigest, .cutOff:
            throw CommandFailure.usage("the file changed while it was read, or is too large")
        case .notAllowed(let reason), .unavailable(let reason):
            throw CommandFailure.failed("the file was not added: \(reason)")
        }
    }

    func platforms() async throws -> JSONValue { try await gateway.platforms() }

    func addPlatform(_ order: PlatformOrder) async throws -> JSONValue {
        var keys: [WebhookKey] = []
        for text in order.webhookKeys {
            guard let key = WebhookKey(text) else {
                throw CommandFailure.usage("a webhook key is whsec_… or whpk_…")
            }
            keys.append(key)
        }
        do {
            return try await gateway.addPlatform(
                name: order.name,
                origin: order.origin,
                eventsURL: order.eventsURL,
                webhookKeys: keys
            )
        } catch let failure as PlatformDirectory.Failure {
            throw CommandFailure.usage(failure.description)
        } catch let error as EvidenceError {
            throw CommandFailure.usage("the origin \(order.origin) cannot name a log: \(error)")
        }
    }

    func accounts(of name: String) async throws -> JSONValue? {
        guard let platform = try platform(name) else { return nil }
        return ["accounts": try await gateway.partyAccounts(platform: platform)]
    }

    func addAccount(_ order: AccountOrder) async throws -> JSONValue? {
        guard let platform = try platform(order.platform) else { return nil }
        let account = try await gateway.addPartyAccount(
            platform: platform, name: order.name, role: order.role, merchant: order.merchant)
        guard let account else {
            throw CommandFailure.usage("\(order.platform) has an account `\(order.name)` already")
        }
        return account
    }

    func revokeAccount(_ account: String, of name: String) async throws -> Bool {
        guard let platform = try platform(name) else { return false }
        return try await gateway.revokePartyAccount(platform: platform, name: account)
    }

    func claimsDue(_ page: PageRequest, before: Instant?) async throws -> JSONValue {
        let claims = try await gateway.claimsDue(
            before: before ?? gateway.now + .seconds(86_400),
            platform: try platform(page.platform), merchant: nil, limit: page.limit)
        return ["claims": claims]
    }

    func claimsQueue(_ page: PageRequest) async throws -> JSONValue {
        let claims = try await gateway.reviewQueue(
            platform: try platform(page.platform), limit: page.limit)
        return ["claims": claims]
    }

    func remedies(_ page: PageRequest, state: String?) async throws -> JSONValue {
        let wanted = state.map { RemedyRecord.State(rawValue: $0) }
        if case .some(nil) = wanted {
            throw CommandFailure.usage("--state is requested, checking, done or cancelled")
        }
        let page = try await gateway.remedies(
            platform: try platform(page.platform), state: wanted ?? nil, cursor: page.cursor,
            limit: page.limit)
        return page.named("remedies")
    }

    func logFile(_ path: String, platform name: String, log ordinal: Int?) async throws -> [UInt8]?
    {
        guard let platform = try platform(name) else { return nil }
        let logs = try await gateway.log.logs(of: platform.number)
        let wanted = ordinal.map { wanted in logs.first { $0.ordinal == wanted } } ?? logs.last
        guard let log = wanted else { return nil }
        switch path {
        case LogFolder.checkpointPath: return try await gateway.log.checkpoint(of: log)
        case LogFolder.verifierKeyPath: return Array((log.vkey + "\n").utf8)
        case LogFolder.policyPath: return try gateway.policy(of: [log]).serialized
        default:
            let size = try await gateway.log.size(of: log)
            return try await gateway.log.tile(try TilePath(path: path), of: log, size: size)
        }
    }

    func logs(of name: String) async throws -> JSONValue? {
        guard let platform = try platform(name) else { return nil }
        return try await gateway.logs(of: platform)
    }

    func rotateLog(_ order: LogRotationOrder) async throws -> JSONValue? {
        do {
            return try await gateway.rotateLog(
                of: order.platform, to: order.origin, isFurther: order.isFurther)
        } catch let failure as PlatformDirectory.Failure {
            throw CommandFailure.usage(failure.description)
        } catch let error as EvidenceError {
            throw CommandFailure.usage("the origin cannot name a log: \(error)")
        }
    }

    func quarantined(_ page: PageRequest) async throws -> JSONValue {
        let result = try await gateway.quarantinePage(
            platform: try platform(page.platform),
            cursor: page.cursor.flatMap { Int64($0) },
            limit: page.limit
        )
        return result.named("quarantined")
    }

    func readAgain(quarantined number: Int64) async throws -> JSONValue? {
        throw CommandFailure.unreachable(
            "a message becomes a delivery only in a running gateway: start `cardproof serve`"
        )
    }

    func discard(quarantined number: Int64) async throws -> Bool {
        try await gateway.discard(quarantined: number)
    }

    func rotateMasterKey(to key: MasterKeyFile) async throws {
        do {
            try await gateway.rotateMasterKey(to: try key.read().withUnsafeBytes { Array($0) })
        } catch let failure as PlatformDirectory.Failure {
            throw CommandFailure.failed(failure.description)
        }
    }

    func erase(_ request: ErasureRequest) async throws -> JSONValue? {
        let answer = try await gateway.erase(
            request.delivery,
            requestSHA256: request.requestSHA256,
            overrideReason: request.overrideReason
        )
        switch answer {
        case .done(let value): return value
        case .unknown: return nil
        case .unavailable(let reason):
            throw CommandFailure.failed("the store did not take it: \(reason)")
        }
    }

    func eraseDue() async throws -> JSONValue { try await gateway.eraseDue() }

    func compact() async throws -> JSONValue { try await gateway.compact() }

    func status() async throws -> JSONValue { try await gateway.status(isDraining: false) }

    func close() async { await deployment.close() }

    func platform(_ name: String?) throws -> Platform? {
        guard let name else { return nil }
        guard let platform = gateway.directory.platform(named: name) else {
            throw CommandFailure.unknownPlatform(name)
        }
        return platform
    }
}

extension CommandFailure {
    static func unknownPlatform(_ name: String) -> CommandFailure {
        .usage("there is no platform `\(name)`; `cardproof tenant list` names them")
    }
}
