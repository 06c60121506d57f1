import CardModel
import Crypto
import WireFormat

/// Against whom a claim opens, and about which family of defects.
struct ClaimTarget {
    let against: LiableParty
    let family: DefectFamily

    /// - Returns: nil for a decision that opens none.
    init?(_ decision: ClaimDecision) {
        switch decision {
        case .open(let against, let family): (self.against, self.family) = (against, family)
        case .tracked(let family): (against, self.family) = (.thirdParty, family)
        case .proposed, .awaitsBuyerConfirmation, .awaitsRecheck, .awaitsBuyerEvidence,
            .needsPerson, .notCovered, .noDefect:
            return nil
        }
    }
}

/// What a claim opens for: a finding of the gateway's own, or what a person reported.
struct ClaimOrigin {
    static let foundEvent = "verdict.recorded"
    static let reportedEvent = "problem.reported"
    /// The member that has the SHA-256 of what was said, in hexadecimal digits.
    static let statementDigestName = "statement_sha256"

    let verdict: Verdict
    let channel: ReportChannel
    let reporter: ClaimPrincipal
    /// What the buyer asked for with his report; nil: what the policy offers first.
    let demand: Remedy?
    /// In his own words; for those who see the claim, and not for the log.
    let statement: String?

    init(found verdict: Verdict, by channel: ReportChannel) {
        self.verdict = verdict
        self.channel = channel
        reporter = .system
        demand = nil
        statement = nil
    }

    init(_ report: ProblemReport, _ verdict: Verdict) {
        self.verdict = verdict
        channel = report.channel
        reporter = report.principal
        demand = report.demand
        statement = report.statement
    }

    /// In hexadecimal digits.
    var statementDigest: String? {
        statement.map { Hexadecimal.encode(Array(SHA256.hash(data: Array($0.utf8)))) }
    }

    /// What the sealed record of the opening keeps beside its fields.
    var attachments: JSONValue { statement.map { ["statement": .string($0)] } ?? [] }

    func firstEntry(at instant: Instant) -> ClaimHistoryEntry {
        guard reporter.role != .system else {
            return ClaimHistoryEntry(
                at: instant, from: nil, to: .detected, event: Self.foundEvent, actor: .system)
        }
        return ClaimHistoryEntry(
            at: instant, from: nil, to: .detected, event: Self.reportedEvent,
            actor: reporter.role, account: reporter.account, detail: detail)
    }

    /// What the history says of a report: words of lists and digests, nothing of anybody's own.
    var detail: JSONValue {
        [
            "problem": .string(verdict.state.rawValue), "reported_via": .string(channel.rawValue),
            Self.statementDigestName: JSONValue(text: statementDigest),
        ]
    }
}
