import EvidenceLog
import Foundation
import Gateway

/// The key `witnesses`: who cosigns the logs' checkpoints, with `witness_quorum` and the times.
struct WitnessSection {
    private static let members = ["name", "vkey", "url"]

    let sources: ConfigurationSources
    let faults: FaultList

    /// Nobody when there is no such key, or after reporting what is wrong with it.
    func roster() -> WitnessRoster {
        guard let node = sources.structures["witnesses"] else {
            if let quorum = sources.entry("witness_quorum") {
                faults.add(source: quorum.origin, "witness_quorum: there are no `witnesses`")
            }
            return .none
        }
        let found = (node.elements() ?? []).map { member($0) }
        guard !found.contains(where: { $0 == nil }) else { return .none }
        do throws(EvidenceError) {
            return try WitnessRoster(
                members: found.compactMap(\.self),
                threshold: sources.integer("witness_quorum"),
                interval: duration("witness_interval") ?? WitnessRoster.defaultInterval,
                timeLimit: duration("witness_time_limit") ?? WitnessRoster.defaultTimeLimit
            )
        } catch {
            node.fail(Self.explanation(of: error))
            return .none
        }
    }

    /// The error names lines of a policy that nobody here wrote.
    private static func explanation(of error: EvidenceError) -> String {
        guard error.code == .malformedPolicy else { return "\(error)" }
        return "\(error.detail); names and keys stand once each, a name has no white space and is "
            + "neither `none` nor `\(LogPolicy.witnessGroup)`, and witness_quorum is at most the "
            + "number of witnesses"
    }

    private func duration(_ name: String) -> Duration? {
        sources.text(name).flatMap { DurationText.duration($0) }
    }

    private func member(_ node: ConfigurationNode) -> WitnessRoster.Member? {
        guard let members = node.members(known: Self.members) else { return nil }
        for name in Self.members where members[name] == nil { node.fail("`\(name)` is missing") }
        let name = members["name"]?.word()
        let key = members["vkey"].flatMap(key)
        let url = members["url"].flatMap(url)
        guard let name, let key, let url else { return nil }
        return WitnessRoster.Member(name: name, key: key, url: url)
    }

    private func key(_ node: ConfigurationNode) -> NoteVerifierKey? {
        guard let word = node.word() else { return nil }
        do throws(EvidenceError) {
            return try NoteVerifierKey(vkey: word)
        } catch {
            node.fail("\(error)")
            return nil
        }
    }

    private func url(_ node: ConfigurationNode) -> String? {
        guard let word = node.word() else { return nil }
        guard let parts = URLComponents(string: word), ["http", "https"].contains(parts.scheme),
            parts.host?.isEmpty == false, parts.query == nil, parts.fragment == nil,
            parts.user == nil
        else {
            node.fail("an address such as https://witness.example is expected")
            return nil
        }
        return word.hasSuffix("/") ? String(word.dropLast()) : word
    }
}
