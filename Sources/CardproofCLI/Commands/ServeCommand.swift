import ArgumentParser
import Drivers
import Gateway
import GatewayHTTP
import Logging
import Metrics
import ServiceLifecycle
import UnixSignals

/// `cardproof serve`: the gateway, until SIGTERM or SIGINT.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the gateway.",
        discussion: """
            Serves the API, the metrics on an address of their own, and the admin socket in the \
            data folder. Its log goes to standard error, one JSON object a line. SIGTERM or \
            Ctrl-C ends it: it accepts nothing more, finishes what was asked, gives back what it \
            was about to ask, and exits 0.

            One gateway owns a data folder; a second one says so and exits 1.
            """
    )

    /// Longer than the gateway's own drain, shorter than what service managers wait.
    private static let shutdownPatience = Duration.seconds(20)
    /// A command that holds the lock for a moment is waited for, a gateway is not.
    private static let lockPatience = Duration.seconds(2)

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "Address of the API; the key `listen`.")
    var listen: String?

    @Option(help: "Address of the metrics; the key `metrics.listen`.")
    var metricsListen: String?

    @Option(help: "What the log holds at least; the key `log.level`.")
    var logLevel: String?

    func run() async throws {
        OpenFiles.raiseToHardLimit()
        ServingProcess.prepare()
        let configuration = try options.load(flags: flags)
        let lock = try await lock(configuration)
        let level = configuration.logLevel
        let logger = Logger.jsonLines("cardproof", level: level)
        LoggingSystem.bootstrap { JSONLinesLogHandler(label: $0, level: level) }
        UntestedAdapters(configuration).warn(logger)
        let exporter = PrometheusExporter(descriptions: MetricDescriptions.all)
        MetricsSystem.bootstrap(exporter)
        let deployment = try await Deployment.open(configuration, lock: lock, logger: logger)
        let addresses = AddressFiles(folder: configuration.dataFolder, logger: logger)
        addresses.remove()
        let server = GatewayServer(
            gateway: deployment.gateway,
            configuration: serverConfiguration(configuration),
            metricsText: { exporter.exposition() },
            time: deployment.time,
            logger: logger
        ) { addresses.publish($0) }
        let outcome = await Self.serve(server.services, logger: logger)
        addresses.remove()
        await deployment.close()
        if case .failure(let error) = outcome {
            throw Self.failure(of: error, configuration)
        }
    }

    private var flags: [String: String] {
        var flags: [String: String] = [:]
        flags["listen"] = listen
        flags["metrics.listen"] = metricsListen
        flags["log.level"] = logLevel
        return flags
    }

    private func lock(_ configuration: GatewayConfiguration) async throws -> StoreLock {
        try ProtectedFile.makeFolder(configuration.dataFolder)
        let deadline = ContinuousClock.now + Self.lockPatience
        while true {
            if let lock = try StoreLock(path: configuration.lockPath) { return lock }
            guard ContinuousClock.now < deadline else { break }
            try await Task.sleep(for: StoreLock.pause)
        }
        throw CommandFailure.failed(
            "another cardproof process uses the data folder \(configuration.dataFolder): stop it, "
                + "or give this one a folder of its own (data)"
        )
    }

    private func serverConfiguration(
        _ configuration: GatewayConfiguration
    ) -> GatewayServer.Configuration {
        GatewayServer.Configuration(
            api: .init(host: configuration.listen.host, port: configuration.listen.port),
            metrics: .init(
                host: configuration.metricsListen.host,
                port: configuration.metricsListen.port
            ),
            adminSocketPath: configuration.adminSocketPath,
            eventLoopThreads: configuration.eventLoopThreads,
            accessLog: configuration.accessLog,
            clientAddressHeader: configuration.clientAddressHeader
        )
    }

    /// Runs services until a signal ends them, each in its turn.
    static func serve(
        _ services: [any Service],
        logger: Logger
    ) async -> Result<Void, any Error> {
        // Also a service that fails ends the others in order: cancelled at once, they would leave
        // requests unanswered and checks leased.
        var group = ServiceGroupConfiguration(
            services: services.map {
                .init(
                    service: $0,
                    successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup
                )
            },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        group.maximumGracefulShutdownDuration = shutdownPatience
        do {
            try await ServiceGroup(configuration: group).run()
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    private static func failure(
        of error: any Error,
        _ configuration: GatewayConfiguration
    ) -> CommandFailure {
        switch error {
        case is StoreError: Deployment.failure(of: error, path: configuration.storePath)
        default:
            .failed(
                "the gateway ended: \(error); are \(configuration.listen) and "
                    + "\(configuration.metricsListen) free, and is \(configuration.dataFolder) "
                    + "writable?"
            )
        }
    }
}
