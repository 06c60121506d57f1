public import WireFormat

/// A licence or registration that a merchant says it holds (资质), as its profile states it
/// (M0-10).
public struct Qualification: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// 营业执照
        case businessLicence = "business_licence"
        /// 增值电信业务经营许可证
        case telecomLicence = "telecom_licence"
        /// 网络文化经营许可证
        case internetCulture = "internet_culture"
        /// 食品、出版物 and other trades that need a permit of their own.
        case tradePermit = "trade_permit"
        /// The issuer's letter that lets the merchant sell its cards (授权书).
        case issuerAuthorisation = "issuer_authorisation"
    }

    public let kind: Kind
    /// As it is printed on the document.
    public let number: String
    /// The last day on which it holds; nil for one without an end.
    public let validUntil: CalendarDate?

    public init(kind: Kind, number: String, validUntil: CalendarDate?) {
        self.kind = kind
        self.number = number
        self.validUntil = validUntil
    }

    /// The last day still counts.
    public func holds(on day: CalendarDate) -> Bool {
        validUntil.map { day <= $0 } ?? true
    }
}

/// What the required qualifications of a merchant come to on one day. The raw values stand in
/// published files.
public enum QualificationStanding: String, Sendable, Hashable, CaseIterable {
    /// Every required kind is there and holds.
    case valid
    /// Every required kind is there; at least one has run out.
    case expired
    /// At least one required kind was never stated.
    case missing

    init(_ faults: [QualificationFault]) {
        if faults.contains(where: { $0.isMissing }) {
            self = .missing
        } else {
            self = faults.isEmpty ? .valid : .expired
        }
    }
}

/// One required qualification that does not hold.
public enum QualificationFault: Sendable, Hashable {
    case missing(Qualification.Kind)
    case expired(Qualification.Kind, on: CalendarDate)

    var isMissing: Bool {
        switch self {
        case .missing: true
        case .expired: false
        }
    }
}
