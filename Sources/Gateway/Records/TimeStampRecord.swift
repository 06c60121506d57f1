public import EvidenceLog
public import WireFormat

/// A stamp over a checkpoint of a platform's log, with everything that verifies it offline.
public struct TimeStampRecord: Sendable, Hashable {
    /// What was stamped in the place of one checkpoint: a list of several logs'.
    public struct List: Sendable, Hashable {
        /// The bytes that were stamped.
        public var text: [UInt8]
        /// Where this log's checkpoint stands in it.
        public var place: StampPlace

        public init(text: [UInt8], place: StampPlace) {
            self.text = text
            self.place = place
        }
    }

    public var platform: PlatformNumber
    /// Running index of the first entry of the stamped log.
    public var firstIndex: UInt64
    /// Entries of the stamped checkpoint.
    public var size: UInt64
    /// The checkpoint file as it was stamped, with the cosignatures of that moment.
    public var checkpoint: [UInt8]
    /// The authority's configured name.
    public var authority: String
    /// Dotted object identifier.
    public var policy: String
    public var genTime: Instant
    /// To either side, whole milliseconds.
    public var accuracy: Duration
    /// DER.
    public var token: [UInt8]
    /// PEM of the certificates from the signer's to the root.
    public var chain: String
    /// PEM; empty when none could be had at stamping time.
    public var revocationLists: String
    /// Nil when the checkpoint itself was stamped.
    public var list: List?
    /// Running index of the `anchor` leaf, which the store gives. It stands in the log that is open
    /// then: a log that has ended is stamped once more, and anchored in the one after it.
    public var anchorIndex: UInt64

    public init(
        platform: PlatformNumber,
        firstIndex: UInt64 = 0,
        size: UInt64,
        checkpoint: [UInt8],
        authority: String,
        policy: String,
        genTime: Instant,
        accuracy: Duration,
        token: [UInt8],
        chain: String,
        revocationLists: String,
        list: List?,
        anchorIndex: UInt64 = 0
    ) {
        self.platform = platform
        self.firstIndex = firstIndex
        self.size = size
        self.checkpoint = checkpoint
        self.authority = authority
        self.policy = policy
        self.genTime = genTime
        self.accuracy = accuracy
        self.token = token
        self.chain = chain
        self.revocationLists = revocationLists
        self.list = list
        self.anchorIndex = anchorIndex
    }

    /// Running index after the last entry that it covers.
    public var end: UInt64 { firstIndex + size }

    /// The bytes that the token is over.
    public var stampedBytes: [UInt8] { list?.text ?? checkpoint }

    /// What the `anchor` leaf says.
    var statement: AnchorStatement {
        AnchorStatement(
            size: size,
            checkpoint: checkpoint,
            token: token,
            policy: policy,
            place: list?.place
        )
    }
}

/// One stamp, for each of the logs it is over.
public struct TimeStampReport: Sendable {
    public var records: [TimeStampRecord]
    public var at: Instant

    public init(records: [TimeStampRecord], at: Instant) {
        self.records = records
        self.at = at
    }
}
