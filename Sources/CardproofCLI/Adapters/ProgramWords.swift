import Drivers
import Foundation
import Logging
import Synchronization

/// What programs write to standard error while they are tried. The suite provokes most of it with
/// answers that no issuer gives, so it is kept, and shown only beside a case that failed.
final class ProgramWords: Sendable {
    /// Different lines that are kept of one adapter.
    private static let mostLines = 50

    private struct Line {
        var text: String
        var count: Int
    }

    private let lines = Mutex<[String: [Line]]>([:])

    /// Each line once, with how often it came.
    func lines(of adapter: String) -> [String] {
        lines.withLock { lines in
            (lines[adapter] ?? []).map { $0.count == 1 ? $0.text : "\($0.text) (×\($0.count))" }
        }
    }

    fileprivate func add(_ text: String, of adapter: String) {
        lines.withLock { lines in
            var own = lines[adapter] ?? []
            if let index = own.firstIndex(where: { $0.text == text }) {
                own[index].count += 1
            } else if own.count < Self.mostLines {
                own.append(Line(text: text, count: 1))
            }
            lines[adapter] = own
        }
    }
}

/// Hands a program's lines to ``ProgramWords``.
private struct ProgramWordsLogHandler: LogHandler {
    let words: ProgramWords
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    init(_ words: ProgramWords) {
        self.words = words
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let given = event.metadata ?? [:]
        let text = given["line"] ?? given["detail"] ?? "\(event.message)"
        words.add("\(text)", of: "\(given["adapter"] ?? "")")
    }
}

extension AdapterPrograms {
    /// Programs as a gateway on this machine runs them.
    /// - Parameter words: keeps what they write to standard error; nil logs it.
    static func ofThisMachine(heardBy words: ProgramWords? = nil) -> AdapterPrograms {
        let random = SystemRandomSource()
        return AdapterPrograms(
            path: ProcessInfo.processInfo.environment["PATH"],
            logger: {
                guard let words else { return Logger(label: "cardproof") }
                return Logger(label: "cardproof") { _ in ProgramWordsLogHandler(words) }
            },
            jitter: { Double(random.bytes(1).first ?? 0) / 255 }
        )
    }
}
