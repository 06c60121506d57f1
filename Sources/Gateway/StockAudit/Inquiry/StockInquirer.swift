public import AdapterKit
import CardModel
public import Logging
import Synchronization
public import WireFormat

/// Keeps what happened to questions so that it outlives the process.
public protocol InquiryJournal: Sendable {
    /// Returns when `records` are on the disk.
    func append(_ records: [InquiryRecord]) async throws
}

/// Asks one issuer about codes of a stock, through the same gate as the gateway's checks: places,
/// rate, pauses and breakers are those of the adapter.
///
/// Every question stands in the journal before the issuer hears it. A question that the issuer did
/// not take (never reached, or "no more for now") is put again; any other answer is the last word.
public final class StockInquirer: Sendable {
    /// The longest that the issuer may be away before asking ends for now.
    public static let patience = Duration.seconds(600)
    /// How often a question is put that the issuer does not take.
    static let attempts = 3
    /// How long to wait for the end of an ask under way.
    private static let shortestWait = Duration.milliseconds(5)

    /// Whom to ask, and how.
    public struct Parts: Sendable {
        public var product: Product
        public var adapter: any IssuerAdapter
        public var limits: AdapterLimits
        public var pauses: IssuerPauses
        public var transport: any HTTPTransport
        public var time: any TimeSource
        public var random: any RandomSource
        public var logger: Logger

        public init(
            product: Product,
            adapter: any IssuerAdapter,
            limits: AdapterLimits,
            pauses: IssuerPauses,
            transport: any HTTPTransport,
            time: any TimeSource,
            random: any RandomSource,
            logger: Logger
        ) {
            self.product = product
            self.adapter = adapter
            self.limits = limits
            self.pauses = pauses
            self.transport = transport
            self.time = time
            self.random = random
            self.logger = logger
        }
    }

    /// What whoever waits is told.
    public enum News: Sendable, Equatable {
        /// It is in the journal already.
        case answered(StockAnswer)
        /// Nothing is asked until then.
        case paused(reason: String, until: Instant)
    }

    /// Why asking ended.
    public enum Ending: Sendable, Equatable {
        /// No question was left, or ``stop()`` was called.
        case done
        /// The issuer is away, or wants to be left alone, for longer than ``patience``.
        case issuerAway
        /// The issuer refuses our account or our requests.
        case accountRefused
    }

    private let parts: Parts
    private let journal: any InquiryJournal
    private let gate: IssuerGate
    private let member: IssuerGate.Member
    private let tell: @Sendable (News) -> Void
    private let state = Mutex(State())

    private struct State {
        var isStopping = false
        var ending = Ending.done
        var toldPause: Instant?
        var answeredAt: Instant?
    }

    /// - Parameters:
    ///   - past: what the journal says of earlier questions.
    ///   - tell: called from any task.
    public init(
        _ parts: Parts,
        past: AskingPast,
        journal: any InquiryJournal,
        tell: @escaping @Sendable (News) -> Void
    ) {
        self.parts = parts
        self.journal = journal
        self.tell = tell
        gate = IssuerGate(
            adapter: parts.adapter.descriptor.id,
            limits: parts.limits,
            pauses: parts.pauses,
            time: parts.time,
            random: parts.random,
            logger: parts.logger
        )
        gate.goOn(from: past)
        member = gate.member {}
    }

