import Metrics
import WireFormat

/// What is known of one witness: how it stands to each log, and when it is asked again.
///
/// Decides, and does nothing else; the lane asks and tells it what came back.
struct WitnessBook: Sendable {
    /// What is known of one log.
    struct Entry: Sendable, Hashable {
        var standing = LogStanding.unasked
        /// Entries of the largest tree that it has cosigned; nil when it never did.
        var position: UInt64?
        var cosignedAt: Instant?
        /// Entries that it has cosigned since the gateway began; nil: it is shown even a tree that
        /// it knows, so that a store that was put back is found at once.
        var confirmed: UInt64?
        /// Failures in a row, of this log.
        var failures = 0
        var notBefore: Instant?
    }

    /// What the operator has to hear.
    enum Notice: Sendable, Hashable {
        case alarm(WitnessAlarm)
        case alarmIsOver
        case refused(status: Int)
        case unusable(String)
    }

    /// A witness that is away, or says what cannot be used.
    static let failing = PauseLadder.failingIssuer
    /// A log that it refuses, or an alarm: a person has to mend that.
    static let refusal = PauseLadder.ownFault

    private(set) var entries: [LogName: Entry] = [:]
    /// Failures in a row to reach it at all.
    private(set) var unreachableCount = 0
    private(set) var unreachableReason: String?
    private var awayUntil: Instant?

    /// How far it had come in each platform's entries when the gateway began, by running index.
    private let stored: [PlatformNumber: WitnessPosition]

    /// - Parameter positions: of this witness, as the store has them.
    init(positions: [WitnessPosition]) {
        stored = Dictionary(positions.map { ($0.platform, $0) }) { first, _ in first }
    }

    /// Entries of a log that it has cosigned, as far as is known. Of a log that ended before the
    /// one it is at, all: if it is wrong, the witness tells the size it wants.
    func position(of log: LogRecord) -> UInt64 {
        if let position = entries[log.name]?.position { return position }
        guard let position = stored[log.platform], position.size > log.firstIndex else { return 0 }
        return min(position.size, log.end ?? position.size) - log.firstIndex
    }

    /// When it cosigned that; nil when it never did, or long ago.
    func cosignedAt(_ log: LogRecord) -> Instant? {
        if let time = entries[log.name]?.cosignedAt { return time }
        // At the place where a log ended and the next began it has cosigned the one that ended.
        guard let position = stored[log.platform],
            position.size > log.firstIndex || log.firstIndex == 0,
            position.size <= log.end ?? position.size
        else { return nil }
        return position.cosignedAt
    }

    /// Whether it should be shown a tree of `size` now.
    func isDue(_ log: LogName, size: UInt64, at now: Instant) -> Bool {
        guard !isAway(at: now) else { return false }
        guard let entry = entries[log] else { return true }
        if let notBefore = entry.notBefore, now < notBefore { return false }
        return entry.confirmed != size
    }

    func isAway(at now: Instant) -> Bool { awayUntil.map { now < $0 } ?? false }

    /// When it is asked again although no log grows; nil when nothing waits for a time.
    /// - Parameter now: of the last round: what was due by then has had its turn.
    func nextTime(after now: Instant) -> Instant? {
        ([awayUntil] + entries.values.map(\.notBefore)).compactMap(\.self).filter { $0 > now }.min()
    }

    /// How the witness stands to a log: while it cannot be reached, to no log well.
    func standing(to log: LogName) -> LogStanding {
        let own = entries[log]?.standing ?? .unasked
        switch (own, unreachableReason) {
        case (.unasked, let reason?), (.cosigned, let reason?), (.failing, let reason?):
            return .failing(reason)
        case (.refused, _), (.alarmed, _), (_, nil): return own
        }
    }

    /// Notes what came of asking about one log.
    /// - Parameter jitter: random, 0 to 1.
    /// - Returns: what is new and has to be told.
    mutating func note(
        _ outcome: WitnessOutcome,
        of log: LogName,
        at now: Instant,
        jitter: Double
    ) -> Notice? {
        var entry = entries[log] ?? Entry()
        let before = entry.standing
        defer { entries[log] = entry }
        if case .cancelled = outcome { return nil }
        if case .unreachable(let reason) = outcome {
            awayUntil = now + Self.failing.pause(after: unreachableCount, jitter: jitter)
            unreachableCount += 1
            unreachableReason = reason
            // An alarm stands until the witness itself takes it back.
            if before.alarm == nil { entry.standing = .failing(reason) }
            return nil
        }
        unreachableCount = 0
        unreachableReason = nil
        awayUntil = nil
        entry.apply(outcome, at: now, jitter: jitter)
        return Self.notice(from: before, to: entry.standing)
    }

    private static func notice(from before: LogStanding, to after: LogStanding) -> Notice? {
        guard before != after else { return nil }
        switch after {
        case .alarmed(let alarm): return .alarm(alarm)
        case .refused(let status): return .refused(status: status)
        case .failing(let reason): return .unusable(reason)
        case .cosigned, .unasked: return before.alarm == nil ? nil : .alarmIsOver
        }
    }
}

extension WitnessBook.Entry {
    fileprivate mutating func apply(_ outcome: WitnessOutcome, at now: Instant, jitter: Double) {
        switch outcome {
        case .cosigned(let size, let time):
            standing = .cosigned
            position = size
            confirmed = size
            cosignedAt = time
            failures = 0
            notBefore = nil
            return
        case .outdated(let size):
            // Shown again at the next target, which is at least as large.
            position = size
            notBefore = nil
            return
        case .refused(let status):
            // Nor does an alarm end because the witness forgot the log.
            if standing.alarm == nil { standing = .refused(status: status) }
        case .alarm(let alarm): standing = .alarmed(alarm)
        case .unusable(let reason):
            if standing.alarm == nil { standing = .failing(reason) }
            notBefore = now + WitnessBook.failing.pause(after: failures, jitter: jitter)
            failures += 1
            return
        case .unreachable, .cancelled: return
        }
        notBefore = now + WitnessBook.refusal.pause(after: failures, jitter: jitter)
        failures += 1
    }
}
