/// How the fingerprints of a partition are kept: packed into words of 32 bits, without the ten
/// highest bits, which the partition itself says, and without the 21 lowest of the high word.
///
/// Every entry begins with 97 bits of a fingerprint and, in the low 31 bits of its fourth word, a
/// line number; with the ten of the partition that are 107 bits. Among n codes and h codes sold the
/// chance of any false answer is below n (n / 2 + h) / 2¹⁰⁷: 10⁻¹⁸ for ten million of each.
protocol FingerprintEntry {
    /// Words of one entry; even, and at least four.
    static var words: Int { get }
}

extension FingerprintEntry {
    private static var fingerprintBit: UInt32 { 0x8000_0000 }

    @inline(__always)
    static func write(
        _ fingerprint: Fingerprint,
        line: UInt64,
        to entry: UnsafeMutablePointer<UInt32>
    ) {
        entry[0] = UInt32(truncatingIfNeeded: fingerprint.low)
        entry[1] = UInt32(truncatingIfNeeded: fingerprint.low &>> 32)
        entry[2] = UInt32(truncatingIfNeeded: fingerprint.high &>> 22)
        entry[3] =
            UInt32(truncatingIfNeeded: fingerprint.high &<< 10) & fingerprintBit
            | UInt32(truncatingIfNeeded: line)
    }

    /// What is kept of the fingerprint, the bits that are not as zeros.
    static func fingerprint(
        of entry: UnsafePointer<UInt32>,
        in partition: Int
    ) -> Fingerprint {
        Fingerprint(
            high: UInt64(partition) << UInt64(64 - FingerprintPartition.bits)
                | UInt64(entry[2]) << 22 | UInt64(entry[3] & fingerprintBit) >> 10,
            low: UInt64(entry[1]) << 32 | UInt64(entry[0])
        )
    }

    /// Whether two entries of one partition have the same fingerprint.
    @inline(__always)
    static func isEqual(_ left: UnsafePointer<UInt32>, _ right: UnsafePointer<UInt32>) -> Bool {
        (left[0] ^ right[0]) | (left[1] ^ right[1]) | (left[2] ^ right[2])
            | ((left[3] ^ right[3]) & fingerprintBit) == 0
    }

    @inline(__always)
    static func line(of entry: UnsafePointer<UInt32>) -> UInt64 {
        UInt64(entry[3] & ~fingerprintBit)
    }
}

/// The code of a stock line.
enum CodeEntry: FingerprintEntry {
    static let words = 4
}

/// The serial of a stock line, and 64 bits of its code: two lines of one serial have another code
/// and are taken for the same with a chance of 2⁻⁶⁴.
enum SerialEntry: FingerprintEntry {
    static let words = 6

    @inline(__always)
    static func write(
        _ serial: Fingerprint,
        code: Fingerprint,
        line: UInt64,
        to entry: UnsafeMutablePointer<UInt32>
    ) {
        write(serial, line: line, to: entry)
        entry[4] = UInt32(truncatingIfNeeded: code.low)
        entry[5] = UInt32(truncatingIfNeeded: code.low &>> 32)
    }

    @inline(__always)
    static func isSameCode(_ left: UnsafePointer<UInt32>, _ right: UnsafePointer<UInt32>) -> Bool {
        (left[4] ^ right[4]) | (left[5] ^ right[5]) == 0
    }
}

/// A code already sold that may stand in the stock; in place of a line it says whence it is known.
enum SoldEntry: FingerprintEntry {
    static let words = 4

    @inline(__always)
    static func write(
        _ code: Fingerprint,
        _ origin: SoldOrigin,
        to entry: UnsafeMutablePointer<UInt32>
    ) {
        write(code, line: UInt64(origin.rawValue), to: entry)
    }

    static func origin(of entry: UnsafePointer<UInt32>) -> SoldOrigin {
        SoldOrigin(rawValue: UInt8(truncatingIfNeeded: line(of: entry))) ?? .handedOver
    }
}
