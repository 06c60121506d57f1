import ArgumentParser
import EvidenceLog
import Foundation

/// `cardproof verify`: evidence, offline.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract:
            "Verify a bundle, a .tlog-proof, a checkpoint or an exported log; needs no network.",
        discussion: """
            Says who signed, what was checked, and what was not. Without --key or --policy only \
            damage is found, not forgery: anybody may have signed.

            Exit: 0 everything checked holds, 12 something does not, 64 the path is missing or \
            is no evidence at all.
            """
    )

    @Argument(
        help: "A bundle (.zip), a .tlog-proof, a checkpoint, or the folder of an exported log.")
    var path: String

    @Option(help: "Verifier key of the log (name+id+key), or a file that holds it.")
    var key: String?

    @Option(help: "C2SP tlog-policy with the logs and witnesses to believe.")
    var policy: String?

    @Option(
        help:
            "A checkpoint, proof or bundle of before, which the log must continue; repeatable."
    )
    var old: [String] = []

    @Option(
        name: .customLong("tsa-ca"),
        help: "PEM of roots: a time stamp under one of them is asked for; else those in the bundle."
    )
    var authorities: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let language = try output.language
        let key = try key.map { try Self.verifierKey($0) }
        let policy = try policy.map { try Self.policy(at: $0, hasKey: key != nil) }
        let older = try old.flatMap { path in
            EarlierEvidence.checkpoints(
                in: try SecretInput.bytes(
                    from: path,
                    name: "--old",
                    limit: CanonicalArchive.largestByteCount
                ),
                name: path
            )
        }
        let evidence = try EvidenceFile(path: path)
        let authorities = try authorities.map { try Self.authorities(at: $0) }
        let verdict = await evidence.verify(
            key: key,
            policy: policy,
            authorities: authorities,
            older: older
        )
        let text = VerificationText(report: verdict, language: language)
        try output.show(VerificationJSON.value(of: verdict, path: path)) { text.text(of: path) }
        if !verdict.holds { throw CardproofExit.evidenceDoesNotVerify.code }
    }

    /// A vkey itself, or the first line of a file.
    private static func verifierKey(_ argument: String) throws -> NoteVerifierKey {
        var text = argument
        if FileManager.default.fileExists(atPath: argument) {
            text = try SecretInput.line(from: argument, name: "--key")
        } else if !argument.contains("+") {
            throw CommandFailure.usage("--key \(argument): no such file, and no verifier key")
        }
        do throws(EvidenceError) {
            return try NoteVerifierKey(vkey: text)
        } catch {
            throw CommandFailure.usage("--key \(argument): \(error)")
        }
    }

    /// Without a log there is nothing to believe but the evidence's own key, which is no policy.
    private static func policy(at path: String, hasKey: Bool) throws -> LogPolicy {
        let bytes = try SecretInput.bytes(from: path, name: "--policy")
        let policy: LogPolicy
        do throws(EvidenceError) { policy = try LogPolicy(bytes: bytes) } catch {
            throw CommandFailure.usage("--policy \(path): \(error)")
        }
        guard hasKey || !policy.logs.isEmpty else {
            throw CommandFailure.usage("--policy \(path): names no log; give its --key too")
        }
        return policy
    }

    private static func authorities(at path: String) throws -> TimeStampTrust {
        let bytes = try SecretInput.bytes(from: path, name: "--tsa-ca")
        do throws(EvidenceError) {
            return try TimeStampTrust.ofBundles(roots: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw CommandFailure.usage("--tsa-ca \(path): \(error)")
        }
    }
}
