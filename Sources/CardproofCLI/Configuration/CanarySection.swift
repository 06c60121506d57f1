import AdapterKit
import CardModel
import Foundation
import Gateway
import Yams

/// The key `adapters.ID.canaries`: codes of the operator's own whose answer is known, and how often
/// they are asked. The codes stand in files that only their owner can read.
enum CanarySection {
    private static let members = [
        "every", "known_good_file", "known_good_state", "known_bad_file", "known_bad_state",
    ]
    /// A second: a schedule for tests; an issuer's own limit holds in any case.
    private static let shortestInterval: Duration = .seconds(1)
    /// Codes of this size would not be codes.
    private static let mostFileBytes = 64 << 10

    /// Nil when the adapter has no canaries, or after reporting what is wrong with them.
    static func plan(of adapter: ConfigurationNode) -> CanaryPlan? {
        guard case .mapping(let mapping) = adapter.node, let node = mapping["canaries"] else {
            return nil
        }
        let section = adapter.child(node, "\(adapter.path).canaries")
        guard let members = section.members(known: members) else { return nil }
        let good = canaries("known_good", expected: .okUnused, members)
        let bad = canaries("known_bad", expected: .notFound, members)
        let all = good + bad
        if all.count > Canary.mostOfAnAdapter {
            section.fail("at most \(Canary.mostOfAnAdapter) codes are asked")
        }
        guard let node = members["every"] else { return CanaryPlan(canaries: all) }
        guard let every = node.word().flatMap({ DurationText.duration($0) }),
            every >= shortestInterval
        else {
            node.fail("a duration of at least 1s is expected, such as 1h")
            return nil
        }
        return CanaryPlan(every: every, canaries: all)
    }

    private static func canaries(
        _ name: String,
        expected: VerdictState,
        _ members: [String: ConfigurationNode]
    ) -> [Canary] {
        var expected = expected
        if let node = members["\(name)_state"], let word = node.word() {
            if let state = VerdictState(rawValue: word), state != .indeterminate {
                expected = state
            } else {
                node.fail("a state such as ok_unused, used or not_found is expected")
            }
        }
        guard let file = members["\(name)_file"], let path = file.word() else { return [] }
        return codes(file, path).enumerated().map { number, code in
            let word = name.replacing("_", with: "-")
            return Canary(name: "\(word)-\(number + 1)", code: code, expected: expected)
        }
    }

    private static func codes(_ node: ConfigurationNode, _ path: String) -> [CardCode] {
        let folder = (node.source as NSString).deletingLastPathComponent
        let full = path.hasPrefix("/") || folder.isEmpty ? path : "\(folder)/\(path)"
        let attributes = try? FileManager.default.attributesOfItem(atPath: full)
        guard let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue,
            let data = FileManager.default.contents(atPath: full), data.count <= mostFileBytes
        else {
            // Not repeated: a code may have been put there itself.
            node.fail(
                "names no file that can be read, of at most \(mostFileBytes) bytes; a code itself "
                    + "must not stand here"
            )
            return []
        }
        guard mode & 0o077 == 0 else {
            node.fail("others can read the file \(full): chmod 600 it")
            return []
        }
        do {
            return try CodeFile.codes(in: String(decoding: data, as: UTF8.self), name: full)
        } catch let failure as CommandFailure {
            node.fail("\(failure)")
        } catch {
            node.fail("the file \(full) cannot be read")
        }
        return []
    }
}
