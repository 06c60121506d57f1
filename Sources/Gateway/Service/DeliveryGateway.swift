public import AdapterKit
public import CardModel
import Crypto
public import EvidenceLog
public import Logging
import Metrics
public import ServiceLifecycle
import WireFormat

/// The service: intake → check → evidence → duplicates → claim → notify; stock audit; timers.
///
/// This module declares the ports it needs (``Store``, ``TimeSource``, ``RandomSource``,
/// ``CheckpointSigner``) beside their use and knows no driver, no socket and no file.
///
/// ``DeliveryGateway`` is its front: the HTTP routes, the admin socket and the embedded self-test
/// call it, and ``run()`` carries out what they enqueue.
public final class DeliveryGateway: Service {
    /// What the gateway is made of; all of it is given, so that tests can replace any part.
    public struct Parts: Sendable {
        public var store: any Store
        public var directory: PlatformDirectory
        public var registry: AdapterRegistry
        public var catalogue: ProductCatalogue
        public var transport: any HTTPTransport
        public var time: any TimeSource
        public var random: any RandomSource
        public var logger: Logger
        public var reask: ReaskSchedule
        public var eventSchedule: EventSchedule
        public var selfTestBudget: SelfTestBudget
        /// Where issuers reach the public listener: scheme, host and port, without a slash at the
        /// end; nil when they cannot.
        public var publicURL: String?
        public var issuerPauses: IssuerPauses
        /// The operator's own canaries, by adapter.
        public var canaries: [String: CanaryPlan]
        /// Shops that tell of their deliveries in their own formats.
        public var shops: [ShopInbox]
        public var attachments: any AttachmentVault
        /// Draws statements on paper; nil where the program is not installed.
        public var renderer: (any DocumentRenderer)?
        /// Who cosigns the logs' checkpoints.
        public var witnesses: WitnessRoster
        /// How long completed transactions are kept, whoever wants them erased.
        public var retention: RetentionRule
        public var timeStamps: TimeStampPlan
        /// When a batch of stock that is registered from now on is recalled by itself.
        public var recallRule: RecallRule
        public var merchants: MerchantBook
        /// What platforms publish of how to complain.
        public var complaints: ComplaintBook

        public init(
            store: any Store,
            directory: PlatformDirectory,
            registry: AdapterRegistry,
            catalogue: ProductCatalogue,
            transport: any HTTPTransport,
            time: any TimeSource,
            random: any RandomSource,
            logger: Logger,
            reask: ReaskSchedule = .standard,
            eventSchedule: EventSchedule = .standard,
            selfTestBudget: SelfTestBudget = .default,
            publicURL: String? = nil,
            issuerPauses: IssuerPauses = .standard,
            canaries: [String: CanaryPlan] = [:],
            shops: [ShopInbox] = [],
            attachments: any AttachmentVault = NoAttachmentVault(),
            renderer: (any DocumentRenderer)? = nil,
            witnesses: WitnessRoster = .none,
            retention: RetentionRule = .standard,
            timeStamps: TimeStampPlan = .none,
            recallRule: RecallRule = .standard,
            merchants: MerchantBook = MerchantBook(),
            complaints: ComplaintBook = ComplaintBook()
        ) {
            self.store = store
            self.directory = directory
            self.registry = registry
            self.catalogue = catalogue
            self.transport = transport
            self.time = time
            self.random = random
            self.logger = logger
            self.reask = reask
            self.eventSchedule = eventSchedule
            self.selfTestBudget = selfTestBudget
            self.publicURL = publicURL
            self.issuerPauses = issuerPauses
            self.canaries = canaries
            self.shops = shops
            self.attachments = attachments
            self.renderer = renderer
            self.witnesses = witnesses
            self.retention = retention
            self.timeStamps = timeStamps
            self.recallRule = recallRule
            self.merchants = merchants
            self.complaints = complaints
        }
    }

    /// How long checks under way may still take at shutdown before they are given back.
    public static let drainLimit = Duration.seconds(10)

    let parts: Parts
    let committer: Committer
    let builder: AdmissionBuilder
    let policies: PolicyLibrary
    let waiters: VerdictWaiters
    let events: EventSender
    /// The one way to each issuer, by adapter.
    let gates: [String: IssuerGate]
    private let lanes: [String: IssuerLane<CheckWork>]
    let redemptions: RedemptionRunner
    let redemptionLanes: RedemptionLanes
    private let canaryLanes: [CanaryLane]
    let cosigning: Cosigning
    let timeStamper: TimeStamper
    private let recalls: RecallLane
    private let claimLane: ClaimLane
    let claimDrafting: ClaimDrafting
    public let log: LogReader

