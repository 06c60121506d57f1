/// Whom a verifier believes: the logs he knows, the witnesses, and how many of them must have
/// cosigned a checkpoint.
///
/// Parsing is strict. Printing writes one normal form (definitions in order, single spaces, no
/// comments); parsing that gives the same policy.
/// Source: https://c2sp.org/tlog-policy.
public struct LogPolicy: Sendable, Hashable {
    /// Lines of one kind; the specification asks for at least 32.
    public static let largestDefinitionCount = 1000
    /// Bytes of a policy file.
    public static let largestByteCount = 1 << 20

    /// A name of a witness or group, or a URL: octets without meaning outside of the file.
    public struct Name: Sendable, Hashable, CustomStringConvertible {
        public let bytes: [UInt8]

        public init(_ text: String) { bytes = Array(text.utf8) }
        init(_ bytes: ArraySlice<UInt8>) { self.bytes = Array(bytes) }
        public var description: String { String(decoding: bytes, as: UTF8.self) }
    }

    public struct Log: Sendable, Hashable {
        /// Its name is the origin of the log's checkpoints.
        public let key: NoteVerifierKey
        public let url: Name?
    }

    public struct Witness: Sendable, Hashable {
        public let name: Name
        public let key: NoteVerifierKey
        public let url: Name?
    }

    /// Counts as having witnessed when at least `threshold` of its members have.
    public struct Group: Sendable, Hashable {
        public let name: Name
        public let threshold: Int
        public let members: [Name]
    }

    public enum Quorum: Sendable, Hashable {
        /// No cosignature is asked for.
        case none
        /// This witness or group must have witnessed.
        case member(Name)
    }

    public internal(set) var logs: [Log] = []
    public internal(set) var witnesses: [Witness] = []
    /// Each refers to names defined before it.
    public internal(set) var groups: [Group] = []
    public internal(set) var quorum: Quorum = .none

    /// A policy that knows logs and asks for no witness.
    /// - Throws: ``EvidenceError`` with code `malformedPolicy` when two keys are the same.
    public init(logs: [NoteVerifierKey]) throws(EvidenceError) {
        var draft = "quorum none\n"
        for key in logs.reversed() { draft = "log \(key.vkey)\n" + draft }
        try self.init(bytes: Array(draft.utf8))
    }

    /// Reads a policy file.
    /// - Throws: ``EvidenceError`` with code `malformedPolicy` or `limitExceeded`, naming the line.
    public init(bytes: [UInt8]) throws(EvidenceError) {
        self = try LogPolicyParser.parse(bytes)
    }

    init() {}

    /// The normal form.
    public var serialized: [UInt8] {
        var lines: [[[UInt8]]] = []
        for log in logs {
            lines.append([Array("log".utf8), Array(log.key.vkey.utf8)] + Self.optional(log.url))
        }
        for witness in witnesses {
            lines.append(
                [Array("witness".utf8), witness.name.bytes, Array(witness.key.vkey.utf8)]
                    + Self.optional(witness.url)
            )
        }
        for group in groups {
            lines.append(
                [Array("group".utf8), group.name.bytes, Array(group.thresholdWord.utf8)]
                    + group.members.map(\.bytes)
            )
        }
        lines.append([Array("quorum".utf8), quorumName.bytes])
        return lines.flatMap { Array($0.joined(separator: [StrictText.space])) + [0x0A] }
    }

    /// Whether these witnesses are enough, by name.
    public func isSatisfied(byWitnesses cosigned: Set<Name>) -> Bool {
        var witnessed = cosigned.intersection(witnesses.map(\.name))
        for group in groups
        where group.members.count(where: { witnessed.contains($0) }) >= group.threshold {
            witnessed.insert(group.name)
        }
        switch quorum {
        case .none: return true
        case .member(let name): return witnessed.contains(name)
        }
    }

    private var quorumName: Name {
        switch quorum {
        case .none: Name("none")
        case .member(let name): name
        }
    }

    private static func optional(_ url: Name?) -> [[UInt8]] {
        url.map { [$0.bytes] } ?? []
    }
}

extension LogPolicy.Group {
    var thresholdWord: String {
        if threshold == members.count { return "all" }
        return threshold == 1 ? "any" : String(threshold)
    }
}
