import AdapterKit
import WireFormat

/// The dialogues with one life of a program, and what is decided about them: pure but for the
/// continuations that it resumes. Instants come in.
struct DialogueTable {
    typealias Moment = ContinuousClock.Instant
    typealias Opening = CheckedContinuation<Result<UInt64, ProgramFailure>, Never>
    typealias Waiter = CheckedContinuation<Result<JSONObject, ProgramFailure>, Never>

    /// What a program that was told that a dialogue is over may still ask before its result.
    static let mostRepliesAfterTheEnd = 8

    private enum Standing {
        /// It is ours to speak.
        case ours
        /// The program has to say something; nobody waits for it once the dialogue is closed.
        case theirs(since: Moment, deadline: Moment, waiter: Waiter?)
    }

    private struct Dialogue {
        var standing = Standing.ours
        /// The program wants a request sent, and cannot go on before it hears of it.
        var isAsking = false
        var isClosed = false
        var repliesAfterTheEnd = 0
    }

    private struct Queued {
        var ticket: UInt64
        var deadline: Moment
        var opening: Opening
    }

    private let timeout: Duration
    /// Dialogues at a time; none before the greeting.
    private var capacity = 0
    private var dialogues: [UInt64: Dialogue] = [:]
    private var queue: [Queued] = []
    private var lastNumber: UInt64 = 0
    private var lastHeard: Moment
    /// Lines that are to be written to the program.
    private(set) var outbox: [UInt8] = []
    /// Whether the program came to a result: then it works, and a crash is no start that failed.
    private(set) var hasServed = false
    /// The greeting has to be returned until then.
    private var greetingDeadline: Moment?

    init(greeting: ProgramMessage, timeout: Duration, greetingDeadline: Moment, now: Moment) {
        self.timeout = timeout
        self.greetingDeadline = greetingDeadline
        lastHeard = now
        outbox = greeting.line
    }

    // MARK: - Ours

    /// Begins a dialogue, or queues it: for as long as those before it may take.
    mutating func open(ticket: UInt64, now: Moment, _ opening: Opening) {
        let turns = (queue.count + dialogues.count) / max(capacity, 1) + 1
        queue.append(
            Queued(ticket: ticket, deadline: now + timeout * turns, opening: opening)
        )
        admit()
    }

    /// Takes an opening that waits out of the queue.
    mutating func withdraw(ticket: UInt64, _ failure: ProgramFailure) {
        guard let index = queue.firstIndex(where: { $0.ticket == ticket }) else { return }
        queue.remove(at: index).opening.resume(returning: .failure(failure))
    }

    mutating func send(
        _ message: ProgramMessage,
        in number: UInt64,
        now: Moment,
        _ waiter: Waiter
    ) {
        guard var dialogue = dialogues[number], !dialogue.isClosed,
            case .ours = dialogue.standing
        else {
            waiter.resume(
                returning: .failure(ProgramFailure(.cancelled, "the dialogue is not open"))
            )
            return
        }
        dialogue.isAsking = false
        dialogue.standing = .theirs(since: now, deadline: now + timeout, waiter: waiter)
        dialogues[number] = dialogue
        outbox += message.line
    }

    /// Ends a dialogue. Its place is free once the program came to a result.
    mutating func close(_ number: UInt64, now: Moment) {
        guard var dialogue = dialogues[number], !dialogue.isClosed else { return }
        dialogue.isClosed = true
        switch dialogue.standing {
        case .theirs(let since, let deadline, let waiter):
            waiter?.resume(
                returning: .failure(ProgramFailure(.cancelled, "the question was withdrawn"))
            )
            dialogue.standing = .theirs(since: since, deadline: deadline, waiter: nil)
            dialogues[number] = dialogue
        case .ours where dialogue.isAsking:
            dialogue.isAsking = false
            dialogue.standing = .theirs(since: now, deadline: now + timeout, waiter: nil)
            dialogues[number] = dialogue
            outbox += ProgramMessage.over(number).line
        case .ours:
            dialogues[number] = nil
            admit()
        }
    }

    /// Takes what was written out of the outbox, which may have been emptied in the meantime.
    mutating func wrote(_ count: Int) { outbox.removeFirst(min(count, outbox.count)) }

    // MARK: - Theirs