    /// Opens the gateway over a store: loads the platforms' secrets and keeps today's policies.
    /// - Throws: ``PlatformDirectory/Failure`` or ``StoreError``.
    public init(_ parts: Parts) async throws {
        try await parts.directory.load(from: parts.store)
        guard let pepper = parts.directory.pepper else {
            throw StoreError.broken("the deployment has no pepper")
        }
        self.parts = parts
        committer = Committer(store: parts.store, logger: parts.logger)
        builder = AdmissionBuilder(
            catalogue: parts.catalogue,
            fingerprinter: CardFingerprinter(pepper: pepper),
            localAdapters: parts.registry.localAdapters,
            random: parts.random
        )
        policies = PolicyLibrary(store: parts.store, ruleBook: parts.catalogue.ruleBook)
        try await policies.keep(parts.catalogue.policies)
        let waiters = VerdictWaiters(time: parts.time)
        self.waiters = waiters
        let events = EventSender(
            store: parts.store,
            directory: parts.directory,
            transport: parts.transport,
            schedule: parts.eventSchedule,
            time: parts.time,
            random: parts.random,
            logger: parts.logger
        )
        self.events = events
        log = LogReader(store: parts.store, quorum: parts.witnesses.quorum)
        let positions = try await parts.store.witnessPositions()
        cosigning = Cosigning(parts, log: log, positions: positions)
        let degraded = try await parts.store.degradedAdapters()
        let trust = AdapterTrust(distrusted: degraded.map(\.adapter))
        gates = Self.gates(parts)
        let lanes = Self.lanes(
            parts,
            gates: gates,
            trust: trust,
            committer: committer,
            policies: policies,
            waiters: waiters,
            events: events
        )
        self.lanes = lanes
        canaryLanes = Self.canaryLanes(parts, degraded, gates, trust, committer) { adapter in
            lanes[adapter]?.wake()
            events.wake()
        }
        timeStamper = TimeStamper(parts, gates: gates, committer: committer)
        recalls = RecallLane(parts, committer: committer, events: events)
        claimDrafting = ClaimDrafting(parts: parts, policies: policies)
        claimLane = ClaimLane(
            parts, committer: committer, drafting: claimDrafting, events: events)
        let redemptions = RedemptionRunner(parts, policies: policies, trust: trust)
        self.redemptions = redemptions
        redemptionLanes = RedemptionLanes(
            parts,
            gates: gates,
            committer: committer,
            runner: redemptions,
            waiters: waiters,
            events: events
        )
    }

    /// Carries out checks and sends events until the service group shuts down gracefully; then
    /// takes no more, finishes what is under way or gives it back, and returns.
    /// - Throws: ``StoreError/broken(_:)`` when the store cannot be trusted any more: the process
    ///   must end.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let work = Task { await self.work() }
            group.addTask { [committer] in
                for await failure in committer.failure { throw failure }
            }
            group.addTask { [store = parts.store] in
                for await failure in store.failure { throw failure }
            }
            group.addTask {
                try? await gracefulShutdown()
                self.stop()
                await self.drain(work)
            }
            defer { work.cancel() }
            try await group.next()
            group.cancelAll()
        }
    }

    private func work() async {
        await withDiscardingTaskGroup { group in
            for lane in lanes.values { group.addTask { await lane.run() } }
            for lane in redemptionLanes.all { group.addTask { await lane.run() } }
            for lane in canaryLanes { group.addTask { await lane.run() } }
            group.addTask { await self.timeStamper.run() }
            group.addTask { await self.recalls.run() }
            group.addTask { await self.claimLane.run() }
            group.addTask { await self.events.run() }
            group.addTask { await self.cosigning.run() }
        }
    }

    private func stop() {
        for lane in lanes.values { lane.stop() }
        for lane in redemptionLanes.all { lane.stop() }
        for lane in canaryLanes { lane.stop() }
        timeStamper.stop()
        recalls.stop()
        claimLane.stop()
        events.stop()
        cosigning.stop()
    }

    /// Waits for the work, and cancels what outlasts the limit, which gives its leases back.
    private func drain(_ work: Task<Void, Never>) async {
        let timer = Task { [time = parts.time] in
            try? await time.sleep(for: Self.drainLimit)
            if !Task.isCancelled { work.cancel() }
        }
        await work.value
        timer.cancel()
        committer.close()
    }

    /// Lets the lanes look for the checks that a commit enqueued.
    func wake(for receipt: Receipt, adapters: some Sequence<String>) {
        for adapter in adapters { lanes[adapter]?.wake() }
        if receipt.hasEvents { events.wake() }
    }

    /// What a verifier needs to judge logs: their keys, the witnesses and their quorum.
    public func policy(of logs: [LogRecord]) throws -> LogPolicy {
        try parts.witnesses.policy(for: logs.map { try NoteVerifierKey(vkey: $0.vkey) })
    }

    public var directory: PlatformDirectory { parts.directory }
    public var registry: AdapterRegistry { parts.registry }
    public var catalogue: ProductCatalogue { parts.catalogue }

    /// Whether a request could be served now: the store answers.
    public func isReady() async -> Bool {
        do { try await parts.store.ping() } catch { return false }
        return true
    }

    /// Checks that wait or are under way.
    public func openCheckCount() async throws -> Int { try await parts.store.openCheckCount() }
}
