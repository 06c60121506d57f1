/// One setting: its name, what it may hold, its default, its environment variable, and what it is
/// for. The table of them is the only place that knows the keys.
struct ConfigurationKey: Sendable {
    /// What a value must look like.
    enum Kind: Sendable {
        case text
        /// `host:port`; `[::1]:port` for IPv6.
        case address
        /// Relative to the folder of the file it stands in; elsewhere to the working directory.
        case path
        case integer(ClosedRange<Int>)
        /// Scheme, host and port of a public address.
        case origin
        /// CIDR blocks.
        case addressBlocks
        case duration
        case durations
        case choice([String])
    }

    /// Dotted, as it nests in the file: `metrics.listen`.
    let name: String
    let kind: Kind
    /// As it would be written in the environment; nil when there is none.
    let defaultText: String?
    let summary: String

    init(_ name: String, _ kind: Kind, default defaultText: String? = nil, _ summary: String) {
        self.name = name
        self.kind = kind
        self.defaultText = defaultText
        self.summary = summary
    }

    static let environmentPrefix = "CARDPROOF_"

    /// `metrics.listen` → `CARDPROOF_METRICS_LISTEN`.
    var environmentName: String {
        Self.environmentPrefix + name.replacing(".", with: "_").uppercased()
    }

    var isList: Bool {
        switch kind {
        case .addressBlocks, .durations: true
        case .text, .address, .path, .integer, .origin, .duration, .choice: false
        }
    }

    /// What is expected, for errors and the docs page.
    var expectation: String {
        switch kind {
        case .text: "text"
        case .address: "an address such as 127.0.0.1:8080"
        case .path: "a path"
        case .origin: "an address such as https://cardproof.example"
        case .integer(let range):
            "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .addressBlocks: "a list of CIDR blocks such as 10.0.0.0/8"
        case .duration: "a duration such as 5s"
        case .durations: "a list of durations such as 30s, 5m, 2h"
        case .choice(let words): "one of " + words.joined(separator: ", ")
        }
    }
}