    /// Asks nothing more; what the issuer was asked already is waited for and kept.
    public func stop() { state.withLock { $0.isStopping = true } }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    /// Asks until `questions` ends, ``stop()`` is called, or the issuer is away.
    /// - Throws: what the journal throws: without it nothing is asked.
    public func run(_ questions: AsyncStream<StockQuestion>) async throws -> Ending {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for await question in questions {
                guard let pass = await pass() else { break }
                group.addTask {
                    do {
                        try await self.ask(question, pass)
                    } catch {
                        self.stop()
                        throw error
                    }
                }
            }
            try await group.waitForAll()
        }
        return state.withLock { $0.ending }
    }

    /// Waits for its turn; nil when nothing more is asked.
    private func pass() async -> IssuerGate.Pass? {
        while !isStopping {
            if let pass = member.enter(upTo: 1).first { return pass }
            if let pause = gate.pause { note(pause) }
            // Not one long sleep: a stop is to be noticed.
            let wait = min(max(member.wait, Self.shortestWait), .milliseconds(200))
            try? await parts.time.sleep(for: wait)
        }
        return nil
    }

    private func note(_ pause: IssuerHealth.Pause) {
        let now = parts.time.now()
        let isNews = state.withLock { state in
            defer { state.toldPause = pause.until }
            let since = state.answeredAt.map { now.duration(since: $0) } ?? .zero
            if pause.reason == .accountRefused {
                state.ending = .accountRefused
                state.isStopping = true
            } else if pause.until.duration(since: now) > Self.patience || since > Self.patience {
                state.ending = .issuerAway
                state.isStopping = true
            }
            if state.answeredAt == nil { state.answeredAt = now }
            return state.toldPause != pause.until
        }
        if isNews { tell(.paused(reason: pause.reason.rawValue, until: pause.until)) }
    }

    private func ask(_ question: StockQuestion, _ first: IssuerGate.Pass) async throws {
        var pass = first
        for attempt in 1...Self.attempts {
            let heard = try await put(question, pass)
            if heard.isTaken || attempt == Self.attempts { return try await keep(heard, question) }
            try await journal.append(
                [.withdrawn(question.position, at: parts.time.now())] + heard.pause
            )
            guard let next = await self.pass() else { return }
            pass = next
        }
    }

    /// What one ask showed.
    private struct Heard {
        var result: InquiryResult
        /// False when the issuer has not heard the question, or refused to hear it for now.
        var isTaken: Bool
        var pause: [InquiryRecord]
    }

    /// Puts the question, and goes on asking while the issuer says that it decides later.
    private func put(_ question: StockQuestion, _ first: IssuerGate.Pass) async throws -> Heard {
        do {
            try await journal.append([.asking(question.position, at: parts.time.now())])
        } catch {
            member.giveBack([first])
            throw error
        }
        var (result, signal, isTaken) = await inquire(question, continuation: nil)
        member.leave(first, signal)
        var polls = 0
        while let pause = result.pollPause(after: polls), !isStopping {
            try? await parts.time.sleep(for: pause)
            guard let pass = await self.pass() else { break }
            polls += 1
            (result, signal, isTaken) = await inquire(question, continuation: result.continuation)
            member.leave(pass, signal)
        }
        if signal.kind == .answered {
            let now = parts.time.now()
            state.withLock { $0.answeredAt = now }
        }
        let until = signal.retryAfter.map { parts.time.now() + $0 }
        return Heard(
            result: result,
            isTaken: isTaken && (signal.kind != .limited || polls > 0),
            pause: until.map { [.pause(until: $0)] } ?? []
        )
    }

    private func inquire(
        _ question: StockQuestion,
        continuation: String?
    ) async -> (InquiryResult, IssuerSignal, isTaken: Bool) {
        let inquiry = Inquiry(
            code: question.code,
            product: parts.product.id,
            faceValue: parts.product.faceValue,
            expiresOn: question.expiresOn,
            askedAt: parts.time.now(),
            format: parts.product.format,
            nonce: parts.random.nonce(),
            continuation: continuation,
            zone: parts.product.policy.window.zone
        )
        let bounded = DeadlineTransport(
            parts.transport,
            budget: parts.limits.questionTimeout,
            time: parts.time
        )
        do {
            let result = try await parts.adapter.inquire(inquiry, using: bounded)
            return (result, IssuerSignal(result), true)
        } catch {
            let result = InquiryResult.indeterminate(error.cause, retryAfter: error.retryAfter)
            let isTaken = error.mayHaveReachedIssuer || error.code == .inquiry
            return (result, IssuerSignal(error), isTaken)
        }
    }

    private func keep(_ heard: Heard, _ question: StockQuestion) async throws {
        let now = parts.time.now()
        let terms = ItemTerms(
            line: 1,
            product: parts.product.id,
            merchant: "",
            expiresOn: question.expiresOn,
            faceValue: parts.product.faceValue,
            isFaceValueTheProducts: true,
            placedAt: nil,
            termsDisclosedAt: nil,
            policy: parts.product.pin
        )
        // As for a code that is about to be handed over.
        let verdict = VerdictRules.verdict(
            heard.result,
            terms: terms,
            custody: Custody(),
            adapter: parts.adapter.descriptor,
            policy: parts.product.policy,
            answeredAt: now
        )
        let answer = StockAnswer(
            position: question.position,
            state: verdict.state,
            cause: verdict.cause?.rawValue,
            issuerCode: verdict.issuer?.code.flatMap { question.code.isShown(by: $0) ? nil : $0 },
            at: now
        )
        try await journal.append([.answer(answer)] + heard.pause)
        tell(.answered(answer))
    }
}

extension CardCode {
    /// Whether a text holds the key or the serial. Adapters scrub what issuers say; a report that
    /// goes to a supplier looks once more.
    func isShown(by text: String) -> Bool {
        let normaliser = CodeNormaliser(letterCase: .lower)
        let shown = normaliser.normalise(text)
        return key.withUnredacted { [$0, serial?.text ?? ""] }.contains { part in
            let secret = normaliser.normalise(part)
            return !secret.isEmpty && shown.contains(secret)
        }
    }
}
