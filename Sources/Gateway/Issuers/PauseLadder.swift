import WireFormat

/// Pauses that grow from one to the next; the last one repeats.
public struct PauseLadder: Sendable, Hashable {
    /// Shortest first.
    public let pauses: [Duration]

    /// By what part of itself a pause may be longer, so that several gateways, or several lanes of
    /// one, do not come back in step.
    public static let jitterShare = 0.2

    /// Nil without a pause, or with one that is not above zero.
    public init?(pauses: [Duration]) {
        guard !pauses.isEmpty, pauses.allSatisfy({ $0 > .zero }) else { return nil }
        self.init(trusted: pauses)
    }

    private init(trusted pauses: [Duration]) {
        self.pauses = pauses
    }

    /// After an issuer failed: soon at first, never more than five minutes, so that its return is
    /// noticed.
    public static let failingIssuer = PauseLadder(
        trusted: [.seconds(5), .seconds(15), .seconds(45), .seconds(120), .seconds(300)]
    )

    /// After an issuer refused our account or our requests: a person has to mend that.
    public static let ownFault = PauseLadder(
        trusted: [.seconds(60), .seconds(300), .seconds(900), .seconds(3_600)]
    )

    /// After a stamping authority gave nothing that counts: the time of its next stamp is what is
    /// lost, so never more than ten minutes.
    static let failingAuthority = PauseLadder(
        trusted: [.seconds(15), .seconds(60), .seconds(180), .seconds(600)]
    )

    /// After a clock of a claim did not ring, whose time is over already: at the next look, and
    /// never more than a minute apart.
    static let failingClock = PauseLadder(
        trusted: [.seconds(1), .seconds(5), .seconds(15), .seconds(60)]
    )

    /// The pause after `count` earlier ones in a row.
    /// - Parameter jitter: random, 0 to 1.
    func pause(after count: Int, jitter: Double) -> Duration {
        let pause = pauses[min(max(count, 0), pauses.count - 1)]
        return pause * (1 + Self.jitterShare * min(max(jitter, 0), 1))
    }
}

/// How long an issuer is left alone, by whose fault.
public struct IssuerPauses: Sendable, Hashable {
    /// It failed, or takes no more and does not say until when.
    public var failing: PauseLadder
    /// It refused our account or our requests.
    public var ownFault: PauseLadder

    public init(failing: PauseLadder = .failingIssuer, ownFault: PauseLadder = .ownFault) {
        self.failing = failing
        self.ownFault = ownFault
    }

    public static let standard = IssuerPauses()
}

/// A span of time in which nothing is asked.
struct Closure: Sendable, Hashable {
    let since: Instant
    let until: Instant

    /// A clock that was set back before the beginning ends it: nobody waits for a day to come
    /// round again.
    func holds(at now: Instant) -> Bool { since <= now && now < until }
}
