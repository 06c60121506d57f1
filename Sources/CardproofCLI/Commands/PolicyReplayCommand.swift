import ArgumentParser
import CardModel
import Foundation
import WireFormat

/// `cardproof policy replay`: which past decisions another policy would have changed.
struct PolicyReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Show which past decisions would be others under a new policy, and why.",
        discussion: """
            Cases are read one a line, as `cardproof policy explain` reads one. Each case that \
            would have ended otherwise is one line of the answer, in the order of the file; the \
            last line counts. The same input gives the same bytes. Publishing a policy never \
            reaches back: this only shows.
            """
    )

    @Option(help: "The new policy: a file, or one that ships.")
    var policy: String

    @Option(help: "The policy that decided: a file, or one that ships.")
    var against: String

    @Option(help: "File of cases, one a line; - is standard input.")
    var cases: String

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let replay = PolicyReplay(
            before: try PolicySource(against, option: "--against").policy,
            after: try PolicySource(policy, option: "--policy").policy
        )
        var writer = ReplayWriter(isJSON: output.json)
        var lines = try CaseLines(path: cases)
        while let batch = try lines.next(Self.batchLines) {
            for answer in try await Self.changes(batch, replay, name: cases) {
                try writer.write(answer)
            }
        }
        try writer.finish(replay)
    }

    /// Cases that are judged side by side before their answers are written in order.
    private static let batchLines = 20_000
    private static let partLines = 2_500

    private static func changes(
        _ batch: CaseLines.Batch,
        _ replay: PolicyReplay,
        name: String
    ) async throws -> [[PolicyReplay.Change?]] {
        try await withThrowingTaskGroup(of: (Int, [PolicyReplay.Change?]).self) { group in
            for start in stride(from: 0, to: batch.lines.count, by: partLines) {
                group.addTask {
                    let end = min(start + partLines, batch.lines.count)
                    let part = try (start..<end).map { place in
                        try Self.change(
                            batch.lines[place], number: batch.firstNumber + place, replay, name)
                    }
                    return (start, part)
                }
            }
            var parts: [Int: [PolicyReplay.Change?]] = [:]
            for try await (start, part) in group { parts[start] = part }
            return parts.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    private static func change(
        _ line: ArraySlice<UInt8>,
        number: Int,
        _ replay: PolicyReplay,
        _ name: String
    ) throws -> PolicyReplay.Change? {
        do {
            return replay.change(of: try WarrantyCase(jsonValue: try JSONValue.parse(line)))
        } catch let error as InvalidDocument {
            let issue = error.issues.first
            throw CommandFailure.usage(
                "\(name), line \(number): \(issue?.pointer ?? "") \(issue?.detail ?? "")")
        } catch {
            throw CommandFailure.usage("\(name), line \(number): is not JSON")
        }
    }
}

/// Cases of a file, without reading it whole.
private struct CaseLines {
    struct Batch: Sendable {
        let firstNumber: Int
        let lines: [ArraySlice<UInt8>]
    }

    /// Bytes of one case.
    private static let longestLine = 1 << 20
    private static let chunkBytes = 4 << 20

    private let handle: FileHandle
    private let path: String
    private var rest: [UInt8] = []
    private var number = 1
    private var isAtEnd = false

    init(path: String) throws {
        self.path = path
        if path == "-" {
            handle = .standardInput
        } else if let opened = FileHandle(forReadingAtPath: path) {
            handle = opened
        } else {
            throw CommandFailure.usage("--cases \(path): cannot be read")
        }
    }

    /// The next lines that are not empty; nil at the end.
    mutating func next(_ count: Int) throws -> Batch? {
        var lines: [ArraySlice<UInt8>] = []
        let first = number
        var start = rest.startIndex
        while lines.count < count {
            if let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                lines.append(rest[start..<end])
                start = end + 1
            } else if isAtEnd {
                if start < rest.endIndex { lines.append(rest[start...]) }
                start = rest.endIndex
                break
            } else {
                guard rest.endIndex - start <= Self.longestLine else {
                    throw CommandFailure.usage("--cases \(path): a line is too long")
                }
                // Lines that were found keep the old bytes; only the open one moves on.
                if !lines.isEmpty { break }
                rest = Array(rest[start...])
                start = 0
                try fill()
            }
        }
        rest = Array(rest[start...])
        number += lines.count
        guard !lines.isEmpty || !isAtEnd else { return nil }
        return Batch(firstNumber: first, lines: lines.filter { !$0.isEmpty })
    }

    private mutating func fill() throws {
        guard let data = try handle.read(upToCount: Self.chunkBytes), !data.isEmpty else {
            isAtEnd = true
            return
        }
        rest.append(contentsOf: data)
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
                "\(seen) cases, \(changed) changed: "
                    + "\(replay.before.reference) → \(replay.after.reference)")
        }
        let summary: JSONValue = [
            "cases": .integer(Int64(seen)), "changed": .integer(Int64(changed)),
            "against": .string(replay.before.reference),
            "policy": .string(replay.after.reference),
        ]
        try Terminal.write(summary.serialized() + [UInt8(ascii: "\n")])
    }

    private static func json(_ change: PolicyReplay.Change) -> [UInt8] {
        let value: JSONValue = [
            "case": .string(change.id),
            "changes": .array(
                change.differences.map {
                    [
                        "what": .string($0.name), "before": .string($0.before),
                        "after": .string($0.after),
                    ]
                }
            ),
            "rules": [
                "before": .string(change.rules.before), "after": .string(change.rules.after),
            ],
        ]
        return value.serialized()
    }

    private static func row(_ change: PolicyReplay.Change) -> [UInt8] {
        let what = change.differences.map { "\($0.name): \($0.before) → \($0.after)" }
        return Array("\(change.id)\t\(what.joined(separator: "; "))".utf8)
    }
}
