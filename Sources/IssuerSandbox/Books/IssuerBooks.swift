import Synchronization
import WireFormat

/// The issuer's memory: what is scripted, who asked what how often, and how the issuer shall fail.
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

    private struct Asks {
        var first: Instant
        var count: Int
        var ordinal: Int
    }

    private struct State {
        var scripts: [String: CodeScript] = [:]
        var keysBySerial: [String: String] = [:]
        var asks: [String: Asks] = [:]
        var switches: [FaultSwitch]
        var counts = CallCounts()
    }

    let configuration: SandboxConfiguration
    let start: Instant
    private let clock: SandboxClock
    private let state: Mutex<State>

    init(configuration: SandboxConfiguration, clock: SandboxClock) {
        self.configuration = configuration
        self.clock = clock
        start = clock.now()
        state = Mutex(State(switches: configuration.faults))
    }

    var now: Instant { clock.now() }

    /// Looks a code up, and counts the question. Nil when no further code can be remembered.
    func ask(_ code: String, _ question: SandboxQuestion) -> Finding? {
        let now = clock.now()
        return state.withLock { state in
            guard let times = Self.count(code, at: now, start: start, in: &state.asks) else {
                return nil
            }
            let script = state.scripts[code] ?? CodeScript(selectedBy: code)
            var faults = Self.ownFaults(of: script, count: times.count)
            faults += Self.switchedFaults(of: question.issuerProtocol, in: &state.switches)
            var record = IssuerRecord(
                script: script,
                asked: question.issuerProtocol,
                times: times,
                configuration: configuration
            )
            if faults.contains(.flip), times.count == 1 { record.flip() }
            state.counts.count(question, state: record.stateName, faults: faults)
            return Finding(record: record, askedAt: now, faults: faults)
        }
    }

    /// The activation code that a serial number stands for, as far as one was scripted.
    func key(forSerial serial: String) -> String? {
        state.withLock { $0.keysBySerial[serial] }
    }

    /// Counts a question that was no question about a code.
    func countRefusal(_ question: SandboxQuestion) {
        state.withLock { $0.counts.count(question, state: CallCounts.refused, faults: []) }
    }

    func questionBegan() { state.withLock { $0.counts.began() } }
    func questionEnded() { state.withLock { $0.counts.ended() } }

    private static func count(
        _ code: String,
        at now: Instant,
        start: Instant,
        in asks: inout [String: Asks]
    ) -> AskTimes? {
        guard asks[code] != nil || asks.count < SandboxLimits.rememberedCodes else { return nil }
        var seen = asks[code] ?? Asks(first: now, count: 0, ordinal: asks.count + 1)
        seen.count += 1
        asks[code] = seen
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

    private static func switchedFaults(
        of asked: SandboxProtocol,
        in switches: inout [FaultSwitch]
    ) -> [SandboxFault] {
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
    /// Takes scripts in; a later one for the same key replaces the earlier and forgets its asks.
    /// - Throws: ``ControlProblem`` when there would be too many; nothing is taken in then.
    func script(_ scripts: [CodeScript]) throws(ControlProblem) {
        let fits = state.withLock { state in
            let newKeys = Set(scripts.map(\.key)).filter { state.scripts[$0] == nil }
            guard state.scripts.count + newKeys.count <= SandboxLimits.scripts else { return false }
            for script in scripts {
                state.scripts[script.key] = script
                state.asks[script.key] = nil
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

    var counts: CallCounts { state.withLock { $0.counts } }

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

extension IssuerRecord {
    /// The answer that an issuer which contradicts itself gives first.
    fileprivate mutating func flip() {
        let isGood = voucher == .voucher(state: "available") && license.isValid
        let other = isGood ? SandboxState.used : SandboxState.good
        voucher = other.voucher ?? voucher
        license = other.license ?? license
        stateName = other.name
    }
}
