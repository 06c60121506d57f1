public import WireFormat

/// What the sandbox issuer shall say about one code, instead of what its digits select.
public struct CodeScript: Sendable {
    /// The activation code or licence key, as it will be asked.
    public var key: String
    public var state: SandboxState
    /// The serial number that the answer carries; without one the answer carries none.
    public var serial: String?
    /// The code is good before this moment and in its state from it on.
    public var usedAt: SandboxMoment?
    public var expiresOn: CalendarDate?
    public var valueMinorUnits: Int64?
    /// ISO 4217.
    public var currency: String?
    /// From when to when the entitlement runs, in place of the month on the market and the expiry.
    public var term: ScriptedTerm?
    /// The last day of a balance that was charged.
    public var balanceUntil: CalendarDate?
    /// What the issuer's own record says of the code, by name.
    public var attributes: [String: String] = [:]
    /// The issuer's own word or code, instead of the one that the state has in the protocol that
    /// asks: the way to every code of a long list.
    public var word: String?
    /// How answers about this code travel.
    public var fault: SandboxFault?

    /// - Parameter state: with `usedAt`, a ``SandboxState`` that is used; `good` becomes `used`.
    public init(
        key: String,
        state: SandboxState,
        serial: String? = nil,
        usedAt: SandboxMoment? = nil,
        expiresOn: CalendarDate? = nil,
        valueMinorUnits: Int64? = nil,
        currency: String? = nil,
        word: String? = nil,
        fault: SandboxFault? = nil
    ) {
        self.key = key
        self.state = usedAt != nil && state.selector == 0 ? .used : state
        self.serial = serial
        self.usedAt = usedAt
        self.expiresOn = expiresOn
        self.valueMinorUnits = valueMinorUnits
        self.currency = currency
        self.word = word
        self.fault = fault
    }

    /// What a code that nobody scripted is: the state that its digits select.
    init(selectedBy code: String) {
        self.init(key: code, state: .selected(by: code))
    }
}

extension CodeScript {
    /// Members that a script may have.
    private static let members: Set<String> = [
        "key", "state", "serial", "used_at", "expires_on", "value_minor", "currency", "word",
        "fault", "term", "balance_until", "attributes",
    ]

    /// Reads one script of a control request, such as
    /// `{"key": "110412000012345678", "state": "used", "used_at": "now-2d", "serial": "A1"}`.
    /// - Parameter pointer: where `json` stands in the request, for error texts.
    /// - Throws: ``ControlProblem`` that names the member; its text never holds the key.
    init(json: JSONValue, pointer: String, now: Instant) throws(ControlProblem) {
        let reader = try MemberReader(json, pointer: pointer, known: Self.members)
        guard let key = try reader.text("key"), !key.isEmpty else {
            throw reader.refusal("key", "required, a string of 1 to 512 symbols")
        }
        let stateName = try reader.text("state") ?? "good"
        guard let state = SandboxState.named(stateName) else {
            throw reader.refusal("state", "not a state of GET /sandbox/states")
        }
        self.init(
            key: key,
            state: state,
            serial: try reader.text("serial"),
            usedAt: try reader.value("used_at", "RFC 3339, now±N[smhd] or first_ask+N[smhd]") {
                SandboxMoment($0, now: now)
            },
            expiresOn: try reader.value("expires_on", "a date such as 2027-12-31") {
                CalendarDate(iso8601: $0)
            },
            valueMinorUnits: try reader.integer("value_minor", in: 0...999_999_999_999),
            currency: try reader.value("currency", "three capital letters (ISO 4217)") {
                Self.currency($0)
            },
            word: try reader.value("word", "a word of at most 64 symbols") {
                $0.utf8.count <= SandboxLimits.wordSymbols ? $0 : nil
            },
            fault: try reader.value("fault", "one of " + SandboxFault.words.joined(separator: " "))
            {
                SandboxFault($0)
            }
        )
        term = try reader.object("term").map { value throws(ControlProblem) in
            try ScriptedTerm(json: value, pointer: pointer + "/term", now: now)
        }
        balanceUntil = try reader.value("balance_until", "a date such as 2027-12-31") {
            CalendarDate(iso8601: $0)
        }
        attributes = try reader.texts("attributes")
        if usedAt != nil, !self.state.isUsed {
            throw reader.refusal("used_at", "only with state good or a state that is used")
        }
    }

    private static func currency(_ text: String) -> String? {
        text.utf8.count == 3 && text.utf8.allSatisfy({ (0x41...0x5A) ~= $0 }) ? text : nil
    }
}

extension SandboxState {
    /// Whether the row says, at every ask, that somebody used the code.
    var isUsed: Bool {
        first == nil && (license == .seatsTaken || voucher == .voucher(state: "1"))
    }
}
