import AdapterKit
import ArgumentParser
import CardModel
import Drivers
import Foundation
import IssuerSandbox
import Logging
import ServiceLifecycle
import UnixSignals
import WireFormat

extension AdapterCommand {
    struct Record: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "record",
            abstract: "Record an issuer's answers as fixtures, through a local proxy.",
            discussion: """
                Listens on 127.0.0.1 and passes every request on to --upstream; point the \
                adapter's endpoint at it and ask about the codes of --codes, each once. Ctrl-C \
                ends it and writes answers.yaml into --out: every code replaced by a made-up one \
                of the same shape, every secret by a mark, and `expect` filled in by running the \
                adapter over what was recorded. An exchange that names none of the codes is \
                passed on and not kept; when nothing was kept nothing is written, and the exit \
                code is 64. Codes and secrets are read from files.
                """
        )

        private static let shutdownPatience = Duration.seconds(5)
        private static let mostAnswerBytes = 4 << 20
        private static let timeout = Duration.seconds(60)

        @Argument(help: "Id of an adapter, or its folder (with a slash, as ./NAME, or a dot).")
        var adapter: String

        @Option(help: "Port to listen on; 0 takes a free one.")
        var listen: Int = 0

        @Option(help: "The issuer's own address: https://host, without a path.")
        var upstream: String

        @Option(help: "File with the codes that will be asked about; - is standard input.")
        var codes: String

        @Option(help: "File with a secret that must not be kept; may be given several times.")
        var secretFile: [String] = []

        @Option(help: "NAME=VALUE, a setting to write into the fixtures; may be repeated.")
        var setting: [String] = []

        @Option(help: "Id of the card format of the codes.")
        var format: String = CardFormat.generic.id

        @Option(help: "Folder for answers.yaml; nothing is overwritten.")
        var out: String

        @Option(help: "Write the address to this file; it is removed at the end.")
        var addressFile: String?

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let language = try output.language
            let programs = AdapterPrograms.ofThisMachine()
            let folder = try AdapterFolder.find(
                adapter,
                fixtures: nil,
                options: options,
                programs: programs
            )
            guard let format = CardFormat.builtIn(format) else {
                throw CommandFailure.usage("--format \(format): there is no such card format")
            }
            let file = "\(out)/answers.yaml"
            guard !FileManager.default.fileExists(atPath: file) else {
                throw CommandFailure.usage("\(file) exists already and is not overwritten")
            }
            let configuration = try fixtureConfiguration(folder.factory.descriptor)
            let recording = AdapterRecording(try disguises())
            try await relay(recording, language)
            guard await recording.hasCases else {
                await programs.shutdown()
                throw CommandFailure.usage(
                    "nothing was recorded and nothing is written: no request named a code of "
                        + "--codes \(codes)"
                )
            }
            let text = try await recording.fixtures(
                folder.factory,
                configuration,
                format: format
            )
            await programs.shutdown()
            try FileManager.default.createDirectory(
                atPath: out,
                withIntermediateDirectories: true
            )
            try ProtectedFile.create(file, text)
            try output.show(["file": .string(file)]) { file }
        }

        private func relay(_ recording: AdapterRecording, _ language: Language) async throws {
            let base = try upstreamBase()
            let transport = try CurlTransport.anywhere()
            let time = SystemTimeSource()
            var logger = Logger(label: "cardproof.record")
            logger.logLevel = .error
            let server = RelayServer(host: "127.0.0.1", port: listen, logger: logger) { request in
                let asked =
                    Array(request.target.utf8) + [0x0A]
                    + request.headers.flatMap { Array("\($0.value)\n".utf8) } + request.body
                do throws(TransportError) {
                    let response = try await transport.send(Self.outbound(request, base))
                    let keeping = await recording.keep(response, asked: asked, at: time.now())
                    Terminal.say(Self.words(keeping, response.status, language))
                    return RelayedResponse(
                        status: response.status,
                        headers: response.headers.filter { Self.passesOn($0.name) },
                        body: response.body
                    )
                } catch {
                    Terminal.say("\(error)")
                    return RelayedResponse(status: 502, headers: [], body: [])
                }
            }
            try await serve(server, logger)
            await transport.shutdown(grace: .zero)
        }

        private func serve(_ server: RelayServer, _ logger: Logger) async throws {
            var configuration = ServiceGroupConfiguration(
                services: [server],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
            configuration.maximumGracefulShutdownDuration = Self.shutdownPatience
            let services = ServiceGroup(configuration: configuration)
            defer { if let addressFile { unlink(addressFile) } }
            do {
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    tasks.addTask { try await services.run() }
                    tasks.addTask { try announce(try await server.port) }
                    // One by one, so that the first error ends the other task.
                    for try await _ in tasks {}
                }
            } catch is CancellationError {
                // Ended before it listened.
            }
        }

        private func announce(_ port: Int) throws {
            let address = "http://127.0.0.1:\(port)"
            Terminal.say("\(address) → \(upstream)")
            guard let addressFile else { return }
            try ProtectedFile.replace(addressFile, Array((address + "\n").utf8))
        }

        private static func words(
            _ keeping: AdapterRecording.Keeping,
            _ status: Int,
            _ language: Language
        ) -> String {
            switch keeping {
            case .kept(let name): "HTTP \(status): \(name)"
            case .unknownCode:
                language(
                    "HTTP \(status)：请求中没有 --codes 里的卡密，未保存",
                    "HTTP \(status): names none of the codes, not kept"
                )
            case .notText:
                language("HTTP \(status)：不是文本，未保存", "HTTP \(status): is no text, not kept")
            case .tooMany:
                language("HTTP \(status)：太多，未保存", "HTTP \(status): one too many, not kept")
            }
        }
    }
}

