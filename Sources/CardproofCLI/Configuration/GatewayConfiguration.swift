import AdapterKit
import CardModel
import Drivers
import Foundation
import Gateway
import GatewayHTTP
import Logging

/// Everything a gateway needs to know, checked.
struct GatewayConfiguration {
    let listen: ListenAddress
    /// Where issuers reach the API; nil when they cannot.
    let publicURL: String?
    let metricsListen: ListenAddress
    /// Folder of the store, its lock and the admin socket.
    let dataFolder: String
    /// Nil when neither the configuration nor systemd names one.
    let masterKey: MasterKeyFile?
    /// Before a platform's name in its log's origin.
    let logOrigin: String?
    let logLevel: Logger.Level
    let accessLog: GatewayServer.AccessLog
    let clientAddressHeader: String?
    let eventLoopThreads: Int
    let outbound: CurlConfiguration
    let registry: AdapterRegistry
    /// Runs the programs of process adapters.
    let programs: AdapterPrograms
    let catalogue: ProductCatalogue
    let reask: ReaskSchedule
    let eventSchedule: EventSchedule
    let selfTestBudget: SelfTestBudget
    let issuerPauses: IssuerPauses
    /// The operator's own canaries, by adapter.
    let canaries: [String: CanaryPlan]
    let shops: [ShopInbox]
    /// Draws statements; nil when it is not installed.
    let renderer: ProgramRenderer?
    /// Who cosigns the logs' checkpoints.
    let witnesses: WitnessRoster
    let retention: RetentionRule
    let timeStamps: TimeStampSection.Settings
    /// When a batch of stock is recalled by itself.
    let recallRule: RecallRule
    /// What is kept of merchants.
    let merchants: MerchantBook
    /// How to complain on each platform.
    let complaints: ComplaintBook
    let sources: ConfigurationSources

    /// How much longer than its schedule a pause may be, so that codes do not come back in step.
    private static let jitterShare = 0.1

    var storePath: String { Self.storePath(in: dataFolder) }
    var attachmentsFolder: String { dataFolder + "/attachments" }
    var lockPath: String { dataFolder + "/cardproof.lock" }
    var adminSocketPath: String { dataFolder + "/admin.sock" }

    static func storePath(in dataFolder: String) -> String { dataFolder + "/cardproof.db" }

    /// Puts the sources together; nil, or with faults, when something is wrong.
    static func make(
        _ sources: ConfigurationSources,
        credentialsDirectory: String?,
        faults: FaultList
    ) -> GatewayConfiguration? {
        let programs = AdapterPrograms.ofThisMachine()
        let adapters = AdapterSection(
            node: sources.structures["adapters"],
            folder: sources.text("adapters_directory"),
            programs: programs,
            faults: faults
        )
        let minimum = MinimumPolicy(sources: sources, faults: faults).policy
        let catalogue = catalogue(
            sources, adapters: adapters, minimum: minimum, faults: faults)
        let shops = ShopSection(node: sources.structures["shops"], products: catalogue).shops()
        let witnesses = WitnessSection(sources: sources, faults: faults).roster()
        let merchants = MerchantFolder(
            folder: sources.text("merchants_directory"), faults: faults
        ).book
        let timeStamps = TimeStampSection(node: sources.structures["time_stamps"]).settings()
        guard let registry = adapters.registry, let catalogue,
            let listen = sources.text("listen").flatMap({ ListenAddress($0) }),
            let metricsListen = sources.text("metrics.listen").flatMap({ ListenAddress($0) }),
            let dataFolder = sources.text("data")
        else { return nil }
        return GatewayConfiguration(
            listen: listen,
            publicURL: sources.text("public_url"),
            metricsListen: metricsListen,
            dataFolder: dataFolder,
            masterKey: masterKey(sources, credentialsDirectory),
            logOrigin: sources.text("log.origin"),
            logLevel: sources.text("log.level").flatMap { Logger.Level(rawValue: $0) } ?? .info,
            accessLog: sources.text("access_log")
                .flatMap { GatewayServer.AccessLog(rawValue: $0) } ?? .all,
            clientAddressHeader: sources.text("client_address_header"),
            eventLoopThreads: sources.integer("event_loop_threads")
                ?? ProcessInfo.processInfo.activeProcessorCount,
            outbound: outbound(sources),
            registry: registry,
            programs: programs,
            catalogue: catalogue,
            reask: reask(sources),
            eventSchedule: EventSchedule(pauses: durations(sources, "events.retry")),
            selfTestBudget: selfTestBudget(sources),
            issuerPauses: issuerPauses(sources),
            canaries: adapters.canaries,
            shops: shops,
            renderer: ProgramRenderer.installed(configured: sources.text("renderer")),
            witnesses: witnesses,
            retention: sources.integer("retention_days").map {
                RetentionRule(period: .seconds(Int64($0) * 86_400))
            } ?? .standard,
            timeStamps: timeStamps,
            recallRule: recallRule(sources),
            merchants: merchants,
            complaints: ComplaintBook(
                contacts: ContactSection(node: sources.structures["contacts"]).contacts(),
                minimum: minimum
            ),
            sources: sources
        )
    }

