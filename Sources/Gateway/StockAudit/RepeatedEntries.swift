/// Sorts out, by two bit maps that fit the processor's cache, the entries of a partition whose
/// fingerprint may occur more than once; nearly all occur once and are never looked at again.
///
/// An entry that does repeat is never left out. One that does not is kept by chance, about one in
/// sixteen, and the exact comparison that follows lets it fall.
struct RepeatedEntries<Entry: FingerprintEntry>: ~Copyable {
    /// A larger map would no longer fit the cache; chance then keeps more.
    private static var mostBits: Int { 24 }

    private let seen: UnsafeMutablePointer<UInt64>
    private let repeated: UnsafeMutablePointer<UInt64>
    private let mask: UInt32

    /// - Parameter count: entries that will come.
    init(count: Int) {
        let bits = min(max(6, Self.ceilingLog2(count) + 4), Self.mostBits)
        let words = 1 << (bits - 6)
        mask = UInt32(1 << bits - 1)
        seen = .allocate(capacity: words)
        seen.initialize(repeating: 0, count: words)
        repeated = .allocate(capacity: words)
        repeated.initialize(repeating: 0, count: words)
    }

    deinit {
        seen.deallocate()
        repeated.deallocate()
    }

    /// Notes the fingerprints of a run of entries.
    func note(_ run: UnsafeBufferPointer<UInt32>) {
        var index = 0
        while index < run.count {
            let place = Int(run[index] & mask)
            let bit = UInt64(1) &<< UInt64(place & 63)
            let known = seen[place &>> 6]
            repeated[place &>> 6] |= known & bit
            seen[place &>> 6] = known | bit
            index &+= Entry.words
        }
    }

    /// Keeps every entry with a fingerprint of `run`, whose entries are of another kind.
    func keep<Other: FingerprintEntry>(_ run: UnsafeBufferPointer<UInt32>, as _: Other.Type) {
        for index in stride(from: 0, to: run.count, by: Other.words) {
            let place = Int(run[index] & mask)
            repeated[place >> 6] |= 1 << UInt64(place & 63)
        }
    }

    /// Calls `body` with the entries of `run` that may repeat.
    @inline(__always)
    func forEachCandidate(
        in run: UnsafeBufferPointer<UInt32>,
        _ body: (UnsafePointer<UInt32>) -> Void
    ) {
        guard let base = run.baseAddress else { return }
        var index = 0
        while index < run.count {
            let place = Int(base[index] & mask)
            if repeated[place &>> 6] &>> UInt64(place & 63) & 1 == 1 { body(base + index) }
            index &+= Entry.words
        }
    }

    private static func ceilingLog2(_ number: Int) -> Int {
        number <= 1 ? 0 : Int.bitWidth - (number - 1).leadingZeroBitCount
    }
}
