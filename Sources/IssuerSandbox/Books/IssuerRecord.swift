import WireFormat

/// What the issuer's books say about one code at one instant: everything that an answer needs, in
/// no protocol's words yet.
struct IssuerRecord: Sendable {
    /// The state's name, for counts.
    var stateName: String
    var voucher: VoucherAnswer
    var license: LicenseAnswer
    /// What every other protocol words in its own way.
    var condition: CardCondition
    /// The issuer's own word, when a script names one.
    var word: String?
    var serial: String?
    var valueMinorUnits: Int64
    var currency: String
    var expiresOn: CalendarDate
    /// What a script says of the entitlement, the balance and the code itself.
    var term: BookedTerm?
    var balanceUntil: CalendarDate?
    var attributes: [String: String] = [:]
    /// When the code was put on the market; before every use.
    var issuedAt: Instant
    var usedAt: Instant?
    /// By whom, where a redemption told.
    var usedBy: String?
    /// Whether the voucher's particulars say that it is expired.
    var isFlaggedExpired: Bool
    var namesOtherProduct: Bool
    var namesOtherCode: Bool
    var repeatsCode: Bool
    /// Which code this is in the order of first asks, from 1: what the answer's ids are made of,
    /// so that no id can be traced to a key.
    var ordinal: Int
    /// Asks about the code, this one included.
    var asks: Int
    /// Uses that inquiries asked to be counted.
    var countedUses = 0
}

extension IssuerRecord {
    /// What is left of the value, in minor units.
    var balanceMinorUnits: Int64 {
        switch condition {
        case .used, .usedBySame, .disputed: 0
        case .partiallyUsed: valueMinorUnits / 2
        case .good, .reserved, .expired, .revoked, .locked, .notActivated, .notFound,
            .wrongSecret, .unsupported, .faceMismatch, .busy, .rateLimited, .pending, .unknownWord:
            valueMinorUnits
        }
    }

    /// Seats taken of ``seatLimit``.
    var seatsTaken: Int {
        switch condition {
        case .used, .usedBySame: Self.seatLimit
        case .partiallyUsed: 1
        case .good, .reserved, .expired, .revoked, .locked, .notActivated, .notFound,
            .wrongSecret, .unsupported, .faceMismatch, .busy, .rateLimited, .pending, .disputed,
            .unknownWord:
            0
        }
    }

    /// Seats of a licence.
    static let seatLimit = 2

    /// The last second of the last day on the issuer's clock; of a licence that is called
    /// expired, a second that has passed.
    func expiry(utcOffsetSeconds: Int, now: Instant) -> Instant {
        if let term { return term.end }
        let lastSecond =
            expiresOn.adding(days: 1).startOfDayUTC - .seconds(utcOffsetSeconds + 1)
        return condition == .expired ? min(lastSecond, now - .seconds(86_400)) : lastSecond
    }

    /// The answer that an issuer which contradicts itself gives first.
    mutating func flip() {
        let isGood = voucher == .voucher(state: "available") && license.isValid
        let other = isGood ? SandboxState.used : SandboxState.good
        voucher = other.voucher ?? voucher
        license = other.license ?? license
        condition = condition == .good ? .used : .good
        stateName = other.name
    }

    /// A redemption at any issuer of the sandbox shows at every other one.
    mutating func markRedeemed(_ redemption: Redemption) {
        guard condition == .good || condition == .disputed else { return }
        voucher = .voucher(state: "used")
        license = .seatsTaken
        condition = .used
        word = nil
        usedAt = redemption.at
        usedBy = redemption.subscriber
        stateName = "used"
    }
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
        if asked.issuer.speaks(state) {
            applyAnswers(of: script, moment: script.usedAt ?? state.use, times: times)
        }
        applyExpiry(scripted: script.expiresOn, today: today)
        issuedAt = min(times.start, usedAt ?? times.start) - Self.timeOnMarket
        applyTerm(script.term, times: times, utcOffsetSeconds: configuration.utcOffsetSeconds)
        balanceUntil = script.balanceUntil
        attributes = script.attributes
    }

    private init(unused configuration: SandboxConfiguration, script: CodeScript, times: AskTimes) {
        stateName = SandboxState.good.name
        voucher = .voucher(state: "available")
        license = .valid
        condition = .good
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
        asks = times.count
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
        of script: CodeScript,
        moment: SandboxMoment?,
        times: AskTimes
    ) {
        let state = script.state
        if times.count == 1,
            case .state(let voucher, let license, let name)? = state.first
        {
            self.voucher = voucher
            self.license = license
            condition = SandboxState.named(name)?.condition ?? condition
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
        condition = state.condition ?? condition
        word = script.word
        stateName = script.word == nil ? state.name : "scripted_word"
    }

    /// A code whose term is over is expired from that instant.
    private mutating func applyTerm(
        _ scripted: ScriptedTerm?,
        times: AskTimes,
        utcOffsetSeconds: Int
    ) {
        guard let scripted else { return }
        let booked = BookedTerm(
            start: scripted.start.resolved(start: times.start, firstAsk: times.firstAsk),
            end: scripted.end.resolved(start: times.start, firstAsk: times.firstAsk)
        )
        term = booked
        issuedAt = booked.start
        expiresOn = CalendarDate(of: booked.end, offsetSeconds: utcOffsetSeconds)
        guard booked.end <= times.now, stateName == SandboxState.good.name else { return }
        isFlaggedExpired = true
        license = .expired
        condition = .expired
        stateName = "expired"
    }

    /// A good code that was scripted to expire is expired from the day after.
    private mutating func applyExpiry(scripted: CalendarDate?, today: CalendarDate) {
        guard let scripted, scripted < today, stateName == SandboxState.good.name else { return }
        isFlaggedExpired = true
        license = .expired
        condition = .expired
        stateName = "expired"
    }
}
