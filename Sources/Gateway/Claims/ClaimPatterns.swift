import CardModel
import WireFormat

/// Looks at many claims at once; pure.
enum ClaimPatterns {
    /// Claims that are looked at for one pattern: the latest. More do not change what is found, for
    /// every threshold is far below. In a transaction they are counted by their columns, or read
    /// for a collective case that is not known yet and for the signs that a merchant leaves.
    static let mostClaims = 1_000

    /// Claims whose records a rule that counts reads in a transaction, at most, unless an
    /// operator's own threshold is above it.
    static let mostRead = 200

    /// Claims that are counted of one batch, which may have a million codes.
    static let mostCounted = 100_000

    /// A transaction reads at most so many claims for each that a threshold counts: enough to see
    /// whether it is reached, and no more work for a source of thousands.
    static let looksPerCount = 4

    /// How far back a merchant's bad codes are counted.
    static let merchantWindow = Duration.seconds(30 * 86_400)

    /// How many complaints of one buyer these claims are: one an order, and none for a code that
    /// was dead before he had it, which he cannot have brought about.
    static func complaints(in claims: [ClaimRecord]) -> Int {
        Set(
            claims.filter { $0.verdict.timing != .beforeDelivery }.map(\.delivery)
        ).count
    }

    static func window(_ parameters: TierParameters) -> Duration {
        .seconds(Int64(parameters.collectiveDays) * 86_400)
    }

    /// The case that a claim belongs to with others of its merchant; nil for one that is alone.
    static func collectiveCase(
        of claim: ClaimRecord,
        in claims: [ClaimRecord],
        _ parameters: TierParameters
    ) -> CollectiveCase? {
        CollectiveCase.find(in: claims.compactMap(BadCode.init), under: parameters).first {
            $0.members.contains { $0.claimID == claim.id.text }
        }
    }

    /// The same where the claim is the one by which the case came to be.
    static func newCase(
        of claim: ClaimRecord,
        in claims: [ClaimRecord],
        _ parameters: TierParameters
    ) -> CollectiveCase? {
        guard let found = collectiveCase(of: claim, in: claims, parameters) else { return nil }
        let others = claims.filter { $0.id != claim.id }.compactMap(BadCode.init)
        let members = Set(found.members.map(\.claimID))
        let isKnown = CollectiveCase.find(in: others, under: parameters).contains { earlier in
            earlier.members.contains { members.contains($0.claimID) }
        }
        return isKnown ? nil : found
    }
}

extension BadCode {
    /// Nil for a claim about something else than a code, for one that opened on words that no
    /// finding has borne out, and for one that ended without a defect. A code that was bad when it
    /// was handed over counts, whatever was given for it since.
    init?(_ claim: ClaimRecord) {
        guard claim.isFound, claim.verdict.state.standing == .defective,
            !ClaimSource.uncountedStates.contains(claim.claim.state)
        else { return nil }
        switch claim.claim.family {
        case .codeUnusable, .notAsDescribed: break
        case .delivery, .payment, .service, .accountSecurity: return nil
        }
        self.init(
            claimID: claim.id.text,
            merchant: claim.merchant,
            batch: claim.batch?.text,
            product: claim.product,
            at: claim.claim.filedAt
        )
    }
}

extension CollectiveCase {
    /// Ids of claims and of a batch: no code, no order and no person.
    var jsonValue: JSONValue {
        [
            "merchant": .string(merchant), "batch": JSONValue(text: batch),
            "products": .array(products.map { .string($0) }),
            "claims": .array(members.map { .string($0.claimID) }),
            "from": JSONValue(text: members.first?.at.rfc3339),
            "through": JSONValue(text: members.last?.at.rfc3339),
        ]
    }
}
