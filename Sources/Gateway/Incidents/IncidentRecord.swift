import CardModel
public import WireFormat

/// A span in which the issuer or the platform was out of service (停机维护、不可抗力), as somebody
/// declared it: it stops the clock of the warranties it touches (M3-14, claims.md E3).
public struct IncidentRecord: Sendable, Hashable {
    /// What was out of service. That a code could not be decided is no matter of words: the gateway
    /// alone finds that.
    public enum Kind: String, Sendable, CaseIterable {
        case issuerOutage = "issuer_outage"
        case platformOutage = "platform_outage"
    }

    /// Which of the platform's items it touches (影响范围).
    public enum Reach: Sendable, Hashable {
        /// Codes of one issuer domain, as products name it.
        case issuer(String)
        case product(String)
        case platform
    }

    public enum State: String, Sendable, CaseIterable {
        case open
        case ended
    }

    /// How an incident was ended.
    public struct End: Sendable, Hashable {
        /// When the outage was over; not before its start.
        public var at: Instant
        /// Who said so.
        public var account: String
        public var recordedAt: Instant
        public var leafIndex: UInt64
        public var idempotency: Idempotency?

        public init(
            at: Instant,
            account: String,
            recordedAt: Instant,
            leafIndex: UInt64,
            idempotency: Idempotency?
        ) {
            self.at = at
            self.account = account
            self.recordedAt = recordedAt
            self.leafIndex = leafIndex
            self.idempotency = idempotency
        }
    }

    public var id: IncidentID
    public var platform: PlatformNumber
    public var kind: Kind
    public var reach: Reach
    public var startedAt: Instant
    /// Why, or where it was announced: shown to buyers, names no person, and is in no leaf.
    public var reason: String
    /// The account that declared it; not a person's name.
    public var account: String
    public var declaredAt: Instant
    /// The leaf of the declaration.
    public var leafIndex: UInt64
    public var idempotency: Idempotency?
    /// Nil while it is open.
    public var end: End?

    /// Unicode scalars of a reason: a sentence, or a link.
    public static let longestReason = 300
    /// How far back a start may lie: an outage is declared while people still know of it, and a
    /// month holds the longest holidays.
    public static let longestBackdating = Duration.seconds(30 * 86_400)
    /// Incidents of a platform that are open at once; each is read for each decision.
    public static let mostOpen = 50
    /// Incidents that a platform declares in ``countedSpan``: a case of a window as long holds them
    /// all (``WarrantyCase/mostIncidents``).
    public static let mostDeclared = 500
    /// A year.
    public static let countedSpan = Duration.seconds(365 * 86_400)

    public init(
        id: IncidentID,
        platform: PlatformNumber,
        kind: Kind,
        reach: Reach,
        startedAt: Instant,
        reason: String,
        account: String,
        declaredAt: Instant,
        idempotency: Idempotency?
    ) {
        self.id = id
        self.platform = platform
        self.kind = kind
        self.reach = reach
        self.startedAt = startedAt
        self.reason = reason
        self.account = account
        self.declaredAt = declaredAt
        self.idempotency = idempotency
        leafIndex = 0
    }

    public var state: State { end == nil ? .open : .ended }
}

extension IncidentRecord {
    /// What was known of it at an instant; nil when it was not declared yet.
    ///
    /// So the same question about the past has the same answer whatever was declared since.
    func incident(knownAt instant: Instant) -> Incident? {
        guard declaredAt <= instant else { return nil }
        return Incident(
            kind: kind.tolling,
            startedAt: startedAt,
            endedAt: end.flatMap { $0.recordedAt <= instant ? $0.at : nil }
        )
    }

    func touches(_ item: ItemRecord) -> Bool {
        item.platform == platform && reach.scope(on: platform).touches(item.incidentSubject)
    }

    /// Whether a defect may have come of it: it had begun when the defect was filed, and was not
    /// over when the order was placed. One that was taken back caused nothing.
    func reaches(intoOrderPlacedAt placed: Instant, filedAt filed: Instant) -> Bool {
        startedAt <= filed && (end.map { $0.at > max(placed, startedAt) } ?? true)
    }
}

extension IncidentRecord.Kind {
    var tolling: TollingKind {
        switch self {
        case .issuerOutage: .issuerOutage
        case .platformOutage: .platformOutage
        }
    }
}

extension IncidentRecord.Reach {
    /// The words for a reach.
    public enum Word: String, Sendable, CaseIterable {
        case issuer
        case product
        case platform
    }

    public var word: Word {
        switch self {
        case .issuer: .issuer
        case .product: .product
        case .platform: .platform
        }
    }

    /// The issuer's or the product's; nil for the platform, which is the declaring one.
    public var name: String? {
        switch self {
        case .issuer(let name), .product(let name): name
        case .platform: nil
        }
    }

    /// Nil where a name is missing, or there is one too many.
    public init?(_ word: Word, name: String?) {
        switch (word, name) {
        case (.issuer, let name?): self = .issuer(name)
        case (.product, let name?): self = .product(name)
        case (.platform, nil): self = .platform
        case (.issuer, nil), (.product, nil), (.platform, .some): return nil
        }
    }

    func scope(on platform: PlatformNumber) -> IncidentScope {
        switch self {
        case .issuer(let name): .issuer(name)
        case .product(let name): .product(name)
        case .platform: .platform(String(platform.rawValue))
        }
    }
}

extension ItemRecord {
    var incidentSubject: IncidentSubject {
        IncidentSubject(
            platform: String(platform.rawValue), product: terms.product, issuer: terms.issuer)
    }

    /// What was known at an instant of the incidents that touch the item and reach past its
    /// hand-over: before it no warranty runs.
    func incidents(among records: [IncidentRecord], knownAt instant: Instant) -> [Incident] {
        guard let deliveredAt else { return [] }
        return records.lazy.filter { $0.touches(self) }
            .compactMap { $0.incident(knownAt: instant) }
            .filter { $0.endedAt.map { $0 > deliveredAt } ?? true }
    }
}
