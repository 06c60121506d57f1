import ArgumentParser
import Foundation
import IssuerSandbox
import Logging
import ServiceLifecycle
import UnixSignals
import WireFormat

/// `cardproof sandbox`: an issuer to practise on, on this machine.
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Run a sandbox issuer that speaks real wire formats.",
        discussion: """
            Answers as the issuers that the shipped adapters ask, each in its own wire format: \
            \(SandboxProtocol.allCases.map(\.rawValue).joined(separator: ", ")). \
            Codes that begin with 99 and three digits select a state (--states prints them); \
            every other code is good and unused. Failures are set with --fault, or at run time \
            at the control address. SIGTERM or Ctrl-C ends it.

            Faults: \(SandboxFault.words.joined(separator: ", ")).
            """
    )

    /// How long a shutdown waits for answers that are still on their way.
    private static let shutdownPatience = Duration.seconds(5)
    /// A pair of name and password is far shorter.
    private static let credentialsBytes = 1024

    @Option(help: "Port to listen on; 0 takes a free one.")
    var port: Int = 0

    @Option(help: "Address to listen on. Anyone who reaches it controls the sandbox.")
    var host: String = "127.0.0.1"

    @Option(help: "Delay every answer by this many milliseconds.")
    var latency: Int?

    @Option(help: "A failure in force from the start; may be given several times.")
    var fault: [String] = []

    @Option(help: "File with NAME:PASSWORD, the only pair that the voucher server takes.")
    var credentialsFile: String?

    @Option(help: "Write the addresses to this file as JSON; it is removed at the end.")
    var portsFile: String?

    @Option(
        help: """
            Write the made-up merchant's secrets to this folder, a file each with mode 0600, and a \
            settings.yaml that sets every adapter up for this sandbox.
            """
    )
    var credentialsDirectory: String?

    @Option(help: "Milliseconds until an accepted order is settled and told.")
    var settlementDelay: Int = 500

    @Option(help: "Form of the notice's MD5 of shenzhoufu: 1, 2 or 3.")
    var shenzhoufuNotice: Int = ShenzhoufuNoticeMode.piped.rawValue

    @Flag(help: "Print the states and the digits that select them, and exit.")
    var states = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port \(port): a port is a number from 0 to 65535.")
        }
        guard (0...600_000).contains(settlementDelay) else {
            throw ValidationError("--settlement-delay \(settlementDelay): from 0 to 600000.")
        }
        guard ShenzhoufuNoticeMode(rawValue: shenzhoufuNotice) != nil else {
            throw ValidationError("--shenzhoufu-notice \(shenzhoufuNotice): 1, 2 or 3.")
        }
        _ = try faultSwitches()
    }

    func run() async throws {
        if states {
            try emit(json ? [Self.tableJSON] : Self.table)
            return
        }
        var logger = Logger(label: "cardproof.sandbox")
        logger.logLevel = .notice
        let sandbox = SandboxServer(configuration: try sandboxConfiguration(), logger: logger)
        try await serve(sandbox, logger: logger)
    }

    private func serve(_ sandbox: SandboxServer, logger: Logger) async throws {
        var configuration = ServiceGroupConfiguration(
            services: [sandbox],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = Self.shutdownPatience
        let services = ServiceGroup(configuration: configuration)
        defer { if let portsFile { try? FileManager.default.removeItem(atPath: portsFile) } }
        do {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await services.run() }
                tasks.addTask {
                    try await writeCredentials(of: sandbox)
                    try announce(await sandbox.endpoints)
                }
                // One by one, so that the first error ends the other task.
                for try await _ in tasks {}
            }
        } catch is CancellationError {
            // Ended before it listened.
        }
    }

    private func announce(_ endpoints: SandboxEndpoints) throws {
        let line = String(decoding: endpoints.json.serialized(), as: UTF8.self)
        if let portsFile {
            do {
                try Data((line + "\n").utf8).write(
                    to: URL(fileURLWithPath: portsFile),
                    options: .atomic
                )
            } catch {
                throw Failure(
                    "Cannot write --ports-file \(portsFile): \(error.localizedDescription)"
                )
            }
        }
        let others = SandboxProtocol.allCases.filter { $0 != .ericssonVSIP && $0 != .keygen }
        let addresses =
            [("vsip", endpoints.voucherServer), ("keygen", endpoints.licenseServer)]
            + others.map { ($0.rawValue, endpoints.address(of: $0)) }
            + [("control", endpoints.control)]
        try emit(json ? [line] : addresses.map { Self.padded($0.0) + $0.1 })
    }

    private static func padded(_ name: String) -> String {
        name.padding(toLength: max(17, name.count + 1), withPad: " ", startingAt: 0)
    }
}

extension SandboxCommand {
    private func sandboxConfiguration() throws -> SandboxConfiguration {
        var configuration = SandboxConfiguration()
        configuration.host = host
        configuration.port = port
        configuration.faults = try faultSwitches()
        configuration.credentials = try credentials()
        configuration.settlementDelay = .milliseconds(settlementDelay)
        configuration.shenzhoufuNotice =
            ShenzhoufuNoticeMode(rawValue: shenzhoufuNotice) ?? .piped
        return configuration
    }

    private func faultSwitches() throws -> [FaultSwitch] {
        try ((latency.map { ["latency:\($0)"] } ?? []) + fault).map { text in
            guard let fault = SandboxFault(text) else {
                throw ValidationError(
                    "'\(text)' is no fault. Faults: "
                        + SandboxFault.words.joined(separator: ", ") + "."
                )
            }
            return FaultSwitch(fault)
        }
    }

    private func credentials() throws -> BasicCredentials? {
        guard let credentialsFile else { return nil }
        guard let file = FileHandle(forReadingAtPath: credentialsFile),
            let bytes = try file.read(upToCount: Self.credentialsBytes),
            let pair = BasicCredentials(
                String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
            )
        else {
            throw ValidationError(
                "--credentials-file \(credentialsFile): one line NAME:PASSWORD is expected."
            )
        }
        return pair
    }

    private static var table: [String] {
        ["digits\tname\tericsson-vsip\tkeygen\tmeaning\tcondition"]
            + SandboxState.all.map(\.json).map { row in
                ["digits", "name", "ericsson_vsip", "keygen", "meaning", "condition"]
                    .map { row[$0]?.stringValue ?? "-" }
                    .joined(separator: "\t")
            }
    }

    private static var tableJSON: String {
        let table: JSONValue = [
            "states": .array(SandboxState.all.map(\.json)), "wordings": SandboxState.wordings,
        ]
        return String(decoding: table.serialized(), as: UTF8.self)
    }

    /// Written through the descriptor at once: whoever waits for the addresses reads a pipe, where
    /// buffered text would arrive at the end only.
    private func emit(_ lines: [String]) throws {
        let text = lines.map { $0 + "\n" }.joined()
        try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }

    /// Why the sandbox did not start, in one sentence.
    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }
}
