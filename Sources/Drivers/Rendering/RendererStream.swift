import AdapterKit
import CCurl
import CProcess
import Dispatch
import Foundation
import Gateway
import Glibc
import Synchronization

/// A run of `cardproof-render` that is fed or read piece by piece: by one caller at a time, who may
/// be on any thread. When it is released, the program is killed.
final class RendererStream {
    /// What is started.
    struct Command: Sendable {
        let program: String
        let arguments: [String]
        /// An open file that is its standard input, in place of a pipe.
        var file: Int32?
    }

    /// How long the program may neither take nor give anything. Before the first row of a sheet it
    /// reads all texts of the workbook.
    static let patience: Duration = .seconds(120)
    /// Shared texts of 256 MiB and their index, twice while they grow.
    private static let limits = ProgramLimits(
        memoryMebibytes: 1536,
        processorSeconds: 1800,
        openFiles: 64
    )
    private static let mostErrorBytes = 16 << 10

    private let life: RendererLife
    private var input: Int32
    private let output: Int32
    private let error: Int32
    private var errors: [UInt8] = []
    private var errorsAreOpen = true

    /// - Throws: `RenderingError` when the program cannot be started.
    init(_ command: Command) throws(RenderingError) {
        let life = RendererLife()
        let limits = Self.limits
        // The kernel kills the program when the thread that started it ends.
        let thread = Thread { life.live(command, limits: limits) }
        thread.name = ProgramRenderer.programName
        thread.start()
        let ends = try life.start()
        (input, output, error) = (ends.input, ends.output, ends.error)
        self.life = life
    }

    deinit {
        closeInput()
        close(output)
        close(error)
        life.stop(patience: .zero)
    }

    /// Fills `buffer` from its start; 0 is the end of what the program writes, when it ended well.
    ///
    /// - Throws: `RenderingError` with what the program says.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(RenderingError) -> Int {
        while true {
            let ready = try wait(forInput: false, forOutput: true)
            guard ready.output else { continue }
            let count = Glibc.read(output, buffer.baseAddress, buffer.count)
            if count > 0 { return count }
            if count < 0, errno == EAGAIN || errno == EINTR { continue }
            try end()
            return 0
        }
    }

    /// Writes all of `bytes`; what the program writes meanwhile goes to `take`.
    ///
    /// - Throws: `RenderingError` when the program ended, and what `take` throws.
    func write(_ bytes: [UInt8], _ take: ([UInt8]) throws -> Void) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let ready = try wait(forInput: true, forOutput: true)
            if ready.output, try !pass(take) {
                try end()
                throw RenderingError(.failed, "it ended before its input")
            }
            guard ready.input else { continue }
            let count = rest.withUnsafeBytes {
                Glibc.write(input, $0.baseAddress, $0.count)
            }
            if count > 0 { rest = rest.dropFirst(count) }
            if count < 0, errno != EAGAIN, errno != EINTR {
                try end()
                throw RenderingError(.failed, "it ended before its input")
            }
        }
    }

    /// Ends the program's input and takes what it still writes.
    func finish(_ take: ([UInt8]) throws -> Void) throws {
        closeInput()
        while true {
            let ready = try wait(forInput: false, forOutput: true)
            if ready.output, try !pass(take) { break }
        }
        try end()
    }

    /// False at the end of what the program writes.
    private func pass(_ take: ([UInt8]) throws -> Void) throws -> Bool {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        let count = Glibc.read(output, &piece, piece.count)
        if count > 0 { try take(Array(piece[..<count])) }
        return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
    }

    /// Waits until the program takes or gives something; what it says about itself is kept.
    private func wait(
        forInput: Bool,
        forOutput: Bool
    ) throws(RenderingError) -> (input: Bool, output: Bool) {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            var polled = [
                pollfd(fd: forInput ? input : -1, events: Int16(POLLOUT), revents: 0),
                pollfd(fd: forOutput ? output : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: errorsAreOpen ? error : -1, events: Int16(POLLIN), revents: 0),
            ]
            let pause = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
            let count = poll(&polled, nfds_t(polled.count), Int32(max(0, pause.rounded(.up))))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw RenderingError(.timedOut, "it did nothing for \(Self.patience)")
            }
            if polled[2].revents != 0 { takeErrors() }
            if polled[0].revents != 0 || polled[1].revents != 0 {
                return (polled[0].revents != 0, polled[1].revents != 0)
            }
        }
    }

    private func closeInput() {
        if input >= 0 { close(input) }
        input = -1
    }

    private func takeErrors() {
        var piece = [UInt8](repeating: 0, count: Self.mostErrorBytes)
        let count = Glibc.read(error, &piece, piece.count)
        if count > 0 { errors += piece[..<min(count, Self.mostErrorBytes - errors.count)] }
        errorsAreOpen = count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
    }

    /// Waits for the program's end, which is near.
    /// - Throws: when it did not end well.
    private func end() throws(RenderingError) {
        let pause = Int32(RendererLife.endingPatience / .milliseconds(1))
        while errorsAreOpen {
            var polled = pollfd(fd: error, events: Int16(POLLIN), revents: 0)
            let count = poll(&polled, 1, pause)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            takeErrors()
        }
        let ending = life.stop(patience: RendererLife.endingPatience)
        guard ending.status != 0 else { return }
        throw RenderingError(
            ending.status == 64 ? .refused : .failed,
            ProgramRenderer.explanation(in: errors)
                ?? "\(ProgramRenderer.programName): \(ending.words)"
        )
    }
}

