import ArgumentParser
import CardModel
import WireFormat

/// `cardproof policy replay`: which past decisions another policy would have changed.
struct PolicyReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Show which past decisions would be others under a new policy, and why.",
        discussion: """
            Cases are read one a line: `cardproof policy cases` writes those of the store, and \
            they are held against what was decided under the policy that each order pinned. \
            Without a decision in the line, as `cardproof policy explain` reads one, --against \
            names the policy. Of what was decided, claim and liable are on record; the end of the \
            window, the remedy, the rules and everything under the new policy are judged by \
            today's tables (rules_directory of the configuration, else those that ship). Each \
            case that would have ended otherwise is one line of the answer, in the order of the \
            file; the last line counts. The same input gives the same bytes. Publishing a policy \
            never reaches back: this only shows.
            """
    )

    @Option(help: "The new policy: a file, or one that ships.")
    var policy: String

    @Option(
        help: """
            The policy that all of them are held against: a file, or one that ships. Otherwise \
            what was decided under the policy that each case names, which the store has kept.
            """
    )
    var against: String?

    @Option(help: "File of cases, one a line; - is standard input.")
    var cases: String

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let after = try PolicySource(policy, option: "--policy").policy
        let sources = try options.sources()
        let replay = PolicyReplay(
            past: try past(by: sources), after: after, rules: try RuleFolder.tables(of: sources))
        var writer = ReplayWriter(isJSON: output.json)
        var lines = try CaseLines(path: cases)
        while let batch = try lines.next(Self.batchLines) {
            for answer in try await Self.changes(batch, replay, name: cases) {
                try writer.write(answer)
            }
        }
        try writer.finish(replay)
    }

    private func past(by sources: ConfigurationSources) throws -> PolicyReplay.Past {
        guard let against else { return .onRecord(try PinnedPolicies.known(to: sources)) }
        return .under(try PolicySource(against, option: "--against").policy)
    }

    /// Cases that are judged side by side before their answers are written in order.
    private static let batchLines = 20_000
    private static let partLines = 2_500

    private static func changes(
        _ batch: [CaseLines.Line],
        _ replay: PolicyReplay,
        name: String
    ) async throws -> [[PolicyReplay.Change?]] {
        typealias Part = Result<[PolicyReplay.Change?], any Error>
        let parts = await withTaskGroup(of: (Int, Part).self) { group in
            for start in stride(from: 0, to: batch.count, by: partLines) {
                group.addTask {
                    let lines = batch[start..<min(start + partLines, batch.count)]
                    return (
                        start,
                        Result { try lines.map { try Self.change($0, replay, name) } }
                    )
                }
            }
            var parts: [Int: Part] = [:]
            for await (start, part) in group { parts[start] = part }
            return parts
        }
        // In their order, so that it is always the first faulty line that is named.
        return try parts.sorted { $0.key < $1.key }.map { try $0.value.get() }
    }

    private static func change(
        _ line: CaseLines.Line,
        _ replay: PolicyReplay,
        _ name: String
    ) throws -> PolicyReplay.Change? {
        let reason: String
        do {
            return try replay.change(
                of: try WarrantyCase(jsonValue: try JSONValue.parse(line.bytes)))
        } catch let error as InvalidDocument {
            reason = "\(error.issues.first?.pointer ?? "") \(error.issues.first?.detail ?? "")"
        } catch PolicyReplay.UnknownPast.notDecided {
            reason = "names no decision; name the policy it is held against (--against)"
        } catch PolicyReplay.UnknownPast.policy(let pin) {
            reason =
                "was decided under \(pin.id)@\(pin.version), which neither the store nor the "
                + "configuration has; --data names the store, --against another policy"
        } catch {
            reason = "is not JSON"
        }
        throw CommandFailure.usage("\(name), line \(line.number): \(reason)")
    }
}

/// Writes changes as they come.
private struct ReplayWriter {
    let isJSON: Bool
    private var seen = 0
    private var changed = 0

    init(isJSON: Bool) { self.isJSON = isJSON }

    mutating func write(_ changes: [PolicyReplay.Change?]) throws {
        seen += changes.count
        var bytes: [UInt8] = []
        for case let change? in changes {
            changed += 1
            bytes += isJSON ? Self.json(change) : Self.row(change)
            bytes.append(UInt8(ascii: "\n"))
        }
        if !bytes.isEmpty { try Terminal.write(bytes) }
    }

    func finish(_ replay: PolicyReplay) throws {
        guard isJSON else {
            return try Terminal.writeText(
                "\(seen) cases, \(changed) changed: \(replay.past.name) → "
                    + replay.after.reference)
        }
        let summary: JSONValue = [
            "cases": .integer(Int64(seen)), "changed": .integer(Int64(changed)),
            "against": .string(replay.past.name),
            "policy": .string(replay.after.reference),
        ]
        try Terminal.write(summary.serialized() + [UInt8(ascii: "\n")])
    }

    private static func json(_ change: PolicyReplay.Change) -> [UInt8] {
        let value: JSONValue = [
            "case": .string(change.id), "against": .string(change.against),
            "changes": .array(
                change.differences.map {
                    [
                        "what": .string($0.name), "before": .string($0.before),
                        "after": .string($0.after),
                    ]
                }
            ),
            "rules": [
                "before": .string(change.rulesBefore), "after": .string(change.rulesAfter),
            ],
        ]
        return value.serialized()
    }

    private static func row(_ change: PolicyReplay.Change) -> [UInt8] {
        let what = change.differences.map { "\($0.name): \($0.before) → \($0.after)" }
        return Array("\(change.id)\t\(what.joined(separator: "; "))".utf8)
    }
}

extension PolicyReplay.Past {
    /// Of the summary.
    fileprivate var name: String {
        switch self {
        case .under(let policy): policy.reference
        case .onRecord: "as_decided"
        }
    }
}
