/// Fingerprints of history on their way to ``SeenCodes``.
///
/// They gather by the highest bits of their partition, until so many of one lane are there that
/// several of them look into the same page of the filter: looked up as they come, nearly every one
/// would wait for the page table.
final class WaitingFingerprints {
    private static let laneBits = 6
    private static let lanes = 1 << laneBits
    /// Fingerprints of a lane.
    private static let most = 1024
    /// From one lane to the next, so that equal places of lanes are not of one set of the cache.
    private static let stride = most + 4

    private let entries: UnsafeMutablePointer<Fingerprint>
    private let counts: UnsafeMutablePointer<Int>

    init() {
        entries = .allocate(capacity: Self.lanes * Self.stride)
        counts = .allocate(capacity: Self.lanes)
        counts.initialize(repeating: 0, count: Self.lanes)
    }

    deinit {
        entries.deallocate()
        counts.deallocate()
    }

    /// Adds one; when its lane is full then, the lane's fingerprints, which wait no longer and are
    /// good until the next one comes.
    @inline(__always)
    func append(_ fingerprint: Fingerprint) -> UnsafeBufferPointer<Fingerprint>? {
        let lane = Int(truncatingIfNeeded: fingerprint.high &>> UInt64(64 - Self.laneBits))
        entries[lane &* Self.stride &+ counts[lane]] = fingerprint
        counts[lane] &+= 1
        return counts[lane] == Self.most ? take(lane) : nil
    }

    /// Calls `body` with the fingerprints of each lane; none waits afterwards.
    func drain(_ body: (UnsafeBufferPointer<Fingerprint>) -> Void) {
        for lane in 0..<Self.lanes { body(take(lane)) }
    }

    private func take(_ lane: Int) -> UnsafeBufferPointer<Fingerprint> {
        defer { counts[lane] = 0 }
        return UnsafeBufferPointer(start: entries + lane * Self.stride, count: counts[lane])
    }
}
