import CardModel
import Foundation
import Gateway

/// How far an audit has come, on standard error, when that is a terminal.
///
/// One line that is written over, without colours and escape codes; on a terminal that is said to
/// be dumb, and under NO_COLOR, a line of its own now and then.
final class AuditProgressDisplay {
    private let isPlain: Bool
    private let text: AuditProgressText
    private let now: () -> ContinuousClock.Instant
    private let start: ContinuousClock.Instant
    private var last: ContinuousClock.Instant
    private var shownWidth = 0

    /// - Parameters:
    ///   - totalBytes: what will be read; nil when that is not known.
    ///   - now: the clock that rates and times are taken from.
    /// - Returns: nil when nobody looks.
    init?(
        totalBytes: Int?,
        language: Language,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        now: @escaping () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        guard isatty(STDERR_FILENO) == 1 else { return nil }
        isPlain = !environment["NO_COLOR", default: ""].isEmpty || environment["TERM"] == "dumb"
        text = AuditProgressText(totalBytes: totalBytes, language: language)
        self.now = now
        start = now()
        last = start
    }

    func show(_ progress: StockAuditProgress) {
        let instant = now()
        guard instant - last >= (isPlain ? .seconds(10) : .milliseconds(100)) else { return }
        last = instant
        let cells = isPlain ? .max : Self.terminalCells
        let line = text.line(progress, after: (instant - start) / .seconds(1), cells: cells)
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

/// The words of the progress line.
struct AuditProgressText {
    /// Symbols of the bar; with the rest the line stays under 79 cells.
    private static let barCells = 20

    /// Nil when it is not known how much there is to be read.
    let totalBytes: Int?
    let language: Language

    /// - Parameters:
    ///   - seconds: since the audit began.
    ///   - cells: how wide it may be; a line that wraps could not be written over.
    func line(
        _ progress: StockAuditProgress,
        after seconds: Double,
        cells: Int = .max
    ) -> String {
        var parts = parts(progress, after: seconds)
        while parts.count > 1, Table.width(of: parts.joined(separator: "  ")) > cells {
            parts.removeLast()
        }
        let line = parts.joined(separator: "  ")
        // What is left is the bar, and the share behind it says the same.
        return Table.width(of: line) > cells ? String(line.suffix(max(0, cells))) : line
    }

    private func parts(_ progress: StockAuditProgress, after seconds: Double) -> [String] {
        let done = progress.stockBytes + progress.historyBytes
        let rate = seconds > 0 ? Int(Double(progress.lines) / seconds) : 0
        var parts: [String] = []
        if let totalBytes, totalBytes > 0 {
            let share = min(1, Double(done) / Double(totalBytes))
            let filled = Int(share * Double(Self.barCells))
            let bar =
                String(repeating: "#", count: filled)
                + String(repeating: "-", count: Self.barCells - filled)
            parts.append("[\(bar)] \(Int(share * 100))%")
        } else {
            parts.append("\(done >> 20) MiB")
        }
        parts.append(
            language("\(AuditNumbers.grouped(rate)) 行/秒", "\(AuditNumbers.grouped(rate)) lines/s")
        )
        if let left = secondsLeft(done, after: seconds) {
            let time = "\(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60)"
            parts.append(language("剩余 \(time)", "ETA \(time)"))
        }
        let defects = AuditNumbers.grouped(progress.defects)
        parts.append(language("问题 \(defects)", "\(defects) defects"))
        return parts
    }

    private func secondsLeft(_ done: Int, after seconds: Double) -> Int? {
        guard let totalBytes, done > 0, seconds > 0 else { return nil }
        let rest = Double(max(0, totalBytes - done)) / Double(done) * seconds
        return rest < 360_000 ? Int(rest.rounded(.up)) : nil
    }
}
