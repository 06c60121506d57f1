public import CardModel
public import WireFormat

/// What persons report of one filing of a claim outside the platform; one a channel.
public struct FilingRecord: Sendable {
    public var claim: ClaimID
    public var filing: OutsideFiling

    public init(claim: ClaimID, filing: OutsideFiling) {
        self.claim = claim
        self.filing = filing
    }
}

extension FilingRecord: StoredTree {
    public var jsonValue: JSONValue {
        ["claim": .string(claim.text), "filing": filing.jsonValue]
    }

    public init?(jsonValue: JSONValue) {
        guard let claim = jsonValue["claim"]?.stringValue.flatMap({ ClaimID($0) }),
            let filing = jsonValue["filing"].flatMap({ OutsideFiling(jsonValue: $0) })
        else { return nil }
        self.init(claim: claim, filing: filing)
    }
}

/// A person's word on a filing, for the committer.
public struct FilingReport: Sendable {
    public var platform: PlatformNumber
    public var claim: ClaimID
    public var channel: EscalationChannel
    /// Nil: its packet was made and nothing was filed.
    public var event: OutsideFiling.Event?
    public var principal: ClaimPrincipal
    public var rules: ClaimRules
    public var at: Instant
    public var drafting: LeafDrafting
    public var idempotency: Idempotency?

    public init(
        platform: PlatformNumber,
        claim: ClaimID,
        channel: EscalationChannel,
        event: OutsideFiling.Event?,
        principal: ClaimPrincipal,
        rules: ClaimRules,
        at: Instant,
        drafting: LeafDrafting,
        idempotency: Idempotency? = nil
    ) {
        self.platform = platform
        self.claim = claim
        self.channel = channel
        self.event = event
        self.principal = principal
        self.rules = rules
        self.at = at
        self.drafting = drafting
        self.idempotency = idempotency
    }
}
