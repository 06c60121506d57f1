#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Searches of the hot loop.
enum Bytes {
    @inline(__always)
    static func first(
        _ byte: UInt8,
        from start: UnsafePointer<UInt8>,
        to end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8>? {
        guard let found = memchr(start, Int32(byte), end - start) else { return nil }
        return UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
    }

    /// The same for a byte that is a few bytes away: eight a step, without a call.
    @inline(__always)
    static func firstNear(
        _ byte: UInt8,
        from start: UnsafePointer<UInt8>,
        to end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8>? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let pattern = UInt64(byte) &* ones
        var cursor = start
        while cursor + 8 <= end {
            let word = UnsafeRawPointer(cursor).loadUnaligned(as: UInt64.self) ^ pattern
            // The lowest marked byte is the first zero byte (Hacker's Delight, chapter 6).
            let marks = (word &- ones) & ~word & 0x8080_8080_8080_8080
            if marks != 0 { return cursor + marks.trailingZeroBitCount &>> 3 }
            cursor += 8
        }
        while cursor < end {
            if cursor.pointee == byte { return cursor }
            cursor += 1
        }
        return nil
    }

    static func contains(_ byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = bytes.baseAddress else { return false }
        return first(byte, from: start, to: start + bytes.count) != nil
    }

    /// Thirty-two bytes a step.
    static func occurrences(of byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let raw = UnsafeRawBufferPointer(bytes)
        let pattern = SIMD32<UInt8>(repeating: byte)
        var count = 0
        var index = 0
        while index &+ 32 <= raw.count {
            // 255 steps at most: a lane of eight bits cannot overflow.
            let end = min(raw.count &- 31, index &+ 32 &* 255)
            var lanes = SIMD32<UInt8>.zero
            while index < end {
                let piece = raw.loadUnaligned(fromByteOffset: index, as: SIMD32<UInt8>.self)
                // A lane that is equal has all its bits set: one less than zero.
                lanes &-= unsafeBitCast(piece .== pattern, to: SIMD32<UInt8>.self)
                index &+= 32
            }
            count &+= Int(SIMD32<UInt16>(truncatingIfNeeded: lanes).wrappedSum())
        }
        while index < raw.count {
            count &+= raw[index] == byte ? 1 : 0
            index &+= 1
        }
        return count
    }
}