/// The life of one program on the thread that starts, ends and reaps it.
final class RendererLife: Sendable {
    /// Between the end of a program's output and its own end there is a moment.
    static let endingPatience: Duration = .seconds(5)
    private static let endingPauseMicroseconds: UInt32 = 1_000

    /// Our ends of its pipes, which belong to who asked for them; none blocks.
    struct Ends: Sendable {
        let input: Int32
        let output: Int32
        let error: Int32
    }

    /// How it ended: by itself with a status, or killed.
    struct Ending: Sendable {
        let status: Int32?
        let words: String
    }

    private let started = DispatchSemaphore(value: 0)
    private let stopping = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let launch = Mutex<Result<Ends, RenderingError>?>(nil)
    private let patience = Mutex(Duration.zero)
    private let ending = Mutex<Ending?>(nil)

    /// Waits until the program runs.
    func start() throws(RenderingError) -> Ends {
        started.wait()
        return try (launch.withLock { $0 } ?? .failure(RenderingError(.notStarted, "no thread")))
            .get()
    }

    /// Gives the program so long to end by itself, kills what is left of it, and waits until it
    /// is reaped.
    @discardableResult
    func stop(patience: Duration) -> Ending {
        if let ending = ending.withLock({ $0 }) { return ending }
        self.patience.withLock { $0 = patience }
        stopping.signal()
        ended.wait()
        return ending.withLock { $0 } ?? Ending(status: nil, words: "it did not start")
    }

    /// The thread's work.
    func live(_ command: RendererStream.Command, limits: ProgramLimits) {
        ChildProcess.blockBrokenPipeSignal()
        var child: ChildProcess
        do throws(ProgramFailure) {
            child = try ChildProcess(
                command: [command.program] + command.arguments,
                folder: "/",
                limits: limits,
                path: nil,
                reading: command.file
            )
        } catch {
            let failure = RenderingError(.notStarted, error.message)
            launch.withLock { $0 = .failure(failure) }
            started.signal()
            return
        }
        let ends = Ends(
            input: cardproof_copy(child.input),
            output: cardproof_copy(child.output),
            error: cardproof_copy(child.error)
        )
        // The copy alone keeps its input open.
        child.closeInput()
        launch.withLock { $0 = .success(ends) }
        started.signal()
        stopping.wait()
        let deadline = ContinuousClock.now + patience.withLock { $0 }
        while child.ending() == nil, .now < deadline { usleep(Self.endingPauseMicroseconds) }
        let ending = Ending(
            status: child.exitStatus(),
            words: child.ending() ?? "it did not end by itself"
        )
        child.end()
        self.ending.withLock { $0 = ending }
        ended.signal()
    }
}
