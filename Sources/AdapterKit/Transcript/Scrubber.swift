public import CardModel
public import WireFormat

/// Takes secrets out of what was said to an issuer and of what it said back.
///
/// A secret is found in clear, in any case, with or without dashes and spaces, URL-encoded,
/// JSON- or XML-escaped (twice over, too), in hex, in base64 and base64url at each of the three
/// offsets, and by any ten of its symbols in a row. An issuer may echo a key in any of these.
/// Numbers that look like the secret by chance go with it: losing a digit of an answer costs less
/// than keeping a key.
public struct Scrubber: Sendable {
    /// What stands in place of a secret.
    public static let mark = "[redacted]"

    /// What is looked for: the operator's credentials, made ready once, and the inquiry's key.
    private let patterns: [SecretPatterns]

    /// Looks for the operator's credentials.
    ///
    /// What is made of them is found with them: the base64 of `user:password` holds the password's
    /// own base64.
    public init(secrets: [SecretValue]) {
        patterns = [SecretPatterns(SecretSpellings(secrets))]
    }

    /// Looks for the key of one inquiry, too; its serial stays.
    public func adding(_ code: CardCode, format: CardFormat) -> Scrubber {
        var spellings = SecretSpellings()
        code.key.withUnredacted { delivered in
            spellings.insert(delivered)
            // The normal form may differ in more than case and dashes (full-width digits).
            format.normalise(code).key.withUnredacted { normal in
                let isKnown =
                    ByteView.compact(Array(normal.utf8))
                    == ByteView.compact(Array(delivered.utf8))
                if !isKnown { spellings.insert(normal) }
            }
        }
        return adding(SecretPatterns(spellings))
    }

    /// Looks for further secrets of one exchange, too: a card as an issuer wants it encrypted,
    /// which whoever has that issuer's key can read, or a signature, against which secrets can be
    /// tried.
    public func adding(_ secrets: [SecretValue]) -> Scrubber {
        adding(SecretPatterns(SecretSpellings(secrets)))
    }

    public func adding(_ secret: SecretValue) -> Scrubber { adding([secret]) }

    func adding(_ more: SecretPatterns) -> Scrubber {
        Scrubber(patterns: patterns + [more])
    }

    private init(patterns: [SecretPatterns]) {
        self.patterns = patterns
    }

    /// `bytes` with every spelling of every secret replaced by `mark`.
    public func scrub(_ bytes: [UInt8]) -> [UInt8] {
        var found: [Range<Int>] = []
        var view: ByteView? = ByteView(bytes)
        for _ in 0..<Self.escapeLayers {
            guard let current = view else { break }
            let compact = current.compacted()
            for pattern in patterns {
                pattern.collect(in: compact, into: &found)
                pattern.collectVerbatim(in: current, into: &found)
            }
            view = current.unescaped()
        }
        return Self.replace(found, in: bytes)
    }

    public func scrub(_ text: String) -> String {
        String(decoding: scrub(Array(text.utf8)), as: UTF8.self)
    }

    /// An issuer's own words, scrubbed and bounded.
    public func statement(code: String?, text: String?, at: Instant? = nil) -> IssuerStatement {
        IssuerStatement(
            code: code.map { visible($0, InquiryResult.longestIssuerCode) },
            text: text.map { visible($0, InquiryResult.longestIssuerText) },
            at: at
        )
    }

    /// What an issuer tells of a code beside value and days. A text that repeats a secret is left
    /// out: scrubbed, it would differ from what was promised.
    func attributes(_ told: some Sequence<(name: String, value: String)>) -> CodeAttributes {
        CodeAttributes(
            told: told.filter { scrub($0.name) == $0.name && scrub($0.value) == $0.value })
    }

    /// A text of the issuer's that is safe to show.
    func visible(_ text: String, _ longest: Int) -> String {
        let scalars = scrub(text).unicodeScalars.filter {
            $0.properties.generalCategory != .control
        }
        return String(String(String.UnicodeScalarView(scalars)).prefix(longest))
    }

    /// As it is, unescaped, unescaped twice (JSON inside JSON, a URL inside a query).
    private static let escapeLayers = 3

    private static func replace(_ found: [Range<Int>], in bytes: [UInt8]) -> [UInt8] {
        guard !found.isEmpty else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var position = 0
        for range in found.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound >= position {
                result.append(contentsOf: bytes[position..<range.lowerBound])
                // Runs of one secret overlap or touch: one mark stands for all of them.
                if range.lowerBound > position || position == 0 {
                    result.append(contentsOf: mark.utf8)
                }
            }
            position = max(position, range.upperBound)
        }
        result.append(contentsOf: bytes[position...])
        return result
    }
}
