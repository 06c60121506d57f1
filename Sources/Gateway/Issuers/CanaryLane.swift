import AdapterKit
import CardModel
import Logging
import Metrics
import Synchronization
import WireFormat

/// Asks the canaries of one adapter, round by round, through its issuer's gate, and tells the log,
/// the platforms and the lanes when the adapter's word does not count any more, and when again.
///
/// What was told is stored, in one transaction with its leaves and events: a restart forgets
/// nothing, and nothing is told twice. It is not found out anew at a start, because an issuer that
/// is down then would decide nothing, and the checks would either wait or be believed.
final class CanaryLane: Sendable {
    private let adapter: any IssuerAdapter
    private let id: String
    private let plan: CanaryPlan
    private let platforms: @Sendable () -> [PlatformNumber]
    private let trust: AdapterTrust
    private let committer: Committer
    private let transport: any HTTPTransport
    private let time: any TimeSource
    private let random: any RandomSource
    private let logger: Logger
    private let reported: @Sendable () -> Void
    private let wakeUp: WakeUp
    private let gate: IssuerGate.Member
    private let isStopping = Mutex(false)
    private let state: Mutex<State>
    private let degradedGauge: Meter

    private struct State {
        var book: CanaryBook
        /// What the store says: the canaries that degraded the adapter, nil while it is trusted.
        var told: [String]?
    }

    /// - Parameters:
    ///   - platforms: those that use the adapter, now.
    ///   - told: the canaries by which the store holds the adapter for degraded; nil when it does
    ///     not.
    ///   - reported: called when a report is durable: events may wait, and checks.
    init(
        id: String,
        adapter: any IssuerAdapter,
        plan: CanaryPlan,
        told: [String]?,
        gate: IssuerGate,
        trust: AdapterTrust,
        committer: Committer,
        transport: any HTTPTransport,
        time: any TimeSource,
        random: any RandomSource,
        logger: Logger,
        platforms: @escaping @Sendable () -> [PlatformNumber],
        reported: @escaping @Sendable () -> Void
    ) {
        self.id = id
        self.adapter = adapter
        self.plan = plan
        self.platforms = platforms
        self.trust = trust
        self.committer = committer
        self.transport = transport
        self.time = time
        self.random = random
        self.logger = logger
        self.reported = reported
        let wakeUp = WakeUp()
        self.wakeUp = wakeUp
        self.gate = gate.member { wakeUp.raise() }
        state = Mutex(
            State(book: CanaryBook(canaries: plan.canaries, off: told ?? []), told: told)
        )
        degradedGauge = Meter(label: "cardproof_adapter_degraded", dimensions: [("adapter", id)])
        degradedGauge.set(told == nil ? 0 : 1)
    }

    func stop() {
        isStopping.withLock { $0 = true }
        wakeUp.raise()
    }

    private var isEnding: Bool { isStopping.withLock { $0 } || Task.isCancelled }

    func run() async {
        while !isEnding {
            await reportIfNew()
            for canary in plan.canaries {
                guard let pass = await admission() else { return }
                await ask(canary, pass)
                await reportIfNew()
            }
            await sleep(for: pauseToNextRound)
        }
    }

    /// A pass, when the gate gives one; nil when the gateway ends.
    private func admission() async -> IssuerGate.Pass? {
        while !isEnding {
            if let pass = gate.enter(upTo: 1).first { return pass }
            let wait = gate.wait
            await wakeUp.sleep(
                upTo: wait > .zero ? min(wait, LaneTiming.longestSleep) : LaneTiming.longestSleep,
                time: time
            )
        }
        return nil
    }

