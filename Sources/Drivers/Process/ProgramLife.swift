import AdapterKit
import CProcess
import Glibc
import Synchronization
import WireFormat

/// One life of a program, from its start to its end: a thread of its own reads, writes, watches
/// the deadlines, and reaps it.
final class ProgramLife: Sendable {
    /// A program that does not answer the greeting within this is not going to.
    static let greetingPatience: Duration = .seconds(10)
    /// How long a program may take to end by itself once its input has ended.
    static let endPatience: Duration = .milliseconds(500)
    /// Ended questions whose keys are still looked for in what the program logs: the newest.
    static let keptScrubbers = 64

    private struct State {
        var table: DialogueTable
        /// Of the questions that are open, by ticket: every one of their keys is looked for.
        var scrubbers: [UInt64: Scrubber] = [:]
        var endedScrubbers: [Scrubber] = []
        /// Set once: why nothing can be asked any more.
        var failure: ProgramFailure?
        var endsAt: ContinuousClock.Instant?
        var nextTicket: UInt64 = 0
        var hasEnded = false
        var endWaiters: [CheckedContinuation<Void, Never>] = []
    }

    let description: ProgramDescription
    private let state: Mutex<State>
    /// Written to by anybody, read by the thread; closed by the last owner of this object.
    private let wakeUp: Int32

    /// - Throws: `ProgramFailure` when there is no descriptor left.
    init(_ description: ProgramDescription) throws(ProgramFailure) {
        self.description = description
        wakeUp = cardproof_wake_descriptor()
        guard wakeUp >= 0 else {
            throw ProgramFailure(.notStarted, "there are no descriptors left")
        }
        let now = ContinuousClock.now
        state = Mutex(
            State(
                table: DialogueTable(
                    greeting: description.greeting,
                    timeout: description.timeout,
                    greetingDeadline: now + Self.greetingPatience,
                    now: now
                )
            )
        )
    }

    deinit { Glibc.close(wakeUp) }

    /// Why this life is over; nil while it is not.
    var failure: ProgramFailure? { state.withLock { $0.failure } }
    /// Whether the program came to a result in this life.
    var hasServed: Bool { state.withLock { $0.table.hasServed } }

    func open(_ scrubber: Scrubber) async throws(ProgramFailure) -> any ProgramDialogue {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            state.scrubbers[state.nextTicket] = scrubber
            return state.nextTicket
        }
        let opened: Result<UInt64, ProgramFailure> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                change { state in
                    if let failure = state.failure {
                        continuation.resume(returning: .failure(failure))
                    } else if Task.isCancelled {
                        // The withdrawal came before there was anything to withdraw.
                        let withdrawn = ProgramFailure(.cancelled, "the question was withdrawn")
                        continuation.resume(returning: .failure(withdrawn))
                    } else {
                        state.table.open(ticket: ticket, now: .now, continuation)
                    }
                }
            }
        } onCancel: {
            change {
                $0.table.withdraw(ticket: ticket, .init(.cancelled, "the question was withdrawn"))
            }
        }
        switch opened {
        case .success(let number): return LivingDialogue(life: self, number: number, ticket: ticket)
        case .failure(let failure):
            retire(ticket)
            throw failure
        }
    }

    func exchange(
        _ message: ProgramMessage,
        in number: UInt64
    ) async throws(ProgramFailure) -> JSONObject {
        let reply: Result<JSONObject, ProgramFailure> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                change { state in
                    if let failure = state.failure {
                        continuation.resume(returning: .failure(failure))
                    } else {
                        state.table.send(message, in: number, now: .now, continuation)
                    }
                }
            }
        } onCancel: {
            close(number)
        }
        return try reply.get()
    }

    func close(_ number: UInt64) {
        change { $0.table.close(number, now: .now) }
    }

    /// The question of a ticket is over; what the program says of it later is still scrubbed.
    func retire(_ ticket: UInt64) {
        state.withLock { state in
            guard let scrubber = state.scrubbers.removeValue(forKey: ticket) else { return }
            state.endedScrubbers.append(scrubber)
            if state.endedScrubbers.count > Self.keptScrubbers {
                state.endedScrubbers.removeFirst()
            }
        }
    }

    /// Ends the program's input, and the program itself when it does not end by that.
    func stop() {
        change { state in
            state.endsAt = state.endsAt ?? .now + Self.endPatience
            if state.failure == nil {
                let failure = ProgramFailure(.cancelled, "the gateway shuts down")
                state.failure = failure
                state.table.fail(failure)
            }
        }
    }

    /// Returns when the program is gone and its thread is about to end.
    func waitForEnd() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.endWaiters.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { body(&$0) }
        var one: UInt64 = 1
        _ = write(wakeUp, &one, MemoryLayout<UInt64>.size)
    }
}

// MARK: - The thread's side

extension ProgramLife {
    /// What the thread has to do next.
    struct Duties {
        var outbox: [UInt8]
        var nextDeadline: ContinuousClock.Instant?
        var endsAt: ContinuousClock.Instant?
        var isOver: Bool
    }

    var wakeDescriptor: Int32 { wakeUp }

    /// Looks at the deadlines, and at what there is to write.
    func duties() -> Duties {
        var wakes: UInt64 = 0
        _ = read(wakeUp, &wakes, MemoryLayout<UInt64>.size)
        return state.withLock { state in
            if state.failure == nil {
                do throws(ProgramFailure) {
                    try state.table.expire(now: .now)
                } catch {
                    state.failure = error
                    state.table.fail(error)
                }
            }
            return Duties(
                outbox: state.table.outbox,
                nextDeadline: state.table.nextDeadline,
                endsAt: state.endsAt,
                isOver: state.failure != nil
            )
        }
    }

    func wrote(_ count: Int) { state.withLock { $0.table.wrote(count) } }

    /// Takes in a piece of the program's output.
    func heard(_ piece: LineReader.Piece) {
        state.withLock { state in
            guard state.failure == nil else { return }
            do throws(ProgramFailure) {
                try state.table.hear(
                    try Self.line(piece),
                    expecting: description,
                    now: .now
                )
            } catch {
                state.failure = error
                state.table.fail(error)
            }
        }
    }

    private static func line(_ piece: LineReader.Piece) throws(ProgramFailure) -> ProgramLine {
        switch piece {
        case .line(let bytes): return try ProgramLine(bytes)
        case .tooLong:
            throw ProgramFailure(
                .broken,
                "a line of its output is longer than \(ProgramLine.longestBytes) bytes"
            )
        }
    }

    /// The program is gone. The first reason is kept.
    func ended(_ failure: ProgramFailure) {
        let waiters = state.withLock { state in
            if state.failure == nil {
                state.failure = failure
                state.table.fail(failure)
            }
            state.hasEnded = true
            defer { state.endWaiters = [] }
            return state.endWaiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// A text of the program's without the credentials and the keys it was told of late.
    func scrubbed(_ bytes: [UInt8]) -> String {
        let scrubbers = state.withLock { $0.scrubbers.values + $0.endedScrubbers }
        let clean = scrubbers.reduce(description.scrubber.scrub(bytes)) { $1.scrub($0) }
        return String(decoding: clean, as: UTF8.self)
    }
}

/// One dialogue with one life.
private struct LivingDialogue: ProgramDialogue {
    let life: ProgramLife
    let number: UInt64
    let ticket: UInt64

    func exchange(_ message: ProgramMessage) async throws(ProgramFailure) -> JSONObject {
        try await life.exchange(message, in: number)
    }

    func close() {
        life.close(number)
        life.retire(ticket)
    }
}
