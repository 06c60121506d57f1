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
    /// An arena with less than this in its slabs has little to give back.
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

    deinit { unmapRegions(from: 0) }

    /// Whether all arenas together hold more than they may, and a good part of it is in use here.
    var isOverBudget: Bool { budget.isExceeded && taken * Self.slabWords * 4 >= budget.share }

    func take() -> UnsafeMutablePointer<UInt32> {
        let region = taken / Self.slabsPerRegion
        if region == regions.count {
            regions.append(Self.mapRegion())
            budget.take(Self.regionBytes)
        }
        let slab = regions[region] + taken % Self.slabsPerRegion * Self.slabWords
        taken += 1
        return slab
    }

    /// Slabs that are pages of memory, there at once and not by a fault each as they are written.
    /// Mapped, because what is given back must not stay with the process.
    private static func mapRegion() -> UnsafeMutablePointer<UInt32> {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE
        let memory = mmap(nil, regionBytes, PROT_READ | PROT_WRITE, flags, -1, 0)
        guard let memory, memory != MAP_FAILED else {
            // As any allocation of Swift's, which ends the process where there is no memory.
            fatalError("no memory for \(regionBytes) bytes of fingerprints")
        }
        return memory.bindMemory(to: UInt32.self, capacity: slabWords * slabsPerRegion)
    }

    /// Gives every slab back; what stood in them is lost. The regions of its share of the budget
    /// stay for what comes next.
    func reset() {
        unmapRegions(from: min(regions.count, budget.share / Self.regionBytes))
        taken = 0
    }

    private func unmapRegions(from first: Int) {
        for region in regions[first...] { munmap(region, Self.regionBytes) }
        budget.take((first - regions.count) * Self.regionBytes)
        regions.removeSubrange(first...)
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
