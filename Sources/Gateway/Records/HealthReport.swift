import CardModel
public import EvidenceLog
public import WireFormat

/// How the gateway was, for the logs that grew: counts and a clock, never a text.
public struct HealthReport: Sendable {
    /// Questions to one adapter's issuer since the last report, of all platforms.
    public struct AdapterTally: Sendable, Hashable {
        /// As verdicts name it: `id@version`.
        public var label: String
        public var asked: Int
        /// Of those, the ones that brought no answer about a code.
        public var failed: Int

        public init(label: String, asked: Int, failed: Int) {
            self.label = label
            self.asked = asked
            self.failed = failed
        }
    }

    public let platforms: [PlatformNumber]
    /// The `health` leaf of a log whose platform has no outcomes of claims: made here, so that the
    /// store's writer only appends where no claim was ever closed.
    public let leaf: SealedLeaf
    private let members: [(name: String, value: JSONValue)]
    private let instant: Instant

    /// - Parameters:
    ///   - clock: Nil when no authority has stamped since the start.
    ///   - build: The version of the program.
    /// - Throws: `EvidenceError` with code `malformedLeaf` for counts that JSON cannot hold
    ///   exactly, or more adapters than an entry has room for.
    public init(
        platforms: [PlatformNumber],
        clock: ClockReading?,
        build: String,
        adapters: [AdapterTally],
        at instant: Instant
    ) throws(EvidenceError) {
        self.platforms = platforms
        self.instant = instant
        members = Self.members(clock: clock, build: build, adapters: adapters)
        // The longest there will be; whatever is refused is refused here, and not by the writer.
        _ = try Self.leaf(members, outcomes: ClaimOutcome.largestNumber, at: instant)
        leaf = try Self.leaf(members, outcomes: 0, at: instant)
    }

    /// The `health` leaf of a log whose platform has published so many outcomes of claims by now:
    /// lines that are left out at the end of its file are missed by it (M2-12).
    func leaf(outcomes: Int) throws(EvidenceError) -> SealedLeaf {
        outcomes == 0 ? leaf : try Self.leaf(members, outcomes: outcomes, at: instant)
    }

    private static func leaf(
        _ members: [(name: String, value: JSONValue)],
        outcomes: Int,
        at instant: Instant
    ) throws(EvidenceError) -> SealedLeaf {
        let total = (name: OutcomeFile.totalMember, value: JSONValue.integer(Int64(outcomes)))
        return .public(
            try EvidenceLeaf.disclosed(.health, members: members + [total], at: instant))
    }

    /// The members of the `health` leaf; the adapters' counts in the order of `adapters`.
    private static func members(
        clock: ClockReading?,
        build: String,
        adapters: [AdapterTally]
    ) -> [(name: String, value: JSONValue)] {
        var members: [(name: String, value: JSONValue)] = [("build", .string(build))]
        if let clock {
            members += [
                ("clock_at", .string(clock.readAt.rfc3339Seconds)),
                ("clock_offset_ms", .integer(clock.offset.wholeMilliseconds)),
                ("clock_uncertainty_ms", .integer(clock.uncertainty.wholeMilliseconds)),
                ("tsa", .string(clock.policy)),
            ]
        }
        if !adapters.isEmpty {
            members += [
                ("adapters", .array(adapters.map { .string($0.label) })),
                ("asked", .array(adapters.map { .integer(Int64($0.asked)) })),
                ("failed", .array(adapters.map { .integer(Int64($0.failed)) })),
            ]
        }
        return members
    }
}

/// Our clock against an authority's.
public struct ClockReading: Sendable, Hashable {
    /// Authority minus ours: positive when our clock is behind.
    public var offset: Duration
    /// How far the offset may be off to either side: half of the way there and back, and the
    /// authority's accuracy.
    public var uncertainty: Duration
    /// The authority's policy.
    public var policy: String
    public var readAt: Instant

    public init(offset: Duration, uncertainty: Duration, policy: String, readAt: Instant) {
        self.offset = offset
        self.uncertainty = uncertainty
        self.policy = policy
        self.readAt = readAt
    }

    /// The authority looked at its clock at some time between question and answer.
    init(_ issued: IssuedTimeStamp) {
        let halfWay = max(.zero, issued.answeredAt.duration(since: issued.askedAt)) / 2
        self.init(
            offset: issued.stamp.genTime.duration(since: issued.askedAt + halfWay),
            // A millisecond for what instants do not have.
            uncertainty: halfWay + issued.stamp.accuracy + .milliseconds(1),
            policy: issued.stamp.policy,
            readAt: issued.answeredAt
        )
    }
}
