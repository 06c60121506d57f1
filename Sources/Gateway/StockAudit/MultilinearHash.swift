/// 128-bit fingerprints under the random key of one run, by two independent multilinear hashes
/// over words of 64 bits (Lemire, Kaser: "Strongly universal string hashing is fast", The Computer
/// Journal 57, 2014).
///
/// For any two different texts of at most ``longestBytes`` the chance of equal fingerprints over
/// the choice of the key is 2⁻¹²⁸, whoever wrote them, as long as he cannot know the key: it never
/// leaves the process, and no fingerprint made with it does. Longer texts take ``SipHash``.
final class MultilinearHash {
    static let longestBytes = 64
    /// One for the beginning, one for the length, one for each word, and all that twice.
    private static let keyCount = 2 * (2 + longestBytes / 8)

    private let keys: UnsafeMutablePointer<UInt128>
    private let long: SipHashKey

    /// - Parameter key: where all keys of this hash come from, by SipHash as a random function.
    init(key: SipHashKey) {
        keys = .allocate(capacity: Self.keyCount)
        for index in 0..<Self.keyCount {
            let word = key.separated(UInt64(index))
            keys[index] = UInt128(word.k0) << 64 | UInt128(word.k1)
        }
        long = key
    }

    deinit { keys.deallocate() }

    @inline(__always)
    func fingerprint(_ bytes: UnsafePointer<UInt8>, count: Int) -> Fingerprint {
        guard count <= Self.longestBytes else { return longFingerprint(bytes, count: count) }
        let raw = UnsafeRawPointer(bytes)
        let length = UInt128(UInt64(truncatingIfNeeded: count))
        var first = keys[0] &+ keys[1] &* length
        var second = keys[2] &+ keys[3] &* length
        var key = keys + 4
        var offset = 0
        while offset &+ 8 <= count {
            let word = UInt128(raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            first &+= key[0] &* word
            second &+= key[1] &* word
            key += 2
            offset &+= 8
        }
        if offset < count {
            let word = UInt128(Self.lastWord(raw, count: count))
            first &+= key[0] &* word
            second &+= key[1] &* word
        }
        return Fingerprint(
            high: UInt64(truncatingIfNeeded: first &>> 64),
            low: UInt64(truncatingIfNeeded: second &>> 64)
        )
    }

    /// A word that holds every byte behind the last whole word, and perhaps some before it: with
    /// the length known, no two texts share all their words.
    @inline(__always)
    private static func lastWord(_ raw: UnsafeRawPointer, count: Int) -> UInt64 {
        if count >= 8 { return raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self) }
        if count >= 4 {
            let low = raw.loadUnaligned(as: UInt32.self)
            let high = raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
            return UInt64(high) << 32 | UInt64(low)
        }
        let first = raw.load(as: UInt8.self)
        let middle = raw.load(fromByteOffset: count &>> 1, as: UInt8.self)
        let last = raw.load(fromByteOffset: count &- 1, as: UInt8.self)
        return UInt64(first) | UInt64(middle) << 8 | UInt64(last) << 16
    }

    @inline(never)
    private func longFingerprint(_ bytes: UnsafePointer<UInt8>, count: Int) -> Fingerprint {
        SipHash.fingerprint(bytes, count: count, key: long)
    }
}
