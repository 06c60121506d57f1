import Synchronization
import WireFormat

/// The issuer's memory: what is scripted, who asked what how often, what was redeemed, and how the
/// issuer shall fail.
///
/// It is asked from many connections at once; every question is one short critical section.
final class IssuerBooks: Sendable {
    /// What a question finds.
    struct Finding: Sendable {
        var record: IssuerRecord
        /// When it was asked.
        var askedAt: Instant
        /// Failures to act out, the code's own first.
        var faults: [SandboxFault]
    }

    struct Asks {
        var first: Instant
        var count: Int
        var ordinal: Int
        /// Uses that inquiries have counted.
        var uses = 0
        /// How often the card was handed in.
        var submissions = 0
    }

    struct State {
        var scripts: [String: CodeScript] = [:]
        var keysBySerial: [String: String] = [:]
        var asks: [String: Asks] = [:]
        var codesByOrdinal: [Int: String] = [:]
        /// The last ordinal that was given to a code.
        var lastOrdinal = 0
        var switches: [FaultSwitch]
        var counts = CallCounts()
        var redemptions: [String: Redemption] = [:]
        var orders: [OrderKey: IssuerOrder] = [:]
        var cards: [CardKey: OrderKey] = [:]
    }

    let configuration: SandboxConfiguration
    let start: Instant
    private let clock: SandboxClock
    let state: Mutex<State>

    init(configuration: SandboxConfiguration, clock: SandboxClock) {
        self.configuration = configuration
        self.clock = clock
        start = clock.now()
        state = Mutex(State(switches: configuration.faults))
    }

    var now: Instant { clock.now() }

    /// Looks a code up, and counts the question. Nil when no further code can be remembered.
    /// - Parameter countsUse: the question asks for a use to be counted.
    func ask(_ code: String, _ question: SandboxQuestion, countsUse: Bool = false) -> Finding? {
        let now = clock.now()
        return state.withLock { state in
            guard var found = state.find(code, question, at: now, books: self) else { return nil }
            if countsUse {
                state.counts.usesCounted += 1
                state.asks[code]?.uses += 1
            }
            found.record.countedUses = state.asks[code]?.uses ?? 0
            state.counts.count(question, state: found.record.stateName, faults: found.faults)
            return found
        }
    }

    /// The activation code that a serial number stands for, as far as one was scripted.
    func key(forSerial serial: String) -> String? {
        state.withLock { $0.keysBySerial[serial] }
    }

    /// The code that was the n-th to be asked about.
    func code(ordinal: Int) -> String? {
        state.withLock { $0.codesByOrdinal[ordinal] }
    }

    /// How many of the serial numbers from `first` to `last` were loaded: all but those whose
    /// script says that there is no such card. Both have the same length.
    func loadedSerials(from first: String, to last: String) -> Int {
        guard let lower = Int(first), let upper = Int(last), lower <= upper else { return 0 }
        let missing = state.withLock { state in
            state.keysBySerial.count { serial, key in
                serial.utf8.count == first.utf8.count && (first...last).contains(serial)
                    && state.scripts[key]?.state.condition == .notFound
            }
        }
        return upper - lower + 1 - missing
    }

    /// Counts a question that was no question about a code.
    func countRefusal(_ question: SandboxQuestion) {
        state.withLock { $0.counts.count(question, state: CallCounts.refused, faults: []) }
    }

    func questionBegan() { state.withLock { $0.counts.began() } }
    func questionEnded() { state.withLock { $0.counts.ended() } }

    func callbackSent(isAcknowledged: Bool) {
        state.withLock { state in
            state.counts.callbacksSent += 1
            if isAcknowledged { state.counts.callbacksAcknowledged += 1 }
        }
    }
}

