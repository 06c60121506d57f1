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
