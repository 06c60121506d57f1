public import AdapterKit
import Foundation
public import Logging
import Synchronization

/// Runs the programs of process adapters: the only way the gateway starts another program.
///
/// Each life of a program has a thread of its own (`ProgramThread`), because the kernel kills the
/// program when that thread ends, however the gateway dies. What a program started itself is
/// killed with it while the gateway lives; when the gateway is killed, it has to end at the end of
/// its input. A program starts when it is first asked; after a life that came to nothing the next
/// start waits, longer each time. A sick program costs its own adapter's questions and nobody
/// else's.
public final class AdapterPrograms: ProcessTransport {
    private let path: String?
    private let logger: @Sendable () -> Logger
    private let jitter: @Sendable () -> Double
    private let programs = Mutex<[SupervisedProgram]>([])

    /// - Parameters:
    ///   - path: the `PATH` that interpreters are looked up on; the only variable, but for a
    ///     locale, that programs see.
    ///   - logger: where programs' standard error goes; asked for when a program starts.
    ///   - jitter: 0 to 1, random: spreads the starts of programs that died together.
    public init(
        path: String?,
        logger: @escaping @Sendable () -> Logger,
        jitter: @escaping @Sendable () -> Double
    ) {
        self.path = path
        self.logger = logger
        self.jitter = jitter
    }

    public func program(_ description: ProgramDescription) -> any AdapterProgram {
        let program = SupervisedProgram(description, path: path, logger: logger, jitter: jitter)
        programs.withLock { $0.append(program) }
        return program
    }

    /// Ends every program and returns when they are gone. None is started again.
    public func shutdown() async {
        let programs = programs.withLock { $0 }
        let lives = programs.compactMap { $0.retire() }
        for life in lives { await life.waitForEnd() }
    }
}

/// When a program that died is started again.
struct RestartPause {
    /// After the first life that came to nothing.
    static let first: Duration = .milliseconds(250)
    /// However often it dies.
    static let longest: Duration = .seconds(60)
    private static let mostDoublings = 10

    /// The pause after so many lives in a row that came to nothing, shortened by up to a half so
    /// that programs which died together do not start together.
    static func duration(after failures: Int, jitter: Double) -> Duration {
        guard failures > 0 else { return .zero }
        let doublings = min(failures - 1, mostDoublings)
        let full = min(first * (1 << doublings), longest)
        return full * (1 - min(max(jitter, 0), 1) / 2)
    }
}

/// One program over all its lives.
final class SupervisedProgram: AdapterProgram {
    private struct State {
        var life: ProgramLife?
        /// Lives in a row that ended without a single result.
        var failures = 0
        var mayStartAt: ContinuousClock.Instant?
        var isRetired = false
    }

    private enum Next {
        case life(ProgramLife)
        case wait(Duration)
        case failure(ProgramFailure)
    }

    private let description: ProgramDescription
    private let path: String?
    private let logger: @Sendable () -> Logger
    private let jitter: @Sendable () -> Double
    private let state = Mutex(State())

    init(
        _ description: ProgramDescription,
        path: String?,
        logger: @escaping @Sendable () -> Logger,
        jitter: @escaping @Sendable () -> Double
    ) {
        self.description = description
        self.path = path
        self.logger = logger
        self.jitter = jitter
    }

    /// A dialogue with the living program, which is started when there is none. While it may not
    /// be started, waits for at most one deadline.
    func open(_ scrubber: Scrubber) async throws(ProgramFailure) -> any ProgramDialogue {
        let giveUpAt = ContinuousClock.now + description.timeout
        while true {
            switch next() {
            case .life(let life): return try await life.open(scrubber)
            case .failure(let failure): throw failure
            case .wait(let pause):
                guard ContinuousClock.now + pause < giveUpAt else {
                    throw ProgramFailure(
                        .notStarted,
                        "it died again and again and is started next in \(pause)"
                    )
                }
                do {
                    try await Task.sleep(for: pause)
                } catch {
                    throw ProgramFailure(.cancelled, "the question was withdrawn")
                }
            }
        }
    }

    /// Ends the program for good.
    func retire() -> ProgramLife? {
        let life = state.withLock { state in
            state.isRetired = true
            return state.life
        }
        life?.stop()
        return life
    }

    private func next() -> Next {
        state.withLock { state in
            guard !state.isRetired else {
                return .failure(ProgramFailure(.cancelled, "the gateway shuts down"))
            }
            if let life = state.life {
                guard life.failure != nil else { return .life(life) }
                state.failures = life.hasServed ? 1 : state.failures + 1
                state.mayStartAt =
                    .now + RestartPause.duration(after: state.failures, jitter: jitter())
                state.life = nil
            }
            let now = ContinuousClock.now
            if let earliest = state.mayStartAt, earliest > now {
                return .wait(now.duration(to: earliest))
            }
            do throws(ProgramFailure) {
                let life = try ProgramLife(description)
                start(life)
                state.life = life
                return .life(life)
            } catch {
                return .failure(error)
            }
        }
    }

    private func start(_ life: ProgramLife) {
        let (path, logger) = (path, logger())
        let thread = Thread { ProgramThread(life, logger: logger).run(path: path) }
        thread.name = "cardproof-program"
        thread.start()
    }
}
