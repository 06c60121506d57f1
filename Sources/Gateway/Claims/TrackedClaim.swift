public import CardModel
public import WireFormat

/// What whoever has a claim's tracking number sees (M0-07): state, who must act and times. No
/// person, no order and no code.
public struct TrackedClaim: Sendable {
    public let tracking: TrackingNumber
    public let state: ClaimState
    /// Who must act; nil once it is closed.
    public let owner: ClaimActor?
    public let openedAt: Instant
    public let dueAt: Instant?
    /// Whether ``dueAt`` rests on days of which no calendar speaks.
    public let isDueProvisional: Bool
    /// That of the policy which the order pinned: in it times are shown to people.
    public let zone: LocalZone
    /// The oldest first.
    public let steps: [Step]

    public struct Step: Sendable {
        public let at: Instant
        public let to: ClaimState
        public let by: ClaimActor
    }

    init(_ record: ClaimRecord, history: [ClaimHistoryEntry], in zone: LocalZone) {
        self.zone = zone
        tracking = record.tracking
        state = record.claim.state
        owner = record.claim.owner
        openedAt = record.claim.filedAt
        dueAt = record.dueAt
        isDueProvisional = record.isDueProvisional
        steps = history.filter { $0.isShown(to: .buyer) }.map {
            Step(at: $0.at, to: $0.to, by: $0.actor)
        }
    }

    public var jsonValue: JSONValue {
        [
            "tracking": .string(tracking.text),
            "state": .string(state.rawValue),
            "owner": JSONValue(text: owner?.rawValue),
            "opened_at": .string(openedAt.rfc3339),
            "due_at": JSONValue(text: dueAt?.rfc3339),
            "due_is_provisional": .bool(isDueProvisional),
            "steps": .array(
                steps.map { step in
                    [
                        "at": .string(step.at.rfc3339), "to": .string(step.to.rawValue),
                        "by": .string(step.by.rawValue),
                    ]
                }
            ),
        ]
    }
}
