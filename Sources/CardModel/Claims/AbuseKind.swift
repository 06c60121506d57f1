/// What one side of a claim says that the other's words are (言论举报, M2-19). The raw values are
/// published and never translated; a person of the platform's judges, and no rule does.
public enum AbuseKind: String, Sendable, Hashable, CaseIterable {
    case threat
    case insult
    /// 恶意评价: a review that is written, or promised, to press the other side.
    case maliciousReview = "malicious_review"
    case other

    /// Whose flag it can be: the two sides of a claim.
    public static let flaggers: [ClaimActor] = [.buyer, .merchant]
}
