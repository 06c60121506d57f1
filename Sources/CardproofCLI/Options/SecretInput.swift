import Foundation
import WireFormat

/// Secrets and codes come from a file, from standard input (`-`) or from a hidden prompt.
enum SecretInput {
    /// A token or a webhook secret is a line; no list of codes for a self-test is longer.
    static let mostBytes = 1 << 20

    /// One line, without white space around it.
    /// - Parameter name: what is read, for the error.
    static func line(from path: String, name: String) throws -> String {
        let bytes = try bytes(from: path, name: name, isNamedInErrors: false)
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(
            in: .whitespacesAndNewlines)
        guard !text.isEmpty, !text.contains(where: \.isNewline) else {
            throw CommandFailure.usage("\(name) \(path): one line is expected")
        }
        return text
    }

    /// What a person says, in which codes may stand.
    /// - Parameter name: what is read, for the error.
    static func words(from path: String, name: String) throws -> String {
        let bytes = try bytes(from: path, name: name, isNamedInErrors: false)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure.usage("\(name) \(path): text in UTF-8 is expected")
        }
        let words = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !words.isEmpty else {
            throw CommandFailure.usage("\(name) \(path): the file is empty")
        }
        return words
    }

    /// All of a file, or of standard input.
    /// - Parameters:
    ///   - limit: bytes of the longest that is read.
    ///   - isNamedInErrors: whether an error repeats a path that leads to no file. In place of a
    ///     secret's file people write the secret itself.
    static func bytes(
        from path: String,
        name: String,
        limit: Int = mostBytes,
        isNamedInErrors: Bool = true
    ) throws -> [UInt8] {
        let input: FileHandle
        if path == "-" {
            input = .standardInput
        } else {
            guard let file = FileHandle(forReadingAtPath: path) else {
                let reason = String(cString: strerror(errno))
                throw CommandFailure.usage(
                    isNamedInErrors
                        ? "\(name) \(path): cannot be read: \(reason)"
                        : "\(name) names no file that can be read: \(reason)"
                )
            }
            input = file
        }
        var bytes: [UInt8] = []
        while let part = try input.read(upToCount: 64 << 10), !part.isEmpty {
            bytes += part
            guard bytes.count <= limit else {
                throw CommandFailure.usage("\(name) \(path): is longer than \(limit) bytes")
            }
        }
        return bytes
    }

    /// Asks on the terminal without showing what is typed.
    /// - Throws: 64 when there is no terminal to ask at.
    static func prompt(_ question: String, option: String) throws -> String {
        guard isatty(STDIN_FILENO) == 1, let answer = getpass(question + " ") else {
            throw CommandFailure.usage(
                "\(option) is missing: give a file, or - for standard input"
            )
        }
        let text = String(cString: answer)
        memset(answer, 0, strlen(answer))
        return text
    }
}
