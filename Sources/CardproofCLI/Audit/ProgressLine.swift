import Foundation

/// One line on standard error that is written over, without colours and escape codes; on a terminal
/// that is said to be dumb, and under NO_COLOR, a line of its own now and then.
final class ProgressLine {
    private let isPlain: Bool
    private let now: () -> ContinuousClock.Instant
    private var last: ContinuousClock.Instant
    private var shownWidth = 0

    /// - Returns: nil when standard error is no terminal: nobody looks.
    init?(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        now: @escaping () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        guard isatty(STDERR_FILENO) == 1 else { return nil }
        isPlain = !environment["NO_COLOR", default: ""].isEmpty || environment["TERM"] == "dumb"
        self.now = now
        last = now()
    }

    func show(_ text: @autoclosure () -> String) { show { _ in text() } }

    /// Shows a text, unless the one before is too fresh to be replaced.
    /// - Parameter text: takes the cells of the terminal: a line that wraps could not be written
    ///   over.
    func show(_ text: (_ cells: Int) -> String) {
        let instant = now()
        guard instant - last >= (isPlain ? .seconds(10) : .milliseconds(100)) else { return }
        last = instant
        let cells = isPlain ? .max : Self.terminalCells
        let line = text(cells)
        if isPlain {
            write(line + "\n")
        } else {
            let width = Table.width(of: line)
            let behind = max(0, min(shownWidth, cells) - width)
            write("\r" + line + String(repeating: " ", count: behind))
            shownWidth = width
        }
    }

    /// What may be written in one line of the terminal now, its last cell left free.
    private static var terminalCells: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return .max
        }
        return Int(size.ws_col) - 1
    }

    /// Takes the line away.
    func end() {
        guard !isPlain, shownWidth > 0 else { return }
        let shown = min(shownWidth, Self.terminalCells)
        write("\r" + String(repeating: " ", count: shown) + "\r")
        shownWidth = 0
    }

    private func write(_ text: String) {
        // Nobody can be told that standard error is gone.
        try? FileHandle.standardError.write(contentsOf: Array(text.utf8))
    }
}
