public import Crypto
public import EvidenceLog
import Synchronization
import WireFormat

/// The platforms of this deployment with their secrets opened, and the signer of their logs.
public final class PlatformDirectory: CheckpointSigner {
    /// Why a platform could not be added or opened.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// The vault that opens the store first. A second one while it is not known yet whether a
    /// rotation that was interrupted had reached the store.
    private let vaults: Mutex<[SecretVault]>
    /// Whether somebody is sealing secrets: one at a time, so that none is sealed under a key that
    /// is being replaced.
    private let isSealing = Mutex(false)
    let random: any RandomSource
    let time: any TimeSource
    let platforms = Mutex(Loaded())
    private let deployment = Mutex<DeploymentSecrets?>(nil)

    struct Loaded {
        private(set) var byNumber: [PlatformNumber: Platform] = [:]
        private(set) var byName: [String: Platform] = [:]
        /// Platforms as they will be once the rotation of their log that is under way is committed:
        /// its transaction signs for them already.
        var successors: [PlatformNumber: Platform] = [:]

        mutating func put(_ platform: Platform) {
            byNumber[platform.number] = platform
            byName[platform.name] = platform
        }
    }

    /// - Parameter nextKey: of a rotation that may have been interrupted; tried when the master
    ///   key does not open the store.
    public init(
        masterKey: SymmetricKey,
        nextKey: SymmetricKey? = nil,
        random: any RandomSource,
        time: any TimeSource
    ) {
        vaults = Mutex(
            ([masterKey] + (nextKey.map { [$0] } ?? [])).map { SecretVault(masterKey: $0) })
        self.random = random
        self.time = time
    }

    /// Opens what the store holds, and makes the deployment's secrets on the first start.
    /// - Throws: ``Failure`` when the master key does not open them, or ``StoreError``.
    public func load(from store: any Store) async throws {
        let fresh = try sealingVault().seal(
            DeploymentSecrets(random: random).jsonValue,
            scope: Scope.deployment,
            random: random
        )
        let sealed = try await store.keepDeploymentSecrets(fresh)
        guard let secrets = opened(deployment: sealed) else {
            throw Failure(
                description: "the master key does not open this store: it was made with another "
                    + "one; put the right key back (keys.master)"
            )
        }
        vaults.withLock { vaults in vaults.removeAll { !$0.opens(sealed, scope: Scope.deployment) }
        }
        deployment.withLock { $0 = secrets }
        for record in try await store.platforms() {
            let platform = try open(record)
            platforms.withLock { $0.put(platform) }
            // A crash may have come between the platform and its log.
            try await store.beginLog(platform.firstLog)
        }
    }

    /// Adds a platform with fresh keys and an empty log.
    /// - Parameter webhookKeys: what the platform signs its notices with.
    public func add(
        name: String,
        origin: String,
        eventsURL: String?,
        webhookKeys: [WebhookKey],
        apiToken: String,
        to store: any Store
    ) async throws -> Platform {
        guard PlatformRecord.isWellFormed(name: name) else {
            throw Failure(
                description: "a platform's name has 1 to 40 lower-case letters, digits and inner "
                    + "dashes"
            )
        }
        try await beginSealing()
        defer { endSealing() }
        let secrets = PlatformSecrets(
            webhookKeys: webhookKeys,
            apiTokenDigests: [Array(SHA256.hash(data: Array(apiToken.utf8)))],
            random: random
        )
        let sealed = try sealingVault().seal(
            secrets.jsonValue,
            scope: Scope.platform(name),
            random: random
        )
        let record = PlatformRecord(
            number: PlatformNumber(rawValue: 0),
            name: name,
            origin: origin,
            eventsURL: eventsURL,
            sealedSecrets: sealed,
            createdAt: time.now()
        )
        // The origin must be one a note can be signed under, before anything is written.
        _ = try Platform(record: record, secrets: secrets)
        guard let added = try await store.addPlatform(record) else {
            throw Failure(description: "there is a platform \(name), or one with origin \(origin)")
        }
        let platform = try Platform(record: added, secrets: secrets)
        platforms.withLock { $0.put(platform) }
        try await store.beginLog(platform.firstLog)
        return platform
    }

    /// Sends a platform no more events: its receiver said that it is gone (410). Setting an
    /// address again starts it.
    func disableEvents(of number: PlatformNumber, in store: any Store) async throws {
        try await beginSealing()
        defer { endSealing() }
        guard let platform = platform(number) else { return }
        var record = platform.record
        record.eventsURL = nil
        let silent = try Platform(record: record, secrets: platform.secrets)
        try await store.updatePlatform(record)
        platforms.withLock { $0.put(silent) }
    }

    // MARK: The master key