extension AdapterCommand.Record {
    private func upstreamBase() throws -> String {
        let isPlain =
            (upstream.hasPrefix("https://") || upstream.hasPrefix("http://"))
            && !upstream.contains("@") && !upstream.contains("?") && !upstream.contains("#")
        let base = upstream.hasSuffix("/") ? String(upstream.dropLast()) : upstream
        // The adapter's own path comes with every request, and would be asked for behind this one.
        guard isPlain, base.split(separator: "/", omittingEmptySubsequences: false).count == 3,
            base.last != "/"
        else {
            throw CommandFailure.usage(
                "--upstream: a URL without a path, such as https://issuer.example, is expected")
        }
        return base
    }

    private func disguises() throws -> [CodeDisguise] {
        let secrets = try secretFile.map {
            SecretValue(try SecretInput.line(from: $0, name: "--secret-file"))
        }
        let scrubber = Scrubber(secrets: secrets)
        let random = SystemRandomSource()
        return try CodeFile.codes(from: codes, option: "--codes", question: "").map {
            CodeDisguise($0, scrubber: scrubber, random: random.bytes)
        }
    }

    /// Settings that make a valid adapter without saying anything about the operator's account.
    private func fixtureConfiguration(
        _ descriptor: AdapterDescriptor
    ) throws -> AdapterConfiguration {
        var given: [String: String] = [:]
        for pair in setting {
            guard let sign = pair.firstIndex(of: "=") else {
                throw CommandFailure.usage("--setting \(pair): NAME=VALUE is expected")
            }
            given[String(pair[..<sign])] = String(pair[pair.index(after: sign)...])
        }
        var configuration = AdapterConfiguration(id: descriptor.id, settings: given)
        for declaration in descriptor.settings where declaration.isRequired {
            if declaration.isSecret {
                configuration.secrets[declaration.name] =
                    SecretValue("mark-Synthetic-\(declaration.name)-7731")
            } else if given[declaration.name] == nil, declaration.defaultValue == nil {
                configuration.settings[declaration.name] =
                    switch declaration.kind {
                    case .url: "https://issuer.example"
                    case .utcOffset: "+08:00"
                    case .text, .key: "synthetic"
                    }
            }
        }
        return configuration
    }

    private static func outbound(_ request: RelayedRequest, _ base: String) -> OutboundRequest {
        OutboundRequest(
            method: request.method,
            url: SecretURL(base + request.target, secretParts: [request.target]),
            headers: request.headers.filter { passesOn($0.name) }.map {
                OutboundHeader(name: $0.name, value: $0.value, isSecret: true)
            },
            body: request.body,
            timeout: timeout,
            responseBytesLimit: mostAnswerBytes
        )
    }

    /// Not what belongs to one connection, nor what would bring a compressed answer.
    private static func passesOn(_ name: String) -> Bool {
        ![
            "accept-encoding", "connection", "content-length", "expect", "host", "keep-alive",
            "transfer-encoding",
        ].contains(name.lowercased())
    }
}

extension CurlTransport {
    /// For a person who types the address: any may be named.
    fileprivate static func anywhere() throws -> CurlTransport {
        let everywhere = ["0.0.0.0/0", "::/0"].compactMap { AddressBlock($0) }
        do throws(CurlStartError) {
            return try CurlTransport(
                CurlConfiguration(addressPolicy: OutboundAddressPolicy(allowed: everywhere))
            )
        } catch {
            throw CommandFailure.failed("\(error)")
        }
    }
}
