public import WireFormat

/// What is known of a merchant (商家档案) and shown to everybody (M0-10, M0-27, M3-48).
public struct MerchantProfile: Sendable, Hashable {
    /// As the platform names the merchant in its notices.
    public let id: String
    /// `nil` while nobody has stated it.
    public var identity: LegalIdentity?
    public var qualifications: [Qualification] = []
    /// ICP 备案号
    public var icpNumber: String?
    public var marks: Set<CertifiedMark> = []
    public var humanChannel: HumanChannel?
    public private(set) var endpoints = EndpointHistory()

    public init(id: String, endpoints: EndpointHistory = EndpointHistory()) {
        self.id = id
        self.endpoints = endpoints
    }

    /// Whether a claim can be brought against it: somebody stands behind the name (M1-07).
    public var isIdentified: Bool { identity != nil }

    /// Whether people answer at every hour (M2-10); undeclared is no.
    public var hasHumanChannelAllHours: Bool { humanChannel?.hours == .allHours }

    /// The required qualifications that do not hold on a day, in the order of their kinds. One of
    /// several of a kind is enough.
    public func faults(
        requiring required: Set<Qualification.Kind>,
        on day: CalendarDate
    ) -> [QualificationFault] {
        Qualification.Kind.allCases.filter(required.contains).compactMap { kind in
            let stated = qualifications.filter { $0.kind == kind }
            guard !stated.contains(where: { $0.holds(on: day) }) else { return nil }
            return stated.compactMap(\.validUntil).max().map { .expired(kind, on: $0) }
                ?? .missing(kind)
        }
    }

    public func standing(
        requiring required: Set<Qualification.Kind>,
        on day: CalendarDate
    ) -> QualificationStanding {
        QualificationStanding(faults(requiring: required, on: day))
    }

    /// The profile with one place more; `nil` as ``EndpointHistory/appending(_:)`` says.
    public func appending(_ entry: EndpointHistory.Entry) -> MerchantProfile? {
        guard let history = endpoints.appending(entry) else { return nil }
        var profile = self
        profile.endpoints = history
        return profile
    }

    /// Whether this profile may take the place of `older`: the same merchant, and every place that
    /// it was ever found at still stands.
    public func continues(_ older: MerchantProfile) -> Bool {
        id == older.id && endpoints.continues(older.endpoints)
    }
}

/// How a person of the merchant or platform is reached (人工客服, M2-10).
public struct HumanChannel: Sendable, Hashable {
    public enum Hours: Sendable, Hashable {
        /// 7×24
        case allHours
        /// In the words of the declaration, such as `09:00-21:00 Asia/Shanghai`.
        case stated(String)
    }

    /// A telephone number, an address or a page.
    public let contact: String
    public let hours: Hours

    public init(contact: String, hours: Hours) {
        self.contact = contact
        self.hours = hours
    }
}
