import AdapterKit
import CCurl
import CProcess
import Gateway
import Glibc
import StatementKit

/// One run of the program, from its start to its end, on the calling thread.
struct RendererRun: Sendable {
    let path: String
    let kind: RenderingOrder.Kind
    let input: [UInt8]
    let patience: Duration
    let mostOutputBytes: Int

    /// Fonts of a hundred megabytes are mapped, and each thread reserves room for its heap.
    private static let limits = ProgramLimits(
        memoryMebibytes: 2048,
        processorSeconds: 30,
        openFiles: 64
    )
    /// The program explains itself in one line; libraries may add theirs.
    private static let mostErrorBytes = 16 << 10
    private static let readBytes = 64 << 10
    /// Between the end of a program's output and its own end there is a moment.
    private static let endingPauseMicroseconds: UInt32 = 1_000

    func result() -> Result<[UInt8], RenderingError> {
        Result { () throws(RenderingError) in try drawn() }
    }

    private func drawn() throws(RenderingError) -> [UInt8] {
        ChildProcess.blockBrokenPipeSignal()
        let deadline = ContinuousClock.now + patience
        let child: ChildProcess
        do throws(ProgramFailure) {
            child = try ChildProcess(
                command: [path, kind.rawValue],
                folder: "/",
                limits: Self.limits,
                path: nil
            )
        } catch {
            throw RenderingError(.notStarted, error.message)
        }
        return try converse(child, until: deadline)
    }

    private func converse(
        _ child: consuming ChildProcess,
        until deadline: ContinuousClock.Instant
    ) throws(RenderingError) -> [UInt8] {
        var exchange = Exchange(input: input[...])
        while exchange.isOpen, exchange.output.count <= mostOutputBytes, .now < deadline {
            if exchange.turn(child, until: deadline) { child.closeInput() }
        }
        // What it started may hold its output open when it is gone itself.
        let hasSaidAll = !exchange.isOpen
        if hasSaidAll {
            while child.ending() == nil, .now < deadline { usleep(Self.endingPauseMicroseconds) }
        }
        let words = hasSaidAll ? child.ending() : nil
        let status = child.exitStatus()
        child.end()
        guard exchange.output.count <= mostOutputBytes else {
            throw RenderingError(.tooLarge, "it drew more than \(mostOutputBytes) bytes")
        }
        guard let words else {
            throw RenderingError(.timedOut, "it was not ready after \(patience)")
        }
        switch status {
        case 0 where !exchange.output.isEmpty: return exchange.output
        case 64: throw RenderingError(.refused, exchange.explanation ?? words)
        case 69: throw RenderingError(.fontsMissing, exchange.explanation ?? words)
        default: throw RenderingError(.failed, exchange.explanation ?? words)
        }
    }

    /// What goes in and comes out.
    private struct Exchange {
        var input: ArraySlice<UInt8>
        var output: [UInt8] = []
        private var errors: [UInt8] = []
        private var outputIsOpen = true
        private var errorsAreOpen = true
        private var buffer = [UInt8](repeating: 0, count: readBytes)

        init(input: ArraySlice<UInt8>) { self.input = input }

        /// Whether the program may still say something.
        var isOpen: Bool { outputIsOpen || errorsAreOpen }

        /// What the program says about its end, without its name.
        var explanation: String? { ProgramRenderer.explanation(in: errors) }

        /// Waits for something to do, and does it. True when all input was just written.
        mutating func turn(
            _ child: borrowing ChildProcess,
            until deadline: ContinuousClock.Instant
        ) -> Bool {
            var polled = [
                pollfd(fd: outputIsOpen ? child.output : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: errorsAreOpen ? child.error : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: child.input, events: Int16(POLLOUT), revents: 0),
            ]
            let pause = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
            _ = poll(&polled, nfds_t(polled.count), Int32(max(0, pause.rounded(.up))))
            if polled[0].revents != 0 {
                outputIsOpen = Self.take(from: child.output, &buffer) { output += $0 }
            }
            if polled[1].revents != 0 {
                errorsAreOpen = Self.take(from: child.error, &buffer) { words in
                    errors += words.prefix(RendererRun.mostErrorBytes - errors.count)
                }
            }
            return polled[2].revents != 0 && feed(child.input)
        }

        /// True when nothing is left to write; what a program does not read is dropped.
        private mutating func feed(_ descriptor: Int32) -> Bool {
            let count = input.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { input = input.dropFirst(count) }
            if count < 0, errno != EAGAIN, errno != EINTR { input = [] }
            return input.isEmpty
        }

        /// False at the end.
        private static func take(
            from descriptor: Int32,
            _ buffer: inout [UInt8],
            into keep: (ArraySlice<UInt8>) -> Void
        ) -> Bool {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
            keep(buffer[..<count])
            return true
        }
    }
}