    private func ask(_ canary: Canary, _ pass: IssuerGate.Pass) async {
        let bounded = DeadlineTransport(
            transport,
            budget: adapter.descriptor.limits.questionTimeout,
            time: time
        )
        let result: InquiryResult
        let signal: IssuerSignal
        do {
            result = try await adapter.inquire(inquiry(canary), using: bounded)
            signal = IssuerSignal(result)
        } catch {
            result = .indeterminate(error.cause)
            signal = IssuerSignal(error)
        }
        gate.leave(pass, Task.isCancelled ? .nothing : signal)
        guard !Task.isCancelled else { return }
        let finding = state.withLock { state in
            let finding = state.book.note(canary, result.state)
            // Distrust is at once; trust comes back when the store knows.
            if state.book.standing != .trusted { trust.set(id, isTrusted: false) }
            return finding
        }
        Counter(
            label: "cardproof_canary_answers_total",
            dimensions: [("adapter", id), ("result", finding.rawValue)]
        ).increment()
        if finding == .unexpected {
            logger.warning(
                "a canary answered otherwise than expected",
                metadata: [
                    "adapter": "\(id)", "canary": "\(canary.name)",
                    "expected": "\(canary.expected.rawValue)", "state": "\(result.state.rawValue)",
                ]
            )
        }
    }

    private func inquiry(_ canary: Canary) -> Inquiry {
        let formats = adapter.descriptor.formats
        return Inquiry(
            code: canary.code,
            product: "canary",
            askedAt: time.now(),
            format: formats.first.flatMap { CardFormat.builtIn($0) } ?? .generic,
            nonce: random.nonce()
        )
    }

    /// Makes the store, the logs and the platforms know what the canaries say, once.
    private func reportIfNew() async {
        let (standing, told) = state.withLock { ($0.book.standing, $0.told) }
        switch (standing, told) {
        case (.degraded(let canaries), nil): await report(.degraded, by: canaries)
        case (.trusted, let canaries?): await report(.recovered, by: canaries)
        case (.trusted, nil): trust.set(id, isTrusted: true)
        case (.suspected, _), (.degraded, .some): break
        }
    }

    private func report(_ state: AdapterReport.State, by canaries: [String]) async {
        let report = AdapterReport(
            adapter: id,
            label: adapter.descriptor.label,
            state: state,
            canaries: canaries,
            at: time.now(),
            platforms: platforms(),
            seed: random.bytes(LeafDrafting.seedByteCount)
        )
        do {
            _ = try await committer.submit(.reportAdapter(report))
        } catch {
            // Said again after the next answer; until then nothing is believed either way.
            return
        }
        self.state.withLock { $0.told = state == .degraded ? canaries : nil }
        trust.set(id, isTrusted: state == .recovered)
        if state == .recovered {
            // What was asked since the report and still not believed; whoever reads the trust
            // before this has written his answer by now, or looks again (``CheckWork``).
            _ = try? await committer.submit(.makeReasksDue(adapter: id, at: time.now()))
        }
        degradedGauge.set(state == .degraded ? 1 : 0)
        logger.log(
            level: state == .degraded ? .error : .notice,
            state == .degraded
                ? "an adapter is degraded: what its issuer's answers mean is not known"
                : "an adapter is itself again",
            metadata: ["adapter": "\(id)", "canaries": "\(canaries.joined(separator: " "))"]
        )
        reported()
    }

    private var pauseToNextRound: Duration {
        let (standing, told) = state.withLock { ($0.book.standing, $0.told) }
        let pause =
            switch standing {
            case .trusted where told == nil: plan.every
            case .suspected: min(plan.every, CanaryPlan.confirmation)
            // Also while a recovery could not be told yet.
            case .trusted, .degraded: min(plan.every, CanaryPlan.degradedInterval)
            }
        return pause * (1 + CanaryPlan.jitterShare * Double(random.bytes(1)[0]) / 255)
    }

    /// Sleeps through what wakes it for a place it does not need.
    private func sleep(for pause: Duration) async {
        let end = time.now() + pause
        while !isEnding {
            let left = end.duration(since: time.now())
            // A clock that was set back must not put the round off.
            guard left > .zero, left <= pause else { return }
            await wakeUp.sleep(upTo: left, time: time)
        }
    }
}
