import AdapterKit
import CCurl
import CProcess
import Foundation
import Glibc
import Logging
import Metrics

/// Runs one life of a program on one thread; nothing in it is touched from any other.
final class ProgramThread {
    private let life: ProgramLife
    private let logger: Logger
    private var output = LineReader(longestBytes: ProgramLine.longestBytes)
    private var errors: ErrorOutput
    private var buffer = [UInt8](repeating: 0, count: readBytes)

    /// Bytes read at once.
    private static let readBytes = 64 << 10
    /// The loop looks round this often even when nothing happens.
    private static let longestPause: Duration = .seconds(1)
    /// Between the end of a program's output and its own end there is a moment.
    private static let endingChecks = 40
    private static let endingPauseMicroseconds: UInt32 = 5_000

    init(_ life: ProgramLife, logger: Logger) {
        self.life = life
        self.logger = logger
        errors = ErrorOutput(adapter: life.description.name, logger: logger)
    }

    /// Starts the program and returns when it is gone.
    func run(path: String?) {
        ChildProcess.blockBrokenPipeSignal()
        let child: ChildProcess
        do throws(ProgramFailure) {
            child = try ChildProcess(life.description, path: path)
        } catch {
            tell(error)
            life.ended(error)
            return
        }
        converse(child)
    }

    private func converse(_ child: consuming ChildProcess) {
        var isOpen = true
        while true {
            let duties = life.duties()
            if let endsAt = duties.endsAt {
                child.closeInput()
                if endsAt <= .now || child.ending() != nil { break }
            } else if duties.isOver {
                break
            }
            isOpen = turn(child, duties) && isOpen
            errors.settle()
            if !isOpen { break }
        }
        let failure = life.failure ?? ending(of: child)
        readErrors(child.error)
        child.end()
        errors.flush()
        tell(failure)
        life.ended(failure)
    }

    /// Waits for something to do, and does it. False when the program closed its output.
    private func turn(_ child: borrowing ChildProcess, _ duties: ProgramLife.Duties) -> Bool {
        let wantsToWrite = !duties.outbox.isEmpty && child.input >= 0
        var polled = [
            pollfd(fd: life.wakeDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: child.output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errors.isOpen ? child.error : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wantsToWrite ? child.input : -1, events: Int16(POLLOUT), revents: 0),
        ]
        _ = poll(&polled, nfds_t(polled.count), Self.pause(duties))
        if polled[3].revents != 0 { feed(child.input, duties.outbox) }
        if polled[2].revents != 0 { readErrors(child.error) }
        if polled[1].revents != 0 { return readOutput(child.output) }
        return true
    }

    private func feed(_ descriptor: Int32, _ bytes: [UInt8]) {
        let count = write(descriptor, bytes, bytes.count)
        // A program that closed its input is noticed by its output's end or by a deadline.
        if count > 0 { life.wrote(count) } else if errno == EPIPE { life.wrote(bytes.count) }
    }

    private func readOutput(_ descriptor: Int32) -> Bool {
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
        for piece in output.take(buffer[..<count]) { life.heard(piece) }
        return true
    }

    private func readErrors(_ descriptor: Int32) {
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 {
            errors.take(buffer[..<count], scrubbedBy: life.scrubbed)
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            errors.isOpen = false
        }
    }

    /// Why a program that closed its output did so.
    private func ending(of child: borrowing ChildProcess) -> ProgramFailure {
        for _ in 0..<Self.endingChecks {
            if let words = child.ending() { return ProgramFailure(.ended, words) }
            usleep(Self.endingPauseMicroseconds)
        }
        return ProgramFailure(.ended, "it closed its output and was killed")
    }

    private func tell(_ failure: ProgramFailure) {
        Counter(
            label: "cardproof_adapter_program_ends_total",
            dimensions: [
                ("adapter", life.description.name), ("reason", failure.reason.rawValue),
            ]
        ).increment()
        let isOurs = failure.reason == .cancelled
        logger.log(
            level: isOurs ? .debug : .warning,
            "adapter program ended",
            metadata: [
                "adapter": "\(life.description.name)", "reason": "\(failure.reason.rawValue)",
                "detail": "\(failure.message)",
            ]
        )
    }

    /// Milliseconds until something other than a descriptor may need the loop.
    private static func pause(_ duties: ProgramLife.Duties) -> Int32 {
        let now = ContinuousClock.now
        var pause = longestPause
        for instant in [duties.nextDeadline, duties.endsAt].compactMap({ $0 }) {
            pause = min(pause, now.duration(to: instant))
        }
        if duties.endsAt != nil { pause = min(pause, .milliseconds(10)) }
        let (seconds, attoseconds) = pause.components
        // Rounded up: a pause that ends just before its instant would spin.
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1
        return Int32(clamping: max(0, milliseconds))
    }
}

/// What a program writes to standard error, line by line into the log: bounded in length and in
/// number, because a program that fails in a loop must not fill a disk.
struct ErrorOutput {
    /// Longest line that is logged.
    static let longestLineBytes = 4096
    /// Lines that are logged at once, and how many more each second.
    static let burst = 50.0
    static let linesPerSecond = 10.0

    var isOpen = true
    private let adapter: String
    private let logger: Logger
    private var reader = LineReader(longestBytes: longestLineBytes)
    private var allowance = burst
    private var refilledAt = ContinuousClock.now
    private var dropped = 0

    init(adapter: String, logger: Logger) {
        self.adapter = adapter
        self.logger = logger
    }

    mutating func take(_ bytes: some Sequence<UInt8>, scrubbedBy scrub: ([UInt8]) -> String) {
        for piece in reader.take(bytes) {
            switch piece {
            case .line(let line) where line.isEmpty: continue
            case .line(let line):
                if isAllowed() { log(scrub(line)) }
            case .tooLong:
                if isAllowed() { log("[a line of more than \(Self.longestLineBytes) bytes]") }
            }
        }
    }

    /// Says how many lines were not logged, once there is room for that.
    mutating func settle() {
        if dropped > 0, isRefilled() { flush() }
    }

    /// Says how many lines were not logged.
    mutating func flush() {
        guard dropped > 0 else { return }
        log("[\(dropped) more lines, not logged]")
        dropped = 0
    }

    private mutating func isAllowed() -> Bool {
        guard isRefilled() else {
            dropped += 1
            return false
        }
        allowance -= 1
        flush()
        return true
    }

    private mutating func isRefilled() -> Bool {
        let now = ContinuousClock.now
        let passed = refilledAt.duration(to: now) / .seconds(1)
        allowance = min(Self.burst, allowance + passed * Self.linesPerSecond)
        refilledAt = now
        return allowance >= 1
    }

    private func log(_ text: String) {
        logger.info("adapter program says", metadata: ["adapter": "\(adapter)", "line": "\(text)"])
    }
}
