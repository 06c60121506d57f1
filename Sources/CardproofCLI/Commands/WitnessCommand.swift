import ArgumentParser
import Drivers
import EvidenceLog
import Foundation
import Gateway
import GatewayHTTP
import Logging
import WireFormat

/// `cardproof witness`: cosign the logs of others.
struct WitnessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness",
        abstract: "Run a witness, which cosigns the evidence logs of others.",
        discussion: """
            A witness signs a log's checkpoint only when it continues the last one it signed. So a \
            log that is cosigned cannot show different people different histories, and cannot \
            rewrite its own, unless it has the witnesses on its side. Whoever has an interest in \
            that runs one: a platform, a payment provider, a notary (docs/witnesses.md).
            """,
        subcommands: [Initialise.self, Serve.self]
    )

    struct Initialise: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "init",
            abstract: "Make a witness's key and its empty memory; prints its verifier key."
        )

        @Option(help: "Name of the witness: an address without scheme, such as witness.example/w1.")
        var name: String

        @Option(help: "Folder for key and memory; made with mode 0700 when it is not there.")
        var directory: String

        @OptionGroup var output: OutputOptions

        func run() throws {
            let language = try output.language
            let folder = WitnessFolder(path: directory)
            let key = try folder.create(name: name)
            try output.show([
                "vkey": .string(key.vkey), "key_file": .string(folder.keyPath),
                "directory": .string(directory),
            ]) { key.vkey }
            Terminal.say(
                language(
                    "请把上面的公钥交给要见证的日志运营方。密钥与记忆同在一个文件夹：不要复制，也不要恢复旧备份。",
                    "Give this key to whose logs you will witness. Key and memory stay together: "
                        + "never copy the folder, never put an old one back."
                )
            )
        }
    }

    struct Serve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "serve",
            abstract: "Serve the witness, until SIGTERM or SIGINT.",
            discussion: """
                POST /add-checkpoint cosigns (c2sp.org/tlog-witness); GET /<hex SHA-256 of the \
                origin>/checkpoint shows what was cosigned last; GET /vkey shows the key. Put a \
                proxy with TLS in front of it. Its log goes to standard error, one JSON object a \
                line; a line of level error that begins with `alarm` is about a log that did not \
                continue what was cosigned, and holds the checkpoint.

                The state is on disk before a cosignature is given away. One process owns a \
                folder; a second one says so and exits 1.
                """
        )

        @Option(help: "The folder that `witness init` made.")
        var directory: String

        @Option(help: "C2SP tlog-policy file; its `log` lines name the logs to cosign.")
        var logs: String

        @Option(help: "Address to listen on.")
        var listen = "127.0.0.1:8070"

        @Option(help: "What the log holds at least.")
        var logLevel = "info"

        @Option(help: "Which requests the log has a line for: all, or problems.")
        var accessLog = GatewayServer.AccessLog.problems.rawValue

        func run() async throws {
            OpenFiles.raiseToHardLimit()
            guard let address = ListenAddress(listen) else {
                throw CommandFailure.usage("--listen \(listen): HOST:PORT is expected")
            }
            guard let level = Logger.Level(rawValue: logLevel),
                let access = GatewayServer.AccessLog(rawValue: accessLog)
            else {
                throw CommandFailure.usage(
                    "--log-level is one of \(Logger.Level.allCases.map(\.rawValue)), --access-log "
                        + "one of \(GatewayServer.AccessLog.allCases.map(\.rawValue))"
                )
            }
            let folder = WitnessFolder(path: directory)
            let known = try knownLogs()
            let signer = try folder.signer()
            guard let lock = try StoreLock(path: folder.lockPath) else {
                throw CommandFailure.failed(
                    "another process serves the witness in \(directory): stop it first"
                )
            }
            let logger = Logger.jsonLines("cardproof.witness", level: level)
            LoggingSystem.bootstrap { JSONLinesLogHandler(label: $0, level: level) }
            let memory = try folder.memory(of: signer.verifierKey)
            let time = SystemTimeSource()
            let witness = Witness(
                signer: signer,
                logs: known,
                store: memory,
                time: time,
                logger: logger
            )
            logger.info(
                "witness",
                metadata: [
                    "vkey": "\(signer.verifierKey.vkey)",
                    "logs": .array(known.origins.map { .string($0) }),
                ]
            )
            let outcome = await serve(witness, at: address, access, time: time, logger: logger)
            try? memory.close()
            withExtendedLifetime(lock) {}
            if case .failure(let error) = outcome {
                throw CommandFailure.failed(
                    "the witness ended: \(error); is \(address) free, and \(directory) writable?"
                )
            }
        }

        private func serve(
            _ witness: Witness,
            at address: ListenAddress,
            _ access: GatewayServer.AccessLog,
            time: SystemTimeSource,
            logger: Logger
        ) async -> Result<Void, any Error> {
            let addresses = AddressFiles(folder: directory, logger: logger)
            addresses.remove()
            defer { addresses.remove() }
            let server = WitnessServer(
                witness: witness,
                address: .init(host: address.host, port: address.port),
                eventLoopThreads: 1,
                accessLog: access,
                time: time,
                logger: logger
            ) { addresses.publish(.api(host: address.host, port: $0)) }
            return await ServeCommand.serve(server.services, logger: logger)
        }

        private func knownLogs() throws -> WitnessLogs {
            let bytes = try SecretInput.bytes(from: logs, name: "--logs")
            do throws(EvidenceError) {
                return try WitnessLogs(LogPolicy(bytes: bytes))
            } catch {
                throw CommandFailure.usage("--logs \(logs): \(error)")
            }
        }
    }
}
