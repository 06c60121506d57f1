/// Spellings made ready for searching.
struct SecretPatterns: Sendable {
    /// By their first four bytes.
    private let byBeginning: [UInt32: [[UInt8]]]
    private let verbatim: [[UInt8]]

    init(_ spellings: SecretSpellings) {
        byBeginning = Dictionary(grouping: spellings.patterns) { Self.beginning($0, 0) }
        verbatim = Array(spellings.verbatim)
    }

    /// Original ranges of every pattern in a compact view.
    func collect(in view: ByteView, into found: inout [Range<Int>]) {
        let bytes = view.bytes
        guard bytes.count >= SecretSpellings.shortestPattern, !byBeginning.isEmpty else { return }
        for start in 0...(bytes.count - SecretSpellings.shortestPattern) {
            guard let candidates = byBeginning[Self.beginning(bytes, start)] else { continue }
            for pattern in candidates {
                let end = start + pattern.count
                if end <= bytes.count, bytes[start..<end].elementsEqual(pattern) {
                    found.append(view.original(start..<end))
                }
            }
        }
    }

    /// Original ranges of the secrets that are too short for any spelling but their own.
    func collectVerbatim(in view: ByteView, into found: inout [Range<Int>]) {
        for pattern in verbatim where view.bytes.count >= pattern.count {
            for start in 0...(view.bytes.count - pattern.count)
            where view.bytes[start..<(start + pattern.count)].elementsEqual(pattern) {
                found.append(view.original(start..<(start + pattern.count)))
            }
        }
    }

    private static func beginning(_ bytes: [UInt8], _ start: Int) -> UInt32 {
        UInt32(bytes[start]) << 24 | UInt32(bytes[start + 1]) << 16
            | UInt32(bytes[start + 2]) << 8 | UInt32(bytes[start + 3])
    }
}
