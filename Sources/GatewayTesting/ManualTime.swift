public import Gateway
import Synchronization
public import WireFormat

/// A clock that a test moves. Sleepers wake when it passes their time.
public final class ManualTime: TimeSource {
    private struct Sleeper {
        let wakesAt: Instant
        let resume: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Instant
        var sleepers: [UInt64: Sleeper] = [:]
        var next: UInt64 = 0
    }

    private let state: Mutex<State>

    public init(_ now: Instant) {
        state = Mutex(State(now: now))
    }

    public func now() -> Instant { state.withLock { $0.now } }

    /// Moves the clock and wakes who has slept long enough.
    public func advance(by duration: Duration) {
        let woken = state.withLock { state -> [Sleeper] in
            state.now = state.now + duration
            let due = state.sleepers.filter { $0.value.wakesAt <= state.now }
            for number in due.keys { state.sleepers[number] = nil }
            return Array(due.values)
        }
        for sleeper in woken { sleeper.resume.resume() }
    }

    /// How many tasks sleep: a test that moves the clock waits for them first.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    public func sleep(for duration: Duration) async throws {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isOver = state.withLock { state in
                    let wakesAt = state.now + duration
                    guard wakesAt > state.now, !Task.isCancelled else { return true }
                    state.sleepers[number] = Sleeper(wakesAt: wakesAt, resume: continuation)
                    return false
                }
                if isOver {
                    continuation.resume(
                        with: Task.isCancelled ? .failure(CancellationError()) : .success(())
                    )
                }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?
                .resume.resume(throwing: CancellationError())
        }
    }
}

/// Random bytes that a seed repeats (SplitMix64); never for anything but tests.
public final class SeededRandom: RandomSource {
    private let state: Mutex<UInt64>

    public init(seed: UInt64) {
        state = Mutex(seed)
    }

    public func bytes(_ count: Int) -> [UInt8] {
        state.withLock { state in
            (0..<count).map { _ in
                state &+= 0x9E37_79B9_7F4A_7C15
                var mixed = state
                mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
                mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
                return UInt8(truncatingIfNeeded: mixed ^ mixed >> 31)
            }
        }
    }
}