    /// What is sold, and by which policies and working days it is judged.
    private static func catalogue(
        _ sources: ConfigurationSources,
        adapters: AdapterSection,
        minimum: WarrantyPolicy?,
        faults: FaultList
    ) -> ProductCatalogue? {
        let calendars = CalendarFolder(
            folder: sources.text("calendars_directory"), faults: faults)
        let book = calendars.book(
            standard: sources.text("default_calendar"),
            origin: sources.entry("default_calendar")?.origin,
            tables: RuleFolder(
                folder: sources.text("rules_directory"), faults: faults
            ).ruleSet,
            faults: faults
        )
        let policies = PolicyFolder(
            folder: sources.text("policies_directory"),
            minimum: minimum,
            calendars: calendars,
            faults: faults
        )
        return ProductSection(
            node: sources.structures["products"],
            file: sources.text("products_file"),
            adapters: adapters,
            policies: policies,
            ruleBook: book ?? ClaimRuleBook(),
            faults: faults
        ).catalogue(
            defaultPolicy: sources.text("default_policy"),
            origin: sources.entry("default_policy")?.origin
        )
    }

    private static func reask(_ sources: ConfigurationSources) -> ReaskSchedule {
        let pauses = durations(sources, "checks.reask")
        return ReaskSchedule(pauses: pauses, jitterShare: jitterShare) ?? .standard
    }

    private static func selfTestBudget(_ sources: ConfigurationSources) -> SelfTestBudget {
        SelfTestBudget(
            inquiriesPerCode: sources.integer("selftest.budget_per_code")
                ?? SelfTestBudget.default.inquiriesPerCode,
            period: SelfTestBudget.default.period
        )
    }

    private static func recallRule(_ sources: ConfigurationSources) -> RecallRule {
        let standard = RecallRule.standard
        return RecallRule(
            leastBad: sources.integer("stock.recall_least") ?? standard.leastBad,
            badPerThousand: sources.integer("stock.recall_per_thousand")
                ?? standard.badPerThousand
        )
    }

    private static func issuerPauses(_ sources: ConfigurationSources) -> IssuerPauses {
        IssuerPauses(
            failing: PauseLadder(pauses: durations(sources, "checks.breaker")) ?? .failingIssuer,
            ownFault: PauseLadder(pauses: durations(sources, "checks.own_fault")) ?? .ownFault
        )
    }

    private static func masterKey(
        _ sources: ConfigurationSources,
        _ credentialsDirectory: String?
    ) -> MasterKeyFile? {
        if let path = sources.text("keys.master") { return MasterKeyFile(path: path) }
        return credentialsDirectory.map { MasterKeyFile(credentialsDirectory: $0) }
    }

    private static func outbound(_ sources: ConfigurationSources) -> CurlConfiguration {
        CurlConfiguration(
            addressPolicy: OutboundAddressPolicy(
                allowed: sources.list("outbound.allow_private").compactMap { AddressBlock($0) }
            ),
            trustAnchors: sources.text("outbound.ca_file").map { .file($0) } ?? .system
        )
    }

    private static func durations(_ sources: ConfigurationSources, _ name: String) -> [Duration] {
        sources.list(name).compactMap { DurationText.duration($0) }
    }
}