    /// Wraps every secret of the store under another master key, in one transaction: the values of
    /// the secrets stay, so nothing that is sealed, signed or fingerprinted with them changes.
    ///
    /// Before it returns the old key opens the store, after it the new one, whatever happens in
    /// between. Does nothing when the new key is in force already.
    /// - Throws: ``Failure`` when a secret does not open, or ``StoreError``; then nothing changed.
    public func rotateMasterKey(to key: SymmetricKey, in store: any Store) async throws {
        try await beginSealing()
        defer { endSealing() }
        let (old, new) = (try sealingVault(), SecretVault(masterKey: key))
        if let sealed = try await store.deploymentSecrets(),
            new.opens(sealed, scope: Scope.deployment)
        {
            return
        }
        let random = random
        let rewrapped = try await store.rewrapSecrets { secrets in
            try? SealedSecrets(
                deployment: new.sealing(
                    secrets.deployment, of: old, scope: Scope.deployment, random: random),
                platforms: secrets.platforms.map { platform in
                    var platform = platform
                    platform.sealedSecrets = try new.sealing(
                        platform.sealedSecrets, of: old, scope: Scope.platform(platform.name),
                        random: random)
                    return platform
                }
            )
        }
        guard let rewrapped else {
            throw Failure(description: "a secret of the store does not open: nothing was changed")
        }
        vaults.withLock { $0 = [new] }
        for record in rewrapped.platforms {
            guard let known = platform(record.number) else { continue }
            let renewed = try Platform(record: record, secrets: known.secrets)
            platforms.withLock { $0.put(renewed) }
        }
    }

    func beginSealing() async throws {
        while !isSealing.withLock({ isSealing in
            defer { isSealing = true }
            return !isSealing
        }) { try await time.sleep(for: .milliseconds(10)) }
    }

    func endSealing() { isSealing.withLock { $0 = false } }

    public func platform(named name: String) -> Platform? {
        platforms.withLock { $0.byName[name] }
    }

    public func platform(_ number: PlatformNumber) -> Platform? {
        platforms.withLock { $0.byNumber[number] }
    }

    public var all: [Platform] {
        platforms.withLock { $0.byNumber.values.sorted { $0.number < $1.number } }
    }

    /// The platform whose API token this is.
    public func platform(withAPIToken token: String) -> Platform? {
        all.first { $0.accepts(apiToken: token) }
    }

    /// The platform that made `token`; nil when nobody did.
    public func platform(ofGenuine token: OrderToken) -> Platform? {
        platform(token.platform).flatMap { token.isGenuine(under: $0.orderTokenHash) ? $0 : nil }
    }

    var pepper: SymmetricKey? { deployment.withLock { $0?.pepper } }

    public func signCheckpoint(
        of log: LogName,
        size: UInt64,
        root: TreeHash
    ) throws -> SignedCheckpoint {
        let known = platforms.withLock {
            [$0.byNumber[log.platform], $0.successors[log.platform]].compactMap(\.self)
        }
        guard let platform = known.first(where: { $0.openLog == log }) else {
            throw Failure(
                description: "log \(log.ordinal) of platform \(log.platform.rawValue) is not loaded"
            )
        }
        let checkpoint = try Checkpoint(origin: platform.record.origin, size: size, root: root)
        return try SignedCheckpoint(checkpoint, signedBy: platform.logSigner)
    }

    public func hasEventListener(_ platform: PlatformNumber) -> Bool {
        self.platform(platform)?.record.eventsURL != nil
    }

    /// The deployment's secrets, opened and not kept: for an audit. Nil when they do not open.
    func opened(deployment sealed: [UInt8]) -> DeploymentSecrets? {
        open(sealed, scope: Scope.deployment).flatMap { DeploymentSecrets(jsonValue: $0) }
    }

    /// A platform, opened and not kept: for an audit. Nil when its secrets do not open.
    func opened(_ record: PlatformRecord) -> Platform? { try? open(record) }

    private func open(_ record: PlatformRecord) throws -> Platform {
        guard
            let value = open(record.sealedSecrets, scope: Scope.platform(record.name)),
            let secrets = PlatformSecrets(jsonValue: value)
        else {
            throw Failure(
                description: "the secrets of platform \(record.name) do not open with this "
                    + "master key"
            )
        }
        return try Platform(record: record, secrets: secrets)
    }

    private func open(_ sealed: [UInt8], scope: String) -> JSONValue? {
        vaults.withLock { $0 }.lazy.compactMap { try? $0.open(sealed, scope: scope) }.first
    }

    func sealingVault() throws -> SecretVault {
        guard let vault = vaults.withLock({ $0.first }) else {
            throw Failure(description: "no master key is loaded")
        }
        return vault
    }

    enum Scope {
        static let deployment = "deployment"
        static func platform(_ name: String) -> String { "platform:\(name)" }
    }
}
