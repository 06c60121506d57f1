import WireFormat

/// The spellings under which a secret is looked for, in the compact form of `ByteView`: ASCII
/// lower case, without dashes, spaces, line breaks and plus signs. Escapes (URL, JSON, XML) are
/// undone on the searched side, so they need no spelling of their own.
struct SecretSpellings {
    /// Runs of this many symbols are already a leak: the last ten of a key identify it.
    static let revealingRun = 10
    /// Below this a spelling would match by chance everywhere.
    static let shortestPattern = 4

    /// Compact spellings, each at least `shortestPattern` bytes.
    private(set) var patterns: Set<[UInt8]> = []
    /// Secrets too short for any spelling but their own; matched as they are.
    private(set) var verbatim: Set<[UInt8]> = []

    init() {}

    init(_ secrets: [SecretValue]) {
        for secret in secrets { secret.withUnredacted { insert($0) } }
    }

    mutating func insert(_ secret: String) {
        let bytes = Array(secret.utf8)
        guard !bytes.isEmpty else { return }
        let compact = ByteView.compact(bytes)
        guard compact.count >= Self.shortestPattern else {
            verbatim.insert(bytes)
            return
        }
        for run in Self.runs(of: compact) { patterns.insert(run) }
        // The last ten as written may be fewer than ten without their dashes.
        add(Array(String(secret.suffix(Self.revealingRun)).utf8))
        for variant in Self.variants(of: secret) {
            let lastTen = Array(variant.suffix(Self.revealingRun))
            for bytes in lastTen.count < variant.count ? [variant, lastTen] : [variant] {
                add(Array(Hexadecimal.encode(bytes).utf8))
                addBase64(of: bytes)
            }
        }
    }

    private mutating func add(_ spelling: [UInt8]) {
        let compact = ByteView.compact(spelling)
        if compact.count >= Self.shortestPattern { patterns.insert(compact) }
    }

    /// The symbols that stay the same whatever stands before and after the secret in the encoded
    /// text, for each of the three positions it can have in a group of three bytes.
    private mutating func addBase64(of bytes: [UInt8]) {
        for offset in 0..<3 {
            let padded = [UInt8](repeating: 0, count: offset) + bytes
            let first = (offset * 8 + 5) / 6
            let end = padded.count * 8 / 6
            guard end > first else { continue }
            add(Array(Array(Base64.encode(padded).utf8)[first..<end]))
            add(Array(Array(Base64.encodeURL(padded).utf8)[first..<end]))
        }
    }

    /// As given, lower and upper case; each with and without dashes and spaces.
    private static func variants(of secret: String) -> Set<[UInt8]> {
        var variants: Set<[UInt8]> = []
        for text in [secret, secret.lowercased(), secret.uppercased()] {
            let bytes = Array(text.utf8)
            variants.insert(bytes)
            variants.insert(bytes.filter { !ByteView.isSeparator($0) })
        }
        return variants.filter { $0.count >= shortestPattern }
    }

    /// Every run of `revealingRun` bytes; the whole when it is not longer.
    private static func runs(of bytes: [UInt8]) -> [[UInt8]] {
        guard bytes.count > revealingRun else { return [bytes] }
        return (0...(bytes.count - revealingRun)).map {
            Array(bytes[$0..<($0 + revealingRun)])
        }
    }
}
