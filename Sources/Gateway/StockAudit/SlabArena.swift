import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What the arenas of all workers may hold together. One that is ahead of the others may take what
/// they do not need yet.
final class ArenaBudget: Sendable {
    private let mostBytes: Int
    /// An arena with less than this has little to give back.
    let share: Int
    private let taken = Atomic(0)

    init(mostBytes: Int, arenas: Int) {
        self.mostBytes = mostBytes
        share = mostBytes / (2 * arenas)
    }

    var isExceeded: Bool { taken.load(ordering: .relaxed) > mostBytes }

    func take(_ bytes: Int) { taken.wrappingAdd(bytes, ordering: .relaxed) }
}

/// Slabs of 4 KiB for the partitions of one worker, handed out until the worker resets all.
final class SlabArena {
    /// The last three words of a slab hold the address of the one before it, and that one's words;
    /// the three before them are room for what a step writes too much.
    private static let slabWords = 1024
    static let usableWords = slabWords - 6
    private static let linkWord = slabWords - 3
    private static let slabsPerRegion = 256

    private static let regionBytes = slabsPerRegion * slabWords * 4

    private let budget: ArenaBudget
    private var regions: [UnsafeMutablePointer<UInt32>] = []
    private var taken = 0

    init(budget: ArenaBudget) { self.budget = budget }

    deinit { for region in regions { region.deallocate() } }

    /// Whether all arenas together hold more than they may, and this one a good part of it.
    var isOverBudget: Bool { budget.isExceeded && regions.count * Self.regionBytes >= budget.share }

    func take() -> UnsafeMutablePointer<UInt32> {
        let region = taken / Self.slabsPerRegion
        if region == regions.count {
            regions.append(Self.makeRegion())
            budget.take(Self.regionBytes)
        }
        let slab = regions[region] + taken % Self.slabsPerRegion * Self.slabWords
        taken += 1
        return slab
    }

    /// A region whose slabs are pages of memory, which are there at once and not by a fault each as
    /// they are written.
    private static func makeRegion() -> UnsafeMutablePointer<UInt32> {
        // MADV_POPULATE_WRITE, which not every libc names; before Linux 5.14 it does nothing.
        let populateWrite: Int32 = 23
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: regionBytes, alignment: slabWords * 4)
        madvise(memory, regionBytes, populateWrite)
        return memory.bindMemory(to: UInt32.self, capacity: slabWords * slabsPerRegion)
    }

    /// Gives every slab back; what stood in them is lost.
    func reset() {
        for region in regions { region.deallocate() }
        budget.take(-regions.count * Self.regionBytes)
        regions = []
        taken = 0
    }

    static func link(
        _ slab: UnsafeMutablePointer<UInt32>,
        to before: UnsafeMutablePointer<UInt32>?,
        filled words: Int
    ) {
        let address = UInt64(before.map { UInt(bitPattern: $0) } ?? 0)
        slab[linkWord] = UInt32(truncatingIfNeeded: address)
        slab[linkWord + 1] = UInt32(truncatingIfNeeded: address >> 32)
        slab[linkWord + 2] = UInt32(truncatingIfNeeded: words)
    }

    static func slabBefore(
        _ slab: UnsafeMutablePointer<UInt32>
    ) -> (UnsafeMutablePointer<UInt32>?, words: Int) {
        let address = UInt64(slab[linkWord + 1]) << 32 | UInt64(slab[linkWord])
        return (UnsafeMutablePointer(bitPattern: UInt(address)), Int(slab[linkWord + 2]))
    }
}
