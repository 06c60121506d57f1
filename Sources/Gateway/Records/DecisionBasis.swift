public import CardModel
public import WireFormat

/// What a verdict was judged by, beside itself and the item's terms: later answers change what is
/// known of an item, and another policy is tried on what was known then (D-10).
public struct DecisionBasis: Sendable {
    /// Nil: nothing had happened to the item.
    public var standing: ItemRecord.Standing?
    /// What the answering adapter's clock may differ by; whole seconds.
    public var skewMargin: Duration
    /// How many answers in a row had shown the state, this one included.
    public var sameAnswers: Int
    /// Recorded incidents that touched the item, of every kind, as they were known: one that was
    /// open then is open here for ever.
    public var incidents: [Incident]

    public init(
        standing: ItemRecord.Standing?,
        skewMargin: Duration = Timing.defaultSkewMargin,
        sameAnswers: Int = 1,
        incidents: [Incident] = []
    ) {
        self.standing = standing
        self.skewMargin = skewMargin
        self.sameAnswers = sameAnswers
        self.incidents = incidents
    }
}

extension DecisionBasis {
    func custody(deliveredAt: Instant?) -> Custody {
        Custody(
            dispenseOKAt: standing?.dispenseGoodAt,
            dispenseBadAt: standing?.dispenseBadAt,
            deliveredAt: deliveredAt
        )
    }

    func windowFacts(_ terms: ItemTerms, deliveredAt: Instant?) -> WindowFacts {
        var incidents = self.incidents + (standing?.undecidedIncidents ?? [])
        if let undecidedSince = standing?.undecidedSince {
            incidents.append(
                Incident(kind: .indeterminate, startedAt: undecidedSince, endedAt: nil)
            )
        }
        return WindowFacts(
            placedAt: terms.placedAt,
            termsDisclosedAt: terms.termsDisclosedAt,
            deliveredAt: deliveredAt,
            firstVerificationAt: standing?.firstVerificationAt,
            buyerSawGoodAt: standing?.buyerSawGoodAt,
            activatedAt: standing?.activatedAt,
            usedAt: standing?.activatedAt,
            skewMargin: skewMargin,
            incidents: incidents,
            replacesEndingAt: standing?.replacesEndingAt
        )
    }
}

/// What a decision was judged by, and the word it came to.
public struct JudgementRecord: Sendable {
    public var basis: DecisionBasis
    /// ``ClaimDecision/reason``, also where a claim stood already or something else kept one back.
    public var claim: String
    /// By which tables (``RuleTablesPin/mark``).
    public var tables: String

    public init(_ basis: DecisionBasis, claim: String, tables: String) {
        self.basis = basis
        self.claim = claim
        self.tables = tables
    }
}

extension JudgementRecord: StoredTree {
    public var jsonValue: JSONValue {
        [
            "claim": .string(claim), "tables": .string(tables),
            "skew_margin_s": .integer(basis.skewMargin.components.seconds),
            "same_answers": .integer(Int64(basis.sameAnswers)),
            "standing": basis.standing?.jsonValue ?? .null,
            "incidents": basis.incidents.isEmpty
                ? .null : .array(basis.incidents.map(\.storedValue)),
        ]
    }

    public init?(jsonValue: JSONValue) {
        guard let claim = jsonValue["claim"]?.stringValue,
            let tables = jsonValue["tables"]?.stringValue,
            let skewMargin = jsonValue["skew_margin_s"]?.integerValue,
            let sameAnswers = jsonValue["same_answers"]?.integerValue
        else { return nil }
        var standing: ItemRecord.Standing?
        if let value = jsonValue["standing"] {
            standing = ItemRecord.Standing(jsonValue: value)
            guard standing != nil else { return nil }
        }
        let stored = jsonValue["incidents"]?.arrayValue ?? []
        let incidents = stored.compactMap { Incident(storedValue: $0) }
        guard incidents.count == stored.count else { return nil }
        self.init(
            DecisionBasis(
                standing: standing, skewMargin: .seconds(skewMargin),
                sameAnswers: Int(sameAnswers), incidents: incidents),
            claim: claim,
            tables: tables
        )
    }
}

extension RuleTablesPin {
    /// Enough of the hash to tell tables apart; every decision keeps it.
    public var mark: String { Hexadecimal.encode(Array(hash.prefix(Self.markByteCount))) }

    private static var markByteCount: Int { 4 }
}

extension Incident {
    /// `[kind, start, end]`, the end null while it is open. Whatever it touches, it was matched.
    fileprivate var storedValue: JSONValue {
        [.string(kind.rawValue), JSONValue(startedAt), JSONValue(endedAt)]
    }

    fileprivate init?(storedValue: JSONValue) {
        guard let parts = storedValue.arrayValue, parts.count == 3,
            let kind = parts[0].stringValue.flatMap({ TollingKind(rawValue: $0) }),
            let startedAt = parts[1].instant
        else { return nil }
        self.init(kind: kind, startedAt: startedAt, endedAt: parts[2].instant)
    }
}
