import Drivers
import Foundation
import Logging
import WireFormat

/// The gateway's own log: one JSON object a line on standard error.
struct JSONLinesLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let time = SystemTimeSource()

    /// Names of the line itself, which metadata cannot take.
    private static let ownMembers: Set<String> = ["time", "level", "logger", "message", "error"]

    init(label: String, level: Logger.Level) {
        self.label = label
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = JSONObject([
            .init(name: "time", value: .string(time.now().rfc3339)),
            .init(name: "level", value: .string(event.level.rawValue)),
            .init(name: "logger", value: .string(label)),
            .init(name: "message", value: .string("\(event.message)")),
        ])
        // An error's own words may quote what it was about.
        if let error = event.error { line["error"] = .string("\(type(of: error))") }
        let provided = metadataProvider?.get() ?? [:]
        let all = provided.merging(metadata) { $1 }.merging(event.metadata ?? [:]) { $1 }
        for (name, value) in all.sorted(by: { $0.key < $1.key })
        where !Self.ownMembers.contains(name) {
            line[name] = Self.value(value)
        }
        if let reason = event.metadata?["error"] { line["error"] = Self.value(reason) }
        Self.write(JSONValue.object(line).serialized() + [0x0a])
    }

    private static func value(_ value: Logger.MetadataValue) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let value): .string("\(value)")
        case .array(let elements): .array(elements.map { Self.value($0) })
        case .dictionary(let members):
            .object(
                JSONObject(
                    members.sorted { $0.key < $1.key }.map {
                        JSONObject.Member(name: $0.key, value: Self.value($0.value))
                    }
                )
            )
        }
    }

    /// One call a line, so that lines of several threads do not mix.
    private static func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes {
                Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count)
            }
            if written < 0, errno == EINTR { continue }
            // Nobody can be told that standard error is gone.
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }
}

extension Logger {
    /// The logger of a process that serves.
    static func jsonLines(_ label: String, level: Logger.Level) -> Logger {
        Logger(label: label) { JSONLinesLogHandler(label: $0, level: level) }
    }

    /// Only what has gone wrong, for commands that open the gateway in process.
    static let quiet = Logger.jsonLines("cardproof", level: .error)
}
