import Synchronization

/// Fingerprints of one worker, scattered by their highest bits over partitions that each fit the
/// processor's cache, in an arena of small slabs. A full arena goes to scratch as a whole,
/// partition by partition, and starts anew.
///
/// Entries gather in a small stage of each partition before they go to its slab: the stages of all
/// partitions stay in the cache, and the slabs are written in pieces.
///
/// Order inside a partition carries no meaning: the resolver's answers do not depend on it.
final class FingerprintPartitions<Entry: FingerprintEntry> {
    private typealias Slab = UnsafeMutablePointer<UInt32>

    /// Entries of a stage.
    private let stagedEntries = 4
    private let arena: SlabArena
    private let stages: UnsafeMutablePointer<UInt32>
    private let fills: UnsafeMutablePointer<UInt8>
    /// The slab being filled, by partition, and the words in it.
    private let slabs: UnsafeMutablePointer<Slab?>
    private let slabFills: UnsafeMutablePointer<UInt32>
    private var extents: [[Extent]] = Array(repeating: [], count: FingerprintPartition.count)
    private var file: (any ScratchFile)?
    private(set) var spilledBytes = 0

    private struct Extent {
        var offset: Int
        var words: Int
    }

    init(arena: SlabArena) {
        self.arena = arena
        let count = FingerprintPartition.count
        stages = .allocate(capacity: count * stagedEntries * Entry.words + 4)
        fills = .allocate(capacity: count)
        slabs = .allocate(capacity: count)
        slabFills = .allocate(capacity: count)
        fills.initialize(repeating: 0, count: count)
        slabs.initialize(repeating: nil, count: count)
        slabFills.initialize(repeating: 0, count: count)
    }

    deinit {
        stages.deallocate()
        fills.deallocate()
        slabs.deallocate()
        slabFills.deallocate()
    }

    /// Room for one entry of `partition`.
    @inline(__always)
    func next(in partition: Int) -> UnsafeMutablePointer<UInt32> {
        if Int(fills[partition]) == stagedEntries { empty(stageOf: partition) }
        let place = partition &* stagedEntries &+ Int(fills[partition])
        fills[partition] &+= 1
        return stages + place &* Entry.words
    }

    /// Moves the stage's entries to the partition's slab, four words a step: a slab has room for
    /// three too many. Behind the words of a slab stands the address of the one before it.
    @inline(never)
    private func empty(stageOf partition: Int) {
        let words = Int(fills[partition]) &* Entry.words
        guard words > 0 else { return }
        fills[partition] = 0
        if slabs[partition] == nil || Int(slabFills[partition]) &+ words > SlabArena.usableWords {
            let slab = arena.take()
            SlabArena.link(slab, to: slabs[partition], filled: Int(slabFills[partition]))
            slabs[partition] = slab
            slabFills[partition] = 0
        }
        guard let slab = slabs[partition] else { return }
        let target = UnsafeMutableRawPointer(slab + Int(slabFills[partition]))
        let source = UnsafeRawPointer(stages + partition &* stagedEntries &* Entry.words)
        for offset in stride(from: 0, to: words &* 4, by: 16) {
            let piece = source.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt32>.self)
            target.storeBytes(of: piece, toByteOffset: offset, as: SIMD4<UInt32>.self)
        }
        slabFills[partition] &+= UInt32(truncatingIfNeeded: words)
    }

    /// Calls `body` with each run of entries of `partition` that is in memory.
    private func forEachRun(
        of partition: Int,
        _ body: (UnsafeBufferPointer<UInt32>) throws -> Void
    ) rethrows {
        empty(stageOf: partition)
        var slab = slabs[partition]
        var words = Int(slabFills[partition])
        while let current = slab {
            try body(UnsafeBufferPointer(start: current, count: words))
            (slab, words) = SlabArena.slabBefore(current)
        }
    }

    /// Adds all entries of `partition` to `entries`.
    func append(partition: Int, to entries: inout [UInt32]) throws {
        var words = extents[partition].reduce(0) { $0 + $1.words }
        forEachRun(of: partition) { words += $0.count }
        guard words > 0 else { return }
        entries.reserveCapacity(entries.count + words)
        for extent in extents[partition] {
            try entries.append(
                contentsOf: [UInt32](unsafeUninitializedCapacity: extent.words) { buffer, count in
                    try file?.read(at: extent.offset, into: UnsafeMutableRawBufferPointer(buffer))
                    count = extent.words
                }
            )
        }
        forEachRun(of: partition) { entries.append(contentsOf: $0) }
    }

    /// Writes every entry to scratch. The owner resets the arena afterwards.
    func spill(to scratch: any ScratchSpace) throws {
        let file = try self.file ?? scratch.makeFile()
        self.file = file
        var chunk: [UInt32] = []
        chunk.reserveCapacity(1 << 18)
        for partition in 0..<FingerprintPartition.count {
            let words = chunk.count
            forEachRun(of: partition) { chunk.append(contentsOf: $0) }
            let added = chunk.count - words
            if added > 0 {
                extents[partition].append(Extent(offset: spilledBytes + words * 4, words: added))
            }
            slabs[partition] = nil
            slabFills[partition] = 0
            if chunk.count >= 1 << 17 { try write(&chunk, to: file) }
        }
        try write(&chunk, to: file)
    }

    private func write(_ chunk: inout [UInt32], to file: any ScratchFile) throws {
        try chunk.withUnsafeBytes { try file.append($0) }
        spilledBytes += chunk.count * 4
        chunk.removeAll(keepingCapacity: true)
    }
}

/// Which partition a fingerprint belongs to.
enum FingerprintPartition {
    /// Ten bits of every fingerprint choose one.
    static let bits = 10
    static let count = 1 << bits

    @inline(__always)
    static func index(of fingerprint: Fingerprint) -> Int {
        Int(truncatingIfNeeded: fingerprint.high &>> UInt64(64 - bits))
    }
}

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
            regions.append(.allocate(capacity: Self.slabWords * Self.slabsPerRegion))
            budget.take(Self.regionBytes)
        }
        let slab = regions[region] + taken % Self.slabsPerRegion * Self.slabWords
        taken += 1
        return slab
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