    /// What a line means.
    /// - Throws: `ProgramFailure` when the program cannot be trusted to go on.
    mutating func hear(
        _ line: ProgramLine,
        expecting description: ProgramDescription,
        now: Moment
    ) throws(ProgramFailure) {
        lastHeard = now
        switch line {
        case .greeting(let greeting): try hear(greeting, description)
        case .reply(let number, let object): try hear(object, in: number, now: now)
        }
    }

    private mutating func hear(
        _ greeting: ProgramGreeting,
        _ description: ProgramDescription
    ) throws(ProgramFailure) {
        guard greetingDeadline != nil else {
            throw ProgramFailure(.broken, "it returned the greeting twice")
        }
        guard greeting.adapter == description.id, greeting.version == description.version else {
            throw ProgramFailure(
                .notStarted,
                "its manifest is \(description.id)@\(description.version), and it greets as "
                    + "another adapter or version"
            )
        }
        greetingDeadline = nil
        capacity = min(greeting.concurrency, description.concurrency)
        admit()
    }

    private mutating func hear(
        _ object: JSONObject,
        in number: UInt64,
        now: Moment
    ) throws(ProgramFailure) {
        guard greetingDeadline == nil else {
            throw ProgramFailure(.broken, "it spoke before it returned the greeting")
        }
        guard var dialogue = dialogues[number], case .theirs(_, _, let waiter) = dialogue.standing
        else {
            throw ProgramFailure(.broken, "it spoke about a question that is not open")
        }
        let isResult = object["result"] != nil
        hasServed = hasServed || isResult
        guard dialogue.isClosed else {
            dialogue.isAsking = !isResult
            dialogue.standing = .ours
            dialogues[number] = dialogue
            waiter?.resume(returning: .success(object))
            return
        }
        if isResult {
            dialogues[number] = nil
            admit()
            return
        }
        dialogue.repliesAfterTheEnd += 1
        guard dialogue.repliesAfterTheEnd <= Self.mostRepliesAfterTheEnd else {
            throw ProgramFailure(.broken, "it went on asking after the question was over")
        }
        dialogue.standing = .theirs(since: now, deadline: now + timeout, waiter: nil)
        dialogues[number] = dialogue
        outbox += ProgramMessage.over(number).line
    }

    // MARK: - Time and the end

    /// When something is due next; nil when nothing is.
    var nextDeadline: Moment? {
        var deadlines = queue.map(\.deadline) + [greetingDeadline].compactMap { $0 }
        for dialogue in dialogues.values {
            if case .theirs(_, let deadline, _) = dialogue.standing { deadlines.append(deadline) }
        }
        return deadlines.min()
    }

    /// Ends what is overdue. A question that the program lets lie while it answers others fails
    /// alone; a program that says nothing at all, or never ends what was closed, hangs.
    ///
    /// - Throws: `ProgramFailure` with the reason `silent` when the program hangs.
    mutating func expire(now: Moment) throws(ProgramFailure) {
        if let greetingDeadline, greetingDeadline <= now {
            throw ProgramFailure(.notStarted, "it did not return the greeting in time")
        }
        for queued in queue where queued.deadline <= now {
            withdraw(
                ticket: queued.ticket,
                ProgramFailure(.busy, "it was busy with other questions all the time")
            )
        }
        for (number, dialogue) in dialogues {
            guard case .theirs(let since, let deadline, let waiter) = dialogue.standing,
                deadline <= now
            else { continue }
            guard lastHeard > since, !dialogue.isClosed else {
                throw ProgramFailure(.silent, "it said nothing for \(timeout) and was killed")
            }
            waiter?.resume(
                returning: .failure(
                    ProgramFailure(.silent, "it let a question lie for \(timeout)")
                )
            )
            var left = dialogue
            left.isClosed = true
            left.standing = .theirs(since: since, deadline: now + timeout, waiter: nil)
            dialogues[number] = left
        }
    }

    /// The program is gone: everything open fails.
    mutating func fail(_ failure: ProgramFailure) {
        for queued in queue { queued.opening.resume(returning: .failure(failure)) }
        queue = []
        for dialogue in dialogues.values {
            if case .theirs(_, _, let waiter) = dialogue.standing {
                waiter?.resume(returning: .failure(failure))
            }
        }
        dialogues = [:]
        outbox = []
        greetingDeadline = nil
    }

    private mutating func admit() {
        while dialogues.count < capacity, !queue.isEmpty {
            lastNumber += 1
            dialogues[lastNumber] = Dialogue()
            queue.removeFirst().opening.resume(returning: .success(lastNumber))
        }
    }
}
