public import EvidenceLog

/// The witnesses that are asked for cosignatures, and how many of them make a quorum.
public struct WitnessRoster: Sendable {
    public struct Member: Sendable, Hashable {
        /// What the policy and the operator call it.
        public let name: String
        /// What its cosignatures verify with: an Ed25519 cosigner (type 04).
        public let key: NoteVerifierKey
        /// Its submission prefix, without a slash at the end. Not published: some operators make
        /// it a secret between them and the log.
        public let url: String

        public init(name: String, key: NoteVerifierKey, url: String) {
            self.name = name
            self.key = key
            self.url = url
        }
    }

    /// Witnesses of one deployment. A note has room for a hundred signatures, and each witness is
    /// asked by a loop of its own.
    public static let largestCount = 16
    /// From one look for newer checkpoints to the next.
    public static let defaultInterval = Duration.seconds(5)
    /// For one request, from the name's lookup to the last byte.
    public static let defaultTimeLimit = Duration.seconds(10)
    /// Nobody is asked.
    public static let none = WitnessRoster()

    public let members: [Member]
    /// Nil without witnesses.
    public let quorum: WitnessQuorum?
    public let interval: Duration
    public let timeLimit: Duration

    private init() {
        members = []
        quorum = nil
        interval = Self.defaultInterval
        timeLimit = Self.defaultTimeLimit
    }

    /// - Parameter threshold: nil for more than half of them.
    /// - Throws: `EvidenceError` for a name or key that stands twice, a name that cannot stand in
    ///   a policy, a key whose cosignatures cannot be verified here, a threshold that is not 1 to
    ///   the number of witnesses, or more than ``largestCount``.
    public init(
        members: [Member],
        threshold: Int?,
        interval: Duration = WitnessRoster.defaultInterval,
        timeLimit: Duration = WitnessRoster.defaultTimeLimit
    ) throws(EvidenceError) {
        guard members.count <= Self.largestCount else {
            throw EvidenceError(.limitExceeded, "more than \(Self.largestCount) witnesses")
        }
        for member in members where member.key.type != .ed25519Cosignature {
            throw EvidenceError(
                .unsupportedKey,
                at: member.name,
                "a witness's key is an Ed25519 cosigner's (type 4), this one is \(member.key.type)"
            )
        }
        let wanted = threshold ?? members.count / 2 + 1
        quorum = WitnessQuorum(threshold: wanted, of: Set(members.map(\.key.vkey)))
        self.members = members
        self.interval = interval
        self.timeLimit = timeLimit
        // Refuses what stands twice, and a threshold that nobody can reach.
        _ = try policy(for: [])
    }

    /// What a verifier needs to judge a checkpoint of this log.
    /// - Throws: `EvidenceError` with code `malformedPolicy`; never for one key.
    public func policy(for logs: [NoteVerifierKey]) throws(EvidenceError) -> LogPolicy {
        try LogPolicy(
            logs: logs,
            witnesses: members.map { ($0.name, $0.key) },
            threshold: quorum?.threshold ?? 0
        )
    }
}
