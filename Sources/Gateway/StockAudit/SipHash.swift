/// The random key of one audit run.
public struct SipHashKey: Sendable {
    let k0: UInt64
    let k1: UInt64

    public init(_ k0: UInt64, _ k1: UInt64) {
        self.k0 = k0
        self.k1 = k1
    }

    /// A key for one kind of fingerprint, so that a serial never equals a key.
    func separated(_ domain: UInt64) -> SipHashKey {
        let derived = withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 1) { word in
            word[0] = domain
            return SipHash.fingerprint(
                UnsafeRawPointer(word.baseAddress!).assumingMemoryBound(to: UInt8.self),
                count: 8,
                key: self
            )
        }
        return SipHashKey(derived.high, derived.low)
    }
}

/// 128 bits under the run's key.
struct Fingerprint: Equatable {
    var high: UInt64
    var low: UInt64
}

/// SipHash with 128 bits of output (Aumasson, Bernstein; reference implementation
/// https://github.com/veorq/SipHash, `siphash.c` with `outlen` 16).
enum SipHash {
    /// SipHash-1-3, for words that live as long as a run.
    static func fingerprint(
        _ bytes: UnsafePointer<UInt8>,
        count: Int,
        key: SipHashKey
    ) -> Fingerprint {
        hash(bytes, count: count, key: key, compression: 1, finalization: 3)
    }

    /// SipHash-2-4, for words that are kept, where the margin of SipHash-1-3 is too thin.
    static func lastingFingerprint(
        _ bytes: UnsafePointer<UInt8>,
        count: Int,
        key: SipHashKey
    ) -> Fingerprint {
        hash(bytes, count: count, key: key, compression: 2, finalization: 4)
    }

    /// - Parameters:
    ///   - compression: rounds a word of the text.
    ///   - finalization: rounds before each half of the output.
    @inline(__always)
    private static func hash(
        _ bytes: UnsafePointer<UInt8>,
        count: Int,
        key: SipHashKey,
        compression: Int,
        finalization: Int
    ) -> Fingerprint {
        var v0 = key.k0 ^ 0x736f_6d65_7073_6575
        var v1 = key.k1 ^ 0x646f_7261_6e64_6f6d ^ 0xee
        var v2 = key.k0 ^ 0x6c79_6765_6e65_7261
        var v3 = key.k1 ^ 0x7465_6462_7974_6573
        let raw = UnsafeRawPointer(bytes)
        var offset = 0
        while offset &+ 8 <= count {
            let word = UInt64(
                littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            )
            v3 ^= word
            for _ in 0..<compression { round(&v0, &v1, &v2, &v3) }
            v0 ^= word
            offset &+= 8
        }
        var last = UInt64(truncatingIfNeeded: count) << 56
        var shift: UInt64 = 0
        while offset < count {
            last |= UInt64(bytes[offset]) &<< shift
            shift &+= 8
            offset &+= 1
        }
        v3 ^= last
        for _ in 0..<compression { round(&v0, &v1, &v2, &v3) }
        v0 ^= last
        v2 ^= 0xee
        for _ in 0..<finalization { round(&v0, &v1, &v2, &v3) }
        let low = v0 ^ v1 ^ v2 ^ v3
        v1 ^= 0xdd
        for _ in 0..<finalization { round(&v0, &v1, &v2, &v3) }
        return Fingerprint(high: v0 ^ v1 ^ v2 ^ v3, low: low)
    }

    @inline(__always)
    private static func round(
        _ v0: inout UInt64,
        _ v1: inout UInt64,
        _ v2: inout UInt64,
        _ v3: inout UInt64
    ) {
        v0 &+= v1
        v1 = rotated(v1, 13) ^ v0
        v0 = rotated(v0, 32)
        v2 &+= v3
        v3 = rotated(v3, 16) ^ v2
        v0 &+= v3
        v3 = rotated(v3, 21) ^ v0
        v2 &+= v1
        v1 = rotated(v1, 17) ^ v2
        v2 = rotated(v2, 32)
    }

    @inline(__always)
    private static func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 {
        word &<< bits | word &>> (64 &- bits)
    }
}
