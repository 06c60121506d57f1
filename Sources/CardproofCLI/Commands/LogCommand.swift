import ArgumentParser
import EvidenceLog
import Foundation
import WireFormat

/// `cardproof log`: a platform's evidence log as files.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Export a platform's evidence log, show its newest checkpoint, or audit it.",
        subcommands: [List.self, Export.self, ShowCheckpoint.self, Audit.self, Check.self]
    )

    static func unknown(_ platform: String, _ log: Int?) -> CommandFailure {
        guard let log else { return .unknownPlatform(platform) }
        return .usage("there is no platform \(platform), or it has no log \(log)")
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List a platform's logs: the open one, and those that ended before it."
        )

        @Option(help: "The platform whose logs they are.")
        var platform: String

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let language = try output.language
            let logs = try await OperatorAccess.with(try options.load()) {
                try await $0.logs(of: platform)
            }
            guard let logs else { throw CommandFailure.unknownPlatform(platform) }
            try output.show(logs) {
                Table(
                    header: [
                        language("编号", "log"), language("状态", "state"),
                        language("条目", "entries"), language("起始", "first"), "origin", "vkey",
                    ],
                    rows: (logs["logs"]?.arrayValue ?? []).map { log in
                        [
                            String(log["log"]?.integerValue ?? 0), log["state"]?.stringValue ?? "",
                            String(log["size"]?.integerValue ?? 0),
                            String(log["first_index"]?.integerValue ?? 0),
                            log["origin"]?.stringValue ?? "", log["vkey"]?.stringValue ?? "",
                        ]
                    }
                ).text
            }
        }
    }

    struct ShowCheckpoint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "checkpoint",
            abstract: "Print the newest signed checkpoint."
        )

        @Option(help: "The platform whose log it is.")
        var platform: String

        @Option(help: "Which of its logs, by its number (`log list`); the open one otherwise.")
        var log: Int?

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let note = try await OperatorAccess.with(try options.load()) {
                try await $0.logFile(LogFolder.checkpointPath, platform: platform, log: log)
            }
            guard let note else { throw LogCommand.unknown(platform, log) }
            guard output.json else { return try Terminal.write(note) }
            let head = try SignedCheckpoint(bytes: note).checkpoint
            try output.show([
                "origin": .string(head.origin), "size": .integer(Int64(head.size)),
                "root": .string(head.root.base64),
                "checkpoint": .string(String(decoding: note, as: UTF8.self)),
            ]) { "" }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Write a log as static files that anybody can verify.",
            discussion: """
                Writes checkpoint, vkey, policy, and the tiles and entries that the checkpoint \
                needs, at their C2SP tlog-tiles paths. `cardproof verify DIR` verifies them. A \
                folder has one log: a platform whose log key was replaced has several.
                """
        )

        @Argument(help: "Folder to make; must not be there, or be empty.")
        var directory: String

        @Option(help: "The platform whose log it is.")
        var platform: String

        @Option(help: "Which of its logs, by its number (`log list`); the open one otherwise.")
        var log: Int?

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let language = try output.language
            try LogExport.check(directory)
            let size = try await OperatorAccess.with(try options.load()) { access in
                // Named now: the open log may end while its files are read.
                let newest = try await access.logs(of: platform)?["logs"]?.arrayValue?.last
                let open = newest?["log"]?.integerValue.map { Int($0) }
                let target = LogExport(folder: directory, log: log ?? open)
                return try await target.write(platform: platform, from: access)
            }
            try output.show([
                "directory": .string(directory), "platform": .string(platform),
                "size": .integer(Int64(size)),
            ]) {
                language("已导出 \(size) 条记录到 \(directory)", "\(size) entries in \(directory)")
            }
        }
    }
}

/// Writes a log beside its folder and moves it there when it is whole.
private struct LogExport {
    let folder: String
    /// Ordinal of the log; nil for the open one.
    let log: Int?

    init(folder: String, log: Int?) {
        self.log = log
        self.folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    }

    private var staging: String { folder + ".partial-\(getpid())" }

    /// Older partial tiles in the folder would not be of this log.
    static func check(_ folder: String) throws {
        let content = try? FileManager.default.contentsOfDirectory(atPath: folder)
        guard content?.isEmpty ?? !FileManager.default.fileExists(atPath: folder) else {
            throw CommandFailure.usage("\(folder): is there and not empty; name a new folder")
        }
    }

    /// - Returns: entries of the log.
    func write(platform: String, from access: any Operator) async throws -> UInt64 {
        defer { try? FileManager.default.removeItem(atPath: staging) }
        let note = try await file(LogFolder.checkpointPath, platform, access)
        let size = try SignedCheckpoint(bytes: note).checkpoint.size
        try save(note, at: LogFolder.checkpointPath)
        for path in [LogFolder.verifierKeyPath, LogFolder.policyPath] {
            try save(try await file(path, platform, access), at: path)
        }
        for tile in TilePath.all(inTreeOf: size) {
            try save(try await file(tile.path, platform, access), at: tile.path)
        }
        do {
            // Only an empty folder goes.
            rmdir(folder)
            try FileManager.default.moveItem(atPath: staging, toPath: folder)
        } catch {
            throw CommandFailure.failed(
                "\(folder): cannot be written: \(error.localizedDescription)"
            )
        }
        return size
    }

    private func file(
        _ path: String,
        _ platform: String,
        _ access: any Operator
    ) async throws -> [UInt8] {
        guard let bytes = try await access.logFile(path, platform: platform, log: log) else {
            guard path == LogFolder.checkpointPath else {
                throw CommandFailure.failed("the log of \(platform) has no \(path)")
            }
            throw LogCommand.unknown(platform, log)
        }
        return bytes
    }

    private func save(_ bytes: [UInt8], at path: String) throws {
        let url = URL(fileURLWithPath: "\(staging)/\(path)")
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(bytes).write(to: url)
        } catch {
            throw CommandFailure.failed(
                "\(url.path): cannot be written: \(error.localizedDescription)"
            )
        }
    }
}
