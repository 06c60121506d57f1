public import WireFormat

/// A time limit that an outside body has set itself (M1-24, M4-18, M4-19).
///
/// The lengths are data: secondary sources contradict each other, and none was checked with the
/// body itself. So an elapsed clock is a reminder to look, never a breach.
public struct ExternalClock: Sendable, Hashable {
    /// Such as `heimao.contact`.
    public var id: String
    public var channel: EscalationChannel
    /// What starts it.
    public var start: Start
    /// The status that ends it; a later one ends it too.
    public var awaits: OutsideFiling.Status
    public var length: PolicyDuration
    /// Whether an operator checked the length with the body.
    public var isVerified: Bool
    public var note: LocalisedText

    public init(
        id: String,
        channel: EscalationChannel,
        start: Start,
        awaits: OutsideFiling.Status,
        length: PolicyDuration,
        isVerified: Bool,
        note: LocalisedText
    ) {
        self.id = id
        self.channel = channel
        self.start = start
        self.awaits = awaits
        self.length = length
        self.isVerified = isVerified
        self.note = note
    }

    public enum Start: String, Sendable, Hashable, CaseIterable {
        case filed
        case accepted
    }
}

extension OutsideFiling {
    /// A running or ended clock of this filing.
    public struct DueInstant: Sendable, Hashable {
        public let clock: ExternalClock
        public let dueAt: Instant
        /// Whether what the clock waits for has come.
        public let isEnded: Bool

        /// Half-open: due at the instant itself.
        public func isOverdue(at instant: Instant) -> Bool { !isEnded && instant >= dueAt }
    }

    /// The clocks of this filing's channel that have started.
    ///
    /// - Parameter adding: the instant a length after another; it knows the working days.
    public func dueInstants(
        of clocks: [ExternalClock],
        adding: (Instant, PolicyDuration) -> Instant
    ) -> [DueInstant] {
        clocks.filter { $0.channel == channel }.compactMap { clock in
            let start: Instant? =
                switch clock.start {
                case .filed: filedAt
                case .accepted: acceptedAt
                }
            return start.map { start in
                DueInstant(
                    clock: clock,
                    dueAt: adding(start, clock.length),
                    isEnded: status.order >= clock.awaits.order
                )
            }
        }
    }
}
