public import WireFormat

/// A filing at a body outside the platform, tracked (M1-23, M1-24, M4-19).
///
/// The gateway prepares it and writes down what persons report; only a person files (E4).
public struct OutsideFiling: Sendable, Hashable {
    public let channel: EscalationChannel
    public let preparedAt: Instant
    public private(set) var status: Status
    public private(set) var changedAt: Instant
    public private(set) var filedBy: FilingPerson?
    public private(set) var filedAt: Instant?
    public private(set) var acceptedAt: Instant?
    public private(set) var reference: FilingReference?

    public init(preparedFor channel: EscalationChannel, at instant: Instant) {
        self.channel = channel
        preparedAt = instant
        changedAt = instant
        status = .prepared
    }

    public enum Status: String, Sendable, Hashable, CaseIterable {
        case prepared
        case filed
        case accepted
        case mediated
        case resolved
        case closed

        /// The way a filing goes; it may leave steps out and never goes back.
        var order: Int {
            switch self {
            case .prepared: 0
            case .filed: 1
            case .accepted: 2
            case .mediated: 3
            case .resolved: 4
            case .closed: 5
            }
        }

        public func name(in language: Language) -> String { names[language] }

        private var names: LocalisedText {
            switch self {
            case .prepared: LocalisedText(zhCN: "已准备，未提交", en: "prepared, not filed")
            case .filed: LocalisedText(zhCN: "已提交", en: "filed")
            case .accepted: LocalisedText(zhCN: "已受理", en: "accepted")
            case .mediated: LocalisedText(zhCN: "已调解", en: "mediated")
            case .resolved: LocalisedText(zhCN: "已解决", en: "resolved")
            case .closed: LocalisedText(zhCN: "已结案", en: "closed")
            }
        }
    }

    /// What a person reports.
    public enum Event: Sendable, Hashable {
        /// A packet was prepared: the first of the channel, or anew once the filing is over.
        case prepared
        case filed(by: FilingPerson, reference: FilingReference?)
        /// The body's number, told later or corrected; the same number again tells nothing.
        case referenceTold(FilingReference)
        case accepted
        case mediated
        case resolved
        case closed
    }

    public enum Refusal: String, Error, Sendable, Hashable, CaseIterable {
        /// A filing never goes back, and is filed once.
        case wrongStatus = "wrong_status"
        /// The channel does not take filings of this person.
        case wrongPerson = "wrong_person"
        /// Before the last change.
        case beforeLastChange = "before_last_change"
    }

    /// Whether it lies with the body.
    public var isFiled: Bool { filedAt != nil }

    /// The filing after the event; every pair of status and event is answered.
    public func after(_ event: Event, at instant: Instant) throws(Refusal) -> OutsideFiling {
        guard instant >= changedAt else { throw .beforeLastChange }
        var next = self
        switch event {
        case .prepared: next = try preparedAgain(at: instant)
        case .filed(let person, let reference):
            guard status == .prepared else { throw .wrongStatus }
            guard channel.filers.contains(person) else { throw .wrongPerson }
            next.filedBy = person
            next.filedAt = instant
            next.reference = reference
            next.status = .filed
        case .referenceTold(let reference):
            guard status != .prepared, status != .closed, reference != self.reference
            else { throw .wrongStatus }
            next.reference = reference
        case .accepted:
            try next.advance(to: .accepted, from: [.filed])
            next.acceptedAt = instant
        case .mediated: try next.advance(to: .mediated, from: [.filed, .accepted])
        case .resolved: try next.advance(to: .resolved, from: [.filed, .accepted, .mediated])
        case .closed:
            // A packet that was prepared and is not wanted is closed unfiled.
            try next.advance(
                to: .closed,
                from: [.prepared, .filed, .accepted, .mediated, .resolved]
            )
        }
        next.changedAt = instant
        return next
    }

    /// What was prepared at this very instant is this filing; any other goes back to no packet.
    private func preparedAgain(at instant: Instant) throws(Refusal) -> OutsideFiling {
        if status == .prepared, preparedAt == instant { return self }
        guard status == .closed else { throw .wrongStatus }
        return OutsideFiling(preparedFor: channel, at: instant)
    }

    /// Takes over what was stored.
    mutating func restore(
        _ status: Status,
        _ changedAt: Instant,
        filedBy: FilingPerson?,
        filedAt: Instant?,
        acceptedAt: Instant?,
        reference: FilingReference?
    ) {
        self.status = status
        self.changedAt = changedAt
        self.filedBy = filedBy
        self.filedAt = filedAt
        self.acceptedAt = acceptedAt
        self.reference = reference
    }

    private mutating func advance(to next: Status, from allowed: [Status]) throws(Refusal) {
        guard allowed.contains(status) else { throw .wrongStatus }
        status = next
    }
}

/// The number a body gave a filing: letters, digits, dashes and a few signs.
public struct FilingReference: Sendable, Hashable {
    public let text: String

    /// `nil` for an empty text, one longer than ``longest`` bytes, and any other sign.
    public init?(_ text: String) {
        guard (1...Self.longest).contains(text.utf8.count),
            text.unicodeScalars.allSatisfy(Self.isAllowed)
        else { return nil }
        self.text = text
    }

    /// The most bytes; court numbers with Chinese signs are the longest, at about half of it.
    public static let longest = 96

    /// Court numbers have Chinese signs and parentheses: `(2026)京0105民初1号`.
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "A"..."Z", "a"..."z", "-", "_", ".", "/", "(", ")", "（", "）", "〔", "〕",
            "\u{4E00}"..."\u{9FFF}":
            true
        default: false
        }
    }
}
