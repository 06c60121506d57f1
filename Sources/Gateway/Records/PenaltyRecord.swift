public import CardModel
public import WireFormat

/// A row of the penalty ladder that a merchant reached in a period: told once, and kept beside the
/// claims that led to it (M2-17, M2-23).
public struct PenaltyRecord: Sendable, Hashable {
    public var id: PenaltyID
    public var platform: PlatformNumber
    /// What was reached, as it was counted then.
    public var event: PenaltyEvent
    /// Of the ladder.
    public var version: Int
    public var period: PenaltyPeriod
    public var reachedAt: Instant
    /// The claim by which it was reached, and whose history tells of it; nil once its delivery was
    /// erased.
    public var claim: ClaimID?
    /// The running index of the leaf of that step.
    public var leafIndex: UInt64
    /// A person's; nil while nobody decided, and for a step that needs nobody.
    public var decision: Decision?

    public init(
        _ id: PenaltyID,
        platform: PlatformNumber,
        event: PenaltyEvent,
        version: Int,
        period: PenaltyPeriod,
        reachedAt: Instant,
        claim: ClaimID?,
        leafIndex: UInt64
    ) {
        self.id = id
        self.platform = platform
        self.event = event
        self.version = version
        self.period = period
        self.reachedAt = reachedAt
        self.claim = claim
        self.leafIndex = leafIndex
    }

    public var merchant: String { event.merchant }

    /// What a person of the platform made of a penalty that was prepared for one.
    public struct Decision: Sendable, Hashable {
        public var outcome: Outcome
        public var reason: String
        /// Of the platform's agent; no person's name.
        public var account: String
        public var at: Instant
        /// The running index of the leaf that records it.
        public var leafIndex: UInt64

        public init(
            outcome: Outcome,
            reason: String,
            account: String,
            at: Instant,
            leafIndex: UInt64
        ) {
            self.outcome = outcome
            self.reason = reason
            self.account = account
            self.at = at
            self.leafIndex = leafIndex
        }

        public enum Outcome: String, Sendable, Hashable, CaseIterable {
            /// The platform carries it out.
            case confirmed
            case dismissed
        }
    }

    /// Where it stands.
    public enum State: String, Sendable, Hashable {
        /// Takes effect by itself, and can be taken back.
        case automatic
        /// Waits for a person.
        case due
        case confirmed
        case dismissed
    }

    public var state: State {
        switch decision?.outcome {
        case .confirmed: .confirmed
        case .dismissed: .dismissed
        case nil: event.isAutomatic ? .automatic : .due
        }
    }

    /// Characters of a decision's reason.
    public static let longestReason = 500
}

/// How a merchant's claims of a stretch of time were answered.
public struct ResponseCount: Sendable, Hashable {
    /// Counted claims against him.
    public var claims: Int
    /// Those of them whose first-response limit passed without an answer by a person.
    public var missed: Int

    public init(claims: Int, missed: Int) {
        self.claims = claims
        self.missed = missed
    }
}

extension PenaltyRecord: StoredTree {
    /// Without the claim, which drivers keep apart: it goes when its delivery is erased.
    public var jsonValue: JSONValue {
        [
            "id": .string(id.text), "platform": .integer(platform.rawValue),
            "merchant": .string(merchant), "row": event.row.jsonValue,
            "value": .integer(Int64(event.value)), "version": .integer(Int64(version)),
            "period": .integer(Int64(period.number)), "reached_at": JSONValue(reachedAt),
            "leaf_index": .integer(Int64(leafIndex)), "decision": decision?.jsonValue ?? .null,
        ]
    }

    public init?(jsonValue: JSONValue) {
        guard let id = jsonValue["id"]?.stringValue.flatMap({ PenaltyID($0) }),
            let platform = jsonValue["platform"]?.integerValue,
            let merchant = jsonValue["merchant"]?.stringValue,
            let row = jsonValue["row"].flatMap({ PenaltyLadder.Row(jsonValue: $0) }),
            let value = jsonValue["value"]?.integerValue,
            let version = jsonValue["version"]?.integerValue,
            let number = jsonValue["period"]?.integerValue,
            let reachedAt = jsonValue["reached_at"]?.instant,
            let leafIndex = jsonValue["leaf_index"]?.integerValue.flatMap({ UInt64(exactly: $0) })
        else { return nil }
        let period = PenaltyPeriod(number: Int(number))
        self.init(
            id,
            platform: PlatformNumber(rawValue: platform),
            event: PenaltyEvent(
                merchant: merchant, row: row, value: Int(value), since: period.start),
            version: Int(version),
            period: period,
            reachedAt: reachedAt,
            claim: nil,
            leafIndex: leafIndex
        )
        if let value = jsonValue["decision"], !value.isNull {
            guard let decision = Decision(jsonValue: value) else { return nil }
            self.decision = decision
        }
    }
}

extension PenaltyRecord.Decision {
    var jsonValue: JSONValue {
        [
            "outcome": .string(outcome.rawValue), "reason": .string(reason),
            "account": .string(account), "at": JSONValue(at),
            "leaf_index": .integer(Int64(leafIndex)),
        ]
    }

    init?(jsonValue value: JSONValue) {
        guard let outcome = value["outcome"]?.stringValue.flatMap({ Outcome(rawValue: $0) }),
            let reason = value["reason"]?.stringValue,
            let account = value["account"]?.stringValue, let at = value["at"]?.instant,
            let leafIndex = value["leaf_index"]?.integerValue.flatMap({ UInt64(exactly: $0) })
        else { return nil }
        self.init(outcome: outcome, reason: reason, account: account, at: at, leafIndex: leafIndex)
    }
}