extension IssuerBooks.State {
    /// What the books say about a code, without counting the question.
    mutating func find(
        _ code: String,
        _ question: SandboxQuestion,
        at now: Instant,
        books: IssuerBooks
    ) -> IssuerBooks.Finding? {
        let asked = question.issuerProtocol
        guard let times = countAsk(code, at: now, start: books.start) else { return nil }
        let script = scripts[code] ?? CodeScript(selectedBy: code)
        var record = IssuerRecord(
            script: script,
            asked: asked,
            times: times,
            configuration: books.configuration
        )
        if let redemption = redemptions[code] { record.markRedeemed(redemption) }
        var faults = Self.ownFaults(of: script, count: times.count)
        faults += takeSwitches(of: asked)
        if faults.contains(.flip), times.count == 1 { record.flip() }
        if let failure = asked.issuer.plainFailure(for: record.condition) {
            faults.append(failure)
        }
        return IssuerBooks.Finding(record: record, askedAt: now, faults: faults)
    }

    private mutating func countAsk(_ code: String, at now: Instant, start: Instant) -> AskTimes? {
        guard asks[code] != nil || asks.count < SandboxLimits.rememberedCodes else { return nil }
        if asks[code] == nil { lastOrdinal += 1 }
        var seen = asks[code] ?? IssuerBooks.Asks(first: now, count: 0, ordinal: lastOrdinal)
        seen.count += 1
        asks[code] = seen
        codesByOrdinal[seen.ordinal] = code
        return AskTimes(
            start: start,
            now: now,
            firstAsk: seen.first,
            count: seen.count,
            ordinal: seen.ordinal
        )
    }

    private static func ownFaults(of script: CodeScript, count: Int) -> [SandboxFault] {
        if count == 1, case .fault(let fault)? = script.state.first {
            return [fault]
        }
        return [script.fault ?? script.state.conduct].compactMap { $0 }
    }

    mutating func takeSwitches(of asked: SandboxProtocol) -> [SandboxFault] {
        var faults: [SandboxFault] = []
        for index in switches.indices where switches[index].applies(to: asked) {
            faults.append(switches[index].fault)
            switches[index].remaining = switches[index].remaining.map { $0 - 1 }
        }
        switches.removeAll { $0.remaining == 0 }
        return faults
    }
}

extension IssuerBooks {
    /// Takes scripts in; a later one for the same key replaces the earlier and forgets what had
    /// happened to the code.
    /// - Throws: ``ControlProblem`` when there would be too many; nothing is taken in then.
    func script(_ scripts: [CodeScript]) throws(ControlProblem) {
        let fits = state.withLock { state in
            let newKeys = Set(scripts.map(\.key)).filter { state.scripts[$0] == nil }
            guard state.scripts.count + newKeys.count <= SandboxLimits.scripts else { return false }
            for script in scripts {
                state.scripts[script.key] = script
                if let forgotten = state.asks.removeValue(forKey: script.key) {
                    state.codesByOrdinal[forgotten.ordinal] = nil
                }
                state.redemptions[script.key] = nil
                for issuer in SandboxProtocol.allCases {
                    state.cards[CardKey(issuer: issuer, code: script.key)] = nil
                }
                if let serial = script.serial { state.keysBySerial[serial] = script.key }
            }
            return true
        }
        guard fits else { throw .tooManyScripts }
    }

    var switches: [FaultSwitch] {
        get { state.withLock { $0.switches } }
        set { state.withLock { $0.switches = newValue } }
    }

    /// The answer of `GET /sandbox/calls`.
    var callsJSON: JSONValue {
        let now = clock.now()
        return state.withLock { state in
            var stages: [SandboxProtocol: [String: Int]] = [:]
            for order in state.orders.values {
                stages[order.issuer, default: [:]][order.stage(at: now).rawValue, default: 0] += 1
            }
            let orders = stages.sorted { $0.key.rawValue < $1.key.rawValue }
                .map { JSONObject.Member(name: $0.key.rawValue, value: CallCounts.json($0.value)) }
            return state.counts.json(orders: .object(JSONObject(orders)))
        }
    }

    func redirectFollowed() { state.withLock { $0.counts.redirectFollowed() } }

    func clearCounts() { state.withLock { $0.counts.clear() } }

    /// Back to how the sandbox started, but for its start time.
    func reset() {
        state.withLock { state in
            var counts = state.counts
            counts.clear()
            state = State(switches: configuration.faults, counts: counts)
        }
    }
}
