import CardModel
import Foundation
import Gateway

/// How far an audit has come, on standard error, when that is a terminal.
final class AuditProgressDisplay {
    private let line: ProgressLine
    private let text: AuditProgressText
    private let now: () -> ContinuousClock.Instant
    private let start: ContinuousClock.Instant

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
        guard let line = ProgressLine(environment: environment, now: now) else { return nil }
        self.line = line
        text = AuditProgressText(totalBytes: totalBytes, language: language)
        self.now = now
        start = now()
    }

    func show(_ progress: StockAuditProgress) {
        line.show { cells in
            text.line(progress, after: (now() - start) / .seconds(1), cells: cells)
        }
    }

    /// Takes the line away.
    func end() { line.end() }
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
