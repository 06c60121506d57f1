import CCurl
import Synchronization

/// The way into the loop's thread: commands in the order they were given, and the end.
final class CurlInbox: Sendable {
    enum Command: Sendable {
        case submit(CurlSubmission)
        case cancel(CurlTicket)
    }

    /// What the loop takes out at once.
    struct Delivery {
        var commands: [Command]
        /// Set once no more commands can come: what is unfinished then is broken off.
        var closesAt: ContinuousClock.Instant?
    }

    private struct State {
        var commands: [Command] = []
        var closesAt: ContinuousClock.Instant?
        var hasEnded = false
        var endWaiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    /// Unsafe only to the compiler: `curl_multi_wakeup` is documented as callable from any thread.
    /// It is called under the lock and never after `end`, and the loop frees the handle only after
    /// `end`; every other use of the handle is the loop's own.
    nonisolated(unsafe) let multi: UnsafeMutableRawPointer

    init(multi: UnsafeMutableRawPointer) {
        self.multi = multi
    }

    /// False when the transport is shutting down: the submission was not taken.
    func submit(_ submission: CurlSubmission) -> Bool {
        state.withLock { state in
            guard state.closesAt == nil else { return false }
            append(.submit(submission), to: &state)
            return true
        }
    }

    func cancel(_ ticket: CurlTicket) {
        state.withLock { append(.cancel(ticket), to: &$0) }
    }

    /// Takes no more submissions and gives those under way until `instant`. An earlier instant
    /// replaces a later one, never the other way round.
    func close(at instant: ContinuousClock.Instant) {
        state.withLock { state in
            state.closesAt = min(state.closesAt ?? instant, instant)
            if !state.hasEnded { curl_multi_wakeup(multi) }
        }
    }

    func waitForEnd() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.endWaiters.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    func take() -> Delivery {
        state.withLock { state in
            defer { state.commands.removeAll(keepingCapacity: true) }
            return Delivery(commands: state.commands, closesAt: state.closesAt)
        }
    }

    /// The loop's last call but for freeing its handle: nothing touches the handle afterwards.
    func end() -> [CheckedContinuation<Void, Never>] {
        state.withLock { state in
            state.hasEnded = true
            defer { state.endWaiters = [] }
            return state.endWaiters
        }
    }

    private func append(_ command: Command, to state: inout State) {
        guard !state.hasEnded else { return }
        state.commands.append(command)
        // The loop takes everything at once: only the first command of a batch wakes it.
        if state.commands.count == 1 { curl_multi_wakeup(multi) }
    }
}
