import EvidenceLog
import WireFormat

/// How one witness stands to one log.
enum LogStanding: Sendable, Hashable {
    /// Not asked since the gateway began.
    case unasked
    /// It has cosigned what it was shown last.
    case cosigned
    /// It could not be asked, or gave no answer that can be used; asked again soon.
    case failing(String)
    /// It does not take this log: it does not know the origin or the key.
    case refused(status: Int)
    /// It has seen another history of this log. A person has to find out why.
    case alarmed(WitnessAlarm)

    /// One stable word, for programs.
    var word: String {
        switch self {
        case .unasked: "not_asked"
        case .cosigned: "cosigned"
        case .failing: "failing"
        case .refused: "refused"
        case .alarmed(.forked): "forked"
        case .alarmed(.rolledBack): "rolled_back"
        }
    }

    var alarm: WitnessAlarm? {
        switch self {
        case .alarmed(let alarm): alarm
        case .unasked, .cosigned, .failing, .refused: nil
        }
    }

    /// What an operator needs beside the word; nil when there is nothing to say.
    var detail: String? {
        switch self {
        case .unasked, .cosigned: nil
        case .failing(let reason): reason
        case .refused(let status): "status \(status)"
        case .alarmed(let alarm): alarm.description
        }
    }
}

/// What a witness's answer says about our own log.
enum WitnessAlarm: Sendable, Hashable, CustomStringConvertible {
    /// Our tree does not continue the one of `cosigned` entries that it cosigned.
    case forked(cosigned: UInt64)
    /// It has cosigned more entries than this store has ever had.
    case rolledBack(cosigned: UInt64, size: UInt64)

    var description: String {
        switch self {
        case .forked(let cosigned):
            "this log does not continue the \(cosigned) entries that the witness has cosigned"
        case .rolledBack(let cosigned, let size):
            "the witness has cosigned \(cosigned) entries, this log has only \(size)"
        }
    }
}

/// What came of asking a witness about one log once.
enum WitnessOutcome: Sendable, Hashable {
    case cosigned(size: UInt64, at: Instant)
    /// The log has grown past what was shown; the next round shows it.
    case outdated(cosigned: UInt64)
    case refused(status: Int)
    case alarm(WitnessAlarm)
    /// Concerns this log alone.
    case unusable(String)
    /// Concerns the witness: nothing else is asked of it for a while.
    case unreachable(String)
    /// The gateway ends.
    case cancelled
}
