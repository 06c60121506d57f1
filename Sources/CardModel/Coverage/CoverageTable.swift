/// What the warranty covers, when a claim follows by itself, what is offered first, and what the
/// case needs at least (质保覆盖表): data with a version, one row a state (claims.md E1, C-07, M3-04
/// to M3-10). The policy of an order may name fewer states.
public struct CoverageTable: Sendable {
    public let id: String
    public let version: Int
    public let rows: [Row]
    private let byState: [VerdictState: Row]

    /// Not checked: ``init(jsonValue:)`` is the way in for what an operator wrote.
    init(id: String, version: Int, rows: [Row]) {
        self.id = id
        self.version = version
        self.rows = rows
        byState = Dictionary(rows.map { ($0.state, $0) }) { first, _ in first }
    }

    /// A row with a stable id, such as `coverage.used`.
    public struct Row: Sendable, Hashable {
        public let id: String
        public let state: VerdictState
        public let covered: Covered
        public let claim: AutomaticClaim

        /// What is offered by default, the first one first; the policy's own order comes before it.
        public let remedies: [Remedy]
        public let evidence: [MinimumEvidence]
    }

    /// Whether the warranty covers a state.
    public enum Covered: String, Sendable, Hashable, CaseIterable {
        /// There is no defect to cover, or none is established.
        case none
        case always
        /// When it came about before the buyer had the code (M1-06, M3-05).
        case beforeDelivery = "before_delivery"
        /// When the order promised what is missing.
        case ifPromised = "if_promised"
        /// A person decides.
        case person
        /// Only blocks the sale: nobody has bought the code yet.
        case preSale = "pre_sale"
        /// Nobody's defect yet: the window is tolled.
        case tolled
        /// No machine can ask: the buyer brings his own evidence.
        case buyerEvidence = "buyer_evidence"
    }

    /// When a claim follows by itself.
    public enum AutomaticClaim: String, Sendable, Hashable, CaseIterable {
        case never
        case atOnce = "at_once"
        /// Once the buyer confirms the text: he may have mistyped it.
        case afterBuyerConfirms = "after_buyer_confirms"
        /// Once the issuer says it a second time.
        case afterRecheck = "after_recheck"
        /// Where the order's snapshot states the attribute.
        case ifStated = "if_stated"
        /// The claim is proposed and a person opens it.
        case proposed
        /// A tracking case waits with the buyer; nobody is blamed.
        case tracked
        /// A person decides whether there is one.
        case person
    }

    /// The row of a state; a table that was read has one for each.
    public subscript(state: VerdictState) -> Row { byState[state] ?? .silent(state) }
}

extension CoverageTable: Hashable {
    /// Tables are the same when they say the same; the index only repeats the rows.
    public static func == (left: CoverageTable, right: CoverageTable) -> Bool {
        left.id == right.id && left.version == right.version && left.rows == right.rows
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(version)
        hasher.combine(rows)
    }
}

extension CoverageTable.Row {
    /// Where a table says nothing, a person decides.
    fileprivate static func silent(_ state: VerdictState) -> CoverageTable.Row {
        CoverageTable.Row(
            id: "coverage.none",
            state: state,
            covered: .person,
            claim: .person,
            remedies: [],
            evidence: []
        )
    }
}

/// The least that a case about a state rests on (最低证据), in the words of claims.md E1.
public enum MinimumEvidence: String, Sendable, Hashable, CaseIterable {
    case issuerAnswer = "issuer_answer"
    /// The issuer's answer once more, after the re-check period.
    case secondIssuerAnswer = "second_issuer_answer"
    case firstUseTime = "first_use_time"
    case orderMatch = "order_match"
    case localCheck = "local_check"
    case deliveredText = "delivered_text"
    case orderSnapshot = "order_snapshot"
    /// Expected against actual.
    case valueComparison = "value_comparison"
    case balance
    case useTime = "use_time"
    case custody
    case expiryDate = "expiry_date"
    case deliveryTime = "delivery_time"
    case attemptLog = "attempt_log"
    case bothCustodyTrails = "both_custody_trails"
    case auditReport = "audit_report"
    case order
    case payment
    case counts
    case promisedTime = "promised_time"
    case platformErrorLog = "platform_error_log"
    case bothPaymentIDs = "both_payment_ids"
    case activationRecord = "activation_record"
    case endTime = "end_time"
    case attributeChecklist = "attribute_checklist"
    case incident
    case transcripts
    case eachAttempt = "each_attempt"
    case buyerScreenshots = "buyer_screenshots"
    case bothSources = "both_sources"
}
