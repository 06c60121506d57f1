import Foundation

/// Standard output for data, standard error for talk: the one place that writes to either.
enum Terminal {
    /// What a line to people is about; coloured on a terminal only.
    enum Tone {
        case plain
        case good
        case warning
        case bad
    }

    /// A line of talk.
    static func say(_ message: String) {
        // Nobody can be told that standard error is gone.
        try? FileHandle.standardError.write(contentsOf: Array((safe(message) + "\n").utf8))
    }

    static func sayError(_ message: String) {
        let head = coloured("error:", .bad, on: STDERR_FILENO)
        try? FileHandle.standardError.write(
            contentsOf: Array((head + " " + safe(message) + "\n").utf8)
        )
    }

    /// Data, as it is.
    /// - Throws: ``CommandFailure`` when nobody reads any more.
    static func write(_ bytes: [UInt8]) throws {
        do {
            try FileHandle.standardOutput.write(contentsOf: bytes)
        } catch {
            throw CommandFailure.failed("standard output: \(error.localizedDescription)")
        }
    }

    /// Data that people read: lines of text. What it holds from outside must be ``safe(_:)``
    /// already when it comes with colours of our own.
    static func writeText(_ text: String, isSafe: Bool = false) throws {
        guard !text.isEmpty else { return }
        try write(Array(((isSafe ? text : safe(text)) + "\n").utf8))
    }

    /// `text` in the colour of its tone, where standard output is a terminal that wants colours.
    static func coloured(
        _ text: String,
        _ tone: Tone,
        on descriptor: Int32 = STDOUT_FILENO
    ) -> String {
        guard wantsColour(descriptor) else { return text }
        let escape = "\u{1b}["
        return switch tone {
        case .plain: text
        case .good: "\(escape)32m\(text)\(escape)0m"
        case .warning: "\(escape)33m\(text)\(escape)0m"
        case .bad: "\(escape)31m\(text)\(escape)0m"
        }
    }

    /// https://no-color.org, and a terminal that can.
    private static func wantsColour(_ descriptor: Int32) -> Bool {
        let environment = ProcessInfo.processInfo.environment
        guard environment["NO_COLOR", default: ""].isEmpty, environment["TERM"] != "dumb" else {
            return false
        }
        return isatty(descriptor) == 1
    }

    /// A name on one line: as ``safe(_:)``, and without what breaks lines or turns the direction
    /// of writing.
    static func safeWord(_ name: String) -> String {
        String(
            String.UnicodeScalarView(
                name.unicodeScalars.map { scalar in
                    switch scalar.value {
                    case 0...0x1f, 0x7f...0x9f, 0x2028...0x202e, 0x2066...0x2069: "\u{fffd}"
                    default: scalar
                    }
                }
            )
        )
    }

    /// Names come from outside: without control characters they cannot steer a terminal. Our own
    /// colours are put on after this.
    static func safe(_ text: String) -> String {
        let isClean =
            text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x0a }
            && !text.unicodeScalars.contains { (0x80..<0xa0).contains($0.value) }
        guard !isClean else { return text }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    let isControl =
                        scalar.value < 0x20 && scalar != "\n"
                        || (0x7f..<0xa0).contains(scalar.value)
                    return isControl ? "\u{fffd}" : scalar
                }
            )
        )
    }
}
