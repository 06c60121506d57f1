/// A bit for every code of the stock, by its fingerprint: what it does not know is certainly not in
/// the stock. History is held against it, so that only sold codes that may be in stock are kept.
///
/// `@unchecked Sendable`: the bits of one partition are written by one task alone, and all of them
/// before any is read.
final class SeenCodes: @unchecked Sendable {
    private let words: UnsafeMutablePointer<UInt64>
    private let bitsOfPartition: Int

    /// - Parameters:
    ///   - codes: how many will be added; sixteen bits each keep false answers near 6 %.
    ///   - mostBytes: the memory it may take; false answers become more frequent below.
    init(codes: Int, mostBytes: Int) {
        var bits = 6
        let each = codes / FingerprintPartition.count + 1
        while 1 << bits < each * 16, (1 << (bits + 1)) / 8 * FingerprintPartition.count <= mostBytes
        {
            bits += 1
        }
        bitsOfPartition = bits
        let count = FingerprintPartition.count << (bits - 6)
        words = .allocate(capacity: count)
        words.initialize(repeating: 0, count: count)
    }

    deinit { words.deallocate() }

    /// Adds a run of codes of one partition.
    func add(_ run: UnsafeBufferPointer<UInt32>, of partition: Int) {
        let mine = words + partition << (bitsOfPartition - 6)
        let mask = UInt32(1 << bitsOfPartition - 1)
        var index = 0
        while index < run.count {
            let place = Int(run[index] & mask)
            mine[place &>> 6] |= 1 &<< UInt64(place & 63)
            index &+= CodeEntry.words
        }
    }

    /// False when the code is certainly not in stock.
    @inline(__always)
    func mayContain(_ code: Fingerprint) -> Bool {
        let mask = UInt32(1 &<< bitsOfPartition &- 1)
        let place = Int(UInt32(truncatingIfNeeded: code.low) & mask)
        let mine = FingerprintPartition.index(of: code) &<< (bitsOfPartition &- 6)
        return words[mine &+ place &>> 6] &>> UInt64(place & 63) & 1 == 1
    }
}
