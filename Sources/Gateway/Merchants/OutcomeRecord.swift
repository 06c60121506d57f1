public import CardModel
import EvidenceLog

/// The published outcome of a claim as the store keeps it: the disclosure that opens the field
/// `outcome` of the claim's closing leaf.
///
/// It is kept in clear and stays when the delivery of its claim is erased; only its tie to the
/// claim goes. What it says is public from the moment it is written and names no code, order or
/// person, so an erasure has nothing to take from it; and a line that vanished would be a missing
/// number, which cannot be told from a line that was held back. The leaf holds the digest for ever,
/// so the line can be checked as before, while the rest of the leaf opens to nobody any more.
public struct OutcomeRecord: Sendable, Hashable {
    public let platform: PlatformNumber
    public let outcome: ClaimOutcome
    /// Nil when the delivery was erased.
    public var claim: ClaimID?
    /// The running index of the leaf that closed the claim.
    public let leafIndex: UInt64
    /// The disclosure in its written form, base64url (RFC 9901).
    public let disclosure: String

    /// Nil unless the disclosure is one of an outcome.
    public init?(
        platform: PlatformNumber,
        claim: ClaimID?,
        leafIndex: UInt64,
        disclosure text: String
    ) {
        guard let disclosure = try? Disclosure(text: text),
            disclosure.name == OutcomeFile.disclosureName,
            let outcome = try? ClaimOutcome(jsonValue: disclosure.value)
        else { return nil }
        self.platform = platform
        self.outcome = outcome
        self.claim = claim
        self.leafIndex = leafIndex
        self.disclosure = text
    }

    /// The line of the published file of a log that begins at a running index.
    func line(inLogFrom firstIndex: UInt64) -> OutcomeFile.Line {
        OutcomeFile.Line(
            outcome: outcome,
            leaf: Int(clamping: leafIndex - min(leafIndex, firstIndex)),
            disclosure: disclosure
        )
    }
}
