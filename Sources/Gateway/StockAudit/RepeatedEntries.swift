/// Sorts out, by two bit maps that fit the processor's cache, the entries of a partition whose
/// fingerprint may occur more than once; nearly all occur once and are never looked at again.
///
/// An entry that does repeat is never left out. One that does not is kept by chance, about one in
/// sixteen, and the exact comparison that follows lets it fall.
struct RepeatedEntries<Entry: FingerprintEntry> {
    private var seen: [UInt64]
    private var repeated: [UInt64]
    private let mask: UInt32

    /// - Parameter entries: of one partition, at most 2³¹ words.
    init(_ entries: [UInt32]) {
        let bits = max(6, Self.ceilingLog2(entries.count / Entry.words) + 4)
        mask = UInt32(truncatingIfNeeded: 1 << min(bits, 30) - 1)
        seen = [UInt64](repeating: 0, count: 1 << (min(bits, 30) - 6))
        repeated = seen
        let mask = self.mask
        entries.withUnsafeBufferPointer { words in
            seen.withUnsafeMutableBufferPointer { seen in
                repeated.withUnsafeMutableBufferPointer { repeated in
                    var index = 0
                    while index < words.count {
                        let place = Int(words[index] & mask)
                        let bit = UInt64(1) &<< UInt64(place & 63)
                        let known = seen[place &>> 6]
                        repeated[place &>> 6] |= known & bit
                        seen[place &>> 6] = known | bit
                        index &+= Entry.words
                    }
                }
            }
        }
    }

    /// Keeps every entry with the fingerprints that `others` begin with.
    mutating func keep<Other: FingerprintEntry>(_ others: [UInt32], as _: Other.Type) {
        for index in stride(from: 0, to: others.count, by: Other.words) {
            let place = Int(others[index] & mask)
            repeated[place >> 6] |= 1 << UInt64(place & 63)
        }
    }

    /// The entries that may repeat, packed.
    func candidates(of entries: [UInt32]) -> [UInt32] {
        var kept: [UInt32] = []
        entries.withUnsafeBufferPointer { words in
            repeated.withUnsafeBufferPointer { repeated in
                var index = 0
                while index < words.count {
                    let place = Int(words[index] & mask)
                    if repeated[place &>> 6] &>> UInt64(place & 63) & 1 == 1 {
                        kept.append(contentsOf: words[index..<index &+ Entry.words])
                    }
                    index &+= Entry.words
                }
            }
        }
        return kept
    }

    private static func ceilingLog2(_ number: Int) -> Int {
        number <= 1 ? 0 : Int.bitWidth - (number - 1).leadingZeroBitCount
    }
}
