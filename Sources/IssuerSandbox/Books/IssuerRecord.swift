import WireFormat

/// What the issuer's books say about one code at one instant: everything that an answer needs, in
/// no protocol's words yet.
struct IssuerRecord: Sendable {
    /// The state's name, for counts.
    var stateName: String
    var voucher: VoucherAnswer
    var license: LicenseAnswer
    var serial: String?
    var valueMinorUnits: Int64
    var currency: String
    var expiresOn: CalendarDate
    /// When the code was put on the market; before every use.
    var issuedAt: Instant
    var usedAt: Instant?
    /// Whether the voucher's particulars say that it is expired.
    var isFlaggedExpired: Bool
    var namesOtherProduct: Bool
    var namesOtherCode: Bool
    var repeatsCode: Bool
    /// Which code this is in the order of first asks, from 1: what the answer's ids are made of,
    /// so that no id can be traced to a key.
    var ordinal: Int
}

/// The instants and the count that a code's answer depends on.
struct AskTimes: Sendable {
    /// When the sandbox was started.
    var start: Instant
    var now: Instant
    /// When this code was first asked about.
    var firstAsk: Instant
    /// Asks about this code, this one included; 1 is the first.
    var count: Int
    /// Which code this is in the order of first asks, from 1.
    var ordinal: Int
}

extension IssuerRecord {
    /// A code has been on the market for a month before the sandbox starts, or before its use.
    private static let timeOnMarket: Duration = .seconds(30 * 86_400)
    /// How long a code is good after the sandbox's start, unless told otherwise.
    private static let shelfLifeDays = 365
    private static let secondsPerDay: Int64 = 86_400

    /// The pure decision at the heart of the sandbox: script and times to answer.
    init(
        script: CodeScript,
        asked: SandboxProtocol,
        times: AskTimes,
        configuration: SandboxConfiguration
    ) {
        let state = script.state
        let today = CalendarDate(
            of: times.now,
            offsetSeconds: configuration.utcOffsetSeconds
        )
        self.init(unused: configuration, script: script, times: times)
        apply(state.trait, today: today, otherCurrency: configuration.otherCurrency)
        if state.speaks(asked) {
            applyAnswers(of: state, moment: script.usedAt ?? state.use, times: times)
        }
        applyExpiry(scripted: script.expiresOn, today: today)
        issuedAt = min(times.start, usedAt ?? times.start) - Self.timeOnMarket
    }

    private init(unused configuration: SandboxConfiguration, script: CodeScript, times: AskTimes) {
        stateName = SandboxState.good.name
        voucher = .voucher(state: "available")
        license = .valid
        serial = script.serial
        valueMinorUnits = script.valueMinorUnits ?? configuration.valueMinorUnits
        currency = script.currency ?? configuration.currency
        expiresOn =
            script.expiresOn
            ?? CalendarDate(of: times.start, offsetSeconds: configuration.utcOffsetSeconds)
            .adding(days: Self.shelfLifeDays)
        issuedAt = times.start
        isFlaggedExpired = false
        namesOtherProduct = false
        namesOtherCode = false
        repeatsCode = false
        ordinal = times.ordinal
    }

    private mutating func apply(
        _ trait: SandboxState.Trait?,
        today: CalendarDate,
        otherCurrency: String
    ) {
        switch trait {
        case .expiresInThreeDays: expiresOn = today.adding(days: 3)
        case .expiresToday: expiresOn = today
        case .expiredUnflagged: expiresOn = today.adding(days: -1)
        case .expiredFlagged:
            expiresOn = today.adding(days: -1)
            isFlaggedExpired = true
        case .halfValue: valueMinorUnits /= 2
        case .doubleValue: valueMinorUnits *= 2
        case .otherCurrency: currency = otherCurrency
        case .otherSerial: namesOtherCode = true
        case .otherProduct: namesOtherProduct = true
        case .codeInAnswer: repeatsCode = true
        case .clockAhead, nil: break
        }
    }

    private mutating func applyAnswers(
        of state: SandboxState,
        moment: SandboxMoment?,
        times: AskTimes
    ) {
        if times.count == 1,
            case .state(let voucher, let license, let name)? = state.first
        {
            self.voucher = voucher
            self.license = license
            stateName = name
            return
        }
        if let moment {
            let instant = moment.resolved(start: times.start, firstAsk: times.firstAsk)
            guard instant <= times.now else { return }
            usedAt =
                state.trait == .clockAhead ? instant + .seconds(Self.secondsPerDay) : instant
        }
        voucher = state.voucher ?? voucher
        license = state.license ?? license
        stateName = state.name
    }

    /// A good code that was scripted to expire is expired from the day after.
    private mutating func applyExpiry(scripted: CalendarDate?, today: CalendarDate) {
        guard let scripted, scripted < today, stateName == SandboxState.good.name else { return }
        isFlaggedExpired = true
        license = .expired
        stateName = "expired"
    }
}
