import ArgumentParser
import Foundation
import GatewayHTTP

/// The room of the `cardproof` executable: one file a subcommand, `Configuration/` (one key
/// table), `Service/` (the composition root), `Operator/` (how commands reach the data), `Output/`
/// (the only place that knows a terminal). Decisions belong to the modules below; here they are
/// wired, asked and shown.
@main
struct Cardproof: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cardproof",
        abstract: "Proves what state a card code was in at the moment it changed hands.",
        discussion: """
            Data goes to standard output, talk to standard error. Codes and secrets are read from \
            files, from standard input (-) or at a hidden prompt, never from arguments or the \
            environment. `cardproof help exit-codes` lists how a command can end.
            """,
        version: ProgramVersion.text,
        subcommands: [
            ServeCommand.self, DeliverCommand.self, DeliveriesCommand.self, AuditCommand.self,
            BatchesCommand.self,
            SelfTestCommand.self, VerifyCommand.self, ClaimsCommand.self, IncidentsCommand.self,
            MerchantsCommand.self, DepositsCommand.self,
            PolicyCommand.self,
            RedemptionsCommand.self,
            EvidenceCommand.self,
            LogCommand.self, WitnessCommand.self, AdapterCommand.self, SandboxCommand.self,
            KeysCommand.self,
            TenantCommand.self, ConfigCommand.self, DoctorCommand.self, ExitCodesCommand.self,
            AskIssuerCommand.self,
        ]
    )

    /// `audit index` is parsed by itself, everything else from the root.
    private static func parsed() throws -> any ParsableCommand {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if let command = try AuditIndexCommand.parsed(from: arguments) { return command }
        return try parseAsRoot(arguments)
    }

    /// Parses, runs, and turns every error into one sentence and an exit code.
    static func main() async {
        // A reader that goes away is an error to report, not a death without a word.
        signal(SIGPIPE, SIG_IGN)
        CoreFiles.forbid()
        do {
            var command = try parsed()
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            Terminal.sayError(failure.message)
            Foundation.exit(failure.exit.rawValue)
        } catch {
            if AuditIndexCommand.isMeant(by: Array(CommandLine.arguments.dropFirst())) {
                AuditIndexCommand.exit(withError: error)
            }
            exit(withError: error)
        }
    }
}

/// A core file would hold keys in clear.
enum CoreFiles {
    static func forbid() {
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        // A process that may not lower its own limit is one we cannot help.
        _ = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    }
}

/// A gateway holds a file for each connection; the usual soft limit of 1,024 is for programs that
/// wait with `select`.
enum OpenFiles {
    static func raiseToHardLimit() {
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(kind, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        // Refused: the connection limit follows the soft limit that stays.
        _ = setrlimit(kind, &limit)
    }
}

/// The version of this build.
enum ProgramVersion {
    static let text = "0.1.0"
}
