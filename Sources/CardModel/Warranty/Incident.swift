public import WireFormat

/// A span of time that stops the clock of the windows it touches: an outage, or the time in which
/// a code could not be decided.
public struct Incident: Sendable, Hashable {
    public let kind: TollingKind
    public let scope: IncidentScope
    public let startedAt: Instant

    /// `nil` while the incident is open.
    public let endedAt: Instant?

    /// An end before the start counts as no time at all.
    public init(
        kind: TollingKind,
        scope: IncidentScope = .item,
        startedAt: Instant,
        endedAt: Instant?
    ) {
        self.kind = kind
        self.scope = scope
        self.startedAt = startedAt
        self.endedAt = endedAt
    }

    /// Whether it stops the clock of an item: the policy names its kind, and it touches the item.
    func tolls(_ item: IncidentSubject?, under terms: WarrantyPolicy.WindowTerms) -> Bool {
        terms.tolling.contains(kind) && scope.touches(item)
    }
}

/// What an incident touches (影响范围).
public enum IncidentScope: Sendable, Hashable {
    /// The item in whose facts it stands, and no other.
    case item
    /// Every code of an issuer's domain, as products name it: `cmcc`.
    case issuer(String)
    case product(String)
    /// Every code that a platform delivered.
    case platform(String)

    /// Whether an item lies in the scope. Of an item that nothing is known of, only its own
    /// incidents are known to touch it. Names are compared byte for byte.
    public func touches(_ item: IncidentSubject?) -> Bool {
        switch self {
        case .item: true
        case .issuer(let name): item?.issuer == name
        case .product(let name): item?.product == name
        case .platform(let name): item?.platform == name
        }
    }
}

/// Where an order item belongs, for ``IncidentScope``.
public struct IncidentSubject: Sendable, Hashable {
    public var platform: String
    public var product: String

    /// `nil` for a product that names no issuer.
    public var issuer: String?

    public init(platform: String, product: String, issuer: String?) {
        self.platform = platform
        self.product = product
        self.issuer = issuer
    }
}
