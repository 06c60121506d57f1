/// An issuer's address that may carry a key in its path or query.
///
/// It prints with the secret parts as `…`; the value is read in one place.
public struct SecretURL: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let text: String
    /// The URL with every secret part written as `…`.
    public let redacted: String

    /// - Parameters:
    ///   - text: the whole URL.
    ///   - secretParts: parts of `text` as they stand in it (percent-encoded where it is).
    public init(_ text: String, secretParts: [String] = []) {
        self.text = text
        var shown = text
        for part in secretParts.sorted(by: { $0.count > $1.count }) where !part.isEmpty {
            shown = shown.replacingOccurrences(ofExactly: part, with: "…")
        }
        redacted = shown
    }

    /// A URL whose secret parts `scrubber` finds.
    init(_ text: String, scrubbedBy scrubber: Scrubber) {
        self.text = text
        redacted = scrubber.scrub(text)
    }

    public func withUnredacted<R>(_ body: (String) throws -> R) rethrows -> R {
        try body(text)
    }

    public var description: String { redacted }
    public var debugDescription: String { redacted }
    public var customMirror: Mirror { Mirror(self, children: ["url": redacted]) }
}

extension String {
    /// Every occurrence of `part`, compared scalar by scalar.
    func replacingOccurrences(ofExactly part: String, with replacement: String) -> String {
        let haystack = Array(utf8)
        let needle = Array(part.utf8)
        guard !needle.isEmpty, haystack.count >= needle.count else { return self }
        var result: [UInt8] = []
        result.reserveCapacity(haystack.count)
        var index = 0
        while index < haystack.count {
            let end = index + needle.count
            if end <= haystack.count, haystack[index..<end].elementsEqual(needle) {
                result.append(contentsOf: replacement.utf8)
                index = end
            } else {
                result.append(haystack[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
