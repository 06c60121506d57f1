import Configuration
import Drivers
import Foundation

/// A value as its source gives it, before it is known what it should be.
enum RawValue {
    /// One word; `isText` is false where YAML reads it as a number or a truth value.
    case scalar(String, isText: Bool)
    case list([String])
}

extension ConfigurationKey {
    /// Why a raw value cannot be this key's.
    struct Objection: Error {
        let message: String
    }

    /// The value in the types of swift-configuration.
    ///
    /// - Parameter folder: what a relative path is relative to.
    func content(of raw: RawValue, folder: String) throws(Objection) -> ConfigContent {
        switch (raw, kind) {
        case (.list(let words), .addressBlocks), (.list(let words), .durations):
            return .stringArray(try words.map { word throws(Objection) in try element(word) })
        case (.list, _): throw objection
        case (.scalar(let word, _), .integer(let range)):
            guard let number = Int(word), range.contains(number) else { throw objection }
            return .int(number)
        case (.scalar(_, isText: false), _): throw objection
        case (.scalar(let word, _), .text):
            return .string(try checkedText(word))
        case (.scalar(let word, _), .address):
            guard ListenAddress(word) != nil else { throw objection }
            return .string(word)
        case (.scalar(let word, _), .origin):
            guard Self.isOrigin(word) else { throw objection }
            return .string(word)
        case (.scalar(let word, _), .path):
            guard !word.isEmpty else { throw objection }
            return .string(word.hasPrefix("/") ? word : "\(folder)/\(word)")
        case (.scalar(let word, _), .choice(let words)):
            guard words.contains(word) else { throw objection }
            return .string(word)
        case (.scalar(let word, _), .duration):
            guard DurationText.duration(word) != nil else { throw objection }
            return .string(word)
        case (.scalar, .addressBlocks), (.scalar, .durations): throw objection
        }
    }

    /// A word of the environment or of the command line; lists are separated by commas.
    func content(ofWord word: String, folder: String) throws(Objection) -> ConfigContent {
        guard isList else { return try content(of: .scalar(word, isText: true), folder: folder) }
        let words = word.split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        return try content(of: .list(words), folder: folder)
    }

    private func element(_ word: String) throws(Objection) -> String {
        let isFit =
            switch kind {
            case .addressBlocks: AddressBlock(word) != nil
            case .durations: DurationText.duration(word) != nil
            case .text, .address, .path, .integer, .origin, .duration, .choice: false
            }
        guard isFit else { throw objection }
        return word
    }

    /// Scheme, host and port, and nothing behind them.
    private static func isOrigin(_ word: String) -> Bool {
        guard let parts = URLComponents(string: word), let scheme = parts.scheme,
            let host = parts.host
        else { return false }
        return ["http", "https"].contains(scheme) && !host.isEmpty && parts.path.isEmpty
            && parts.query == nil && parts.fragment == nil && parts.user == nil
    }

    private func checkedText(_ word: String) throws(Objection) -> String {
        // The origin becomes the name of a key that signs notes (C2SP signed-note).
        let isFit = !word.isEmpty && !word.contains { $0.isWhitespace || $0 == "+" }
        guard isFit else { throw objection }
        return word
    }

    private var objection: Objection { Objection(message: "\(name): \(expectation) is expected") }
}

/// `host:port`, or `[::1]:port`.
struct ListenAddress: Hashable, CustomStringConvertible {
    let host: String
    let port: Int

    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, !host.contains(where: \.isWhitespace) else { return nil }
        self.init(host: host, port: port)
    }

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// The values of one source.
struct ConfigurationLayer {
    struct Entry {
        let content: ConfigContent
        /// Where it stands, as `config print --origin` says it.
        let origin: String
    }

    let name: String
    var entries: [String: Entry] = [:]

    var provider: InMemoryProvider {
        InMemoryProvider(
            name: name,
            values: Dictionary(
                uniqueKeysWithValues: entries.map { name, entry in
                    let words = name.split(separator: ".").map { String($0) }
                    return (
                        AbsoluteConfigKey(words), ConfigValue(entry.content, isSecret: false)
                    )
                }
            )
        )
    }
}
