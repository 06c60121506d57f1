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

    /// Entries of a stage: four or more that fill whole lines of the cache, 16 words each.
    private let stagedEntries = Entry.words % 4 == 0 ? 4 : 8
    /// Entries read from scratch at a time.
    private static var pieceEntries: Int { 16 << 10 }
    private let arena: SlabArena
    private let stages: UnsafeMutablePointer<UInt32>
    private let fills: UnsafeMutablePointer<UInt8>
    /// The slab being filled, by partition, and the words in it.
    private let slabs: UnsafeMutablePointer<Slab?>
    private let slabFills: UnsafeMutablePointer<UInt32>
    /// Words of all entries that left their stage, by partition.
    private let totals: UnsafeMutablePointer<Int>
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
        totals = .allocate(capacity: count)
        totals.initialize(repeating: 0, count: count)
        fills.initialize(repeating: 0, count: count)
        slabs.initialize(repeating: nil, count: count)
        slabFills.initialize(repeating: 0, count: count)
    }

    deinit {
        stages.deallocate()
        fills.deallocate()
        slabs.deallocate()
        slabFills.deallocate()
        totals.deallocate()
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
        totals[partition] &+= words
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

    /// Moves what still stands in a stage to its slab: from then on ``forEachRun(of:_:)`` meets
    /// every entry, and may be called from several tasks until the next entry comes.
    func settle() {
        for partition in 0..<FingerprintPartition.count { empty(stageOf: partition) }
    }

    /// Words of all entries of `partition`, once they are settled.
    func wordCount(of partition: Int) -> Int { totals[partition] }

    /// Calls `body` with each run of settled entries of `partition`: those on scratch in pieces,
    /// those in memory where they stand.
    func forEachRun(
        of partition: Int,
        _ body: (UnsafeBufferPointer<UInt32>) throws -> Void
    ) throws {
        if let file, !extents[partition].isEmpty {
            try forEachPiece(of: extents[partition], in: file, body)
        }
        try forEachSlab(of: partition, body)
    }

    private func forEachPiece(
        of extents: [Extent],
        in file: any ScratchFile,
        _ body: (UnsafeBufferPointer<UInt32>) throws -> Void
    ) throws {
        let most = Self.pieceEntries * Entry.words
        let room = UnsafeMutableBufferPointer<UInt32>.allocate(
            capacity: min(most, extents.map(\.words).max() ?? 0)
        )
        defer { room.deallocate() }
        for extent in extents {
            for start in stride(from: 0, to: extent.words, by: most) {
                let piece = UnsafeMutableBufferPointer(
                    rebasing: room[..<min(most, extent.words - start)]
                )
                try file.read(
                    at: extent.offset + start * 4,
                    into: UnsafeMutableRawBufferPointer(piece)
                )
                try body(UnsafeBufferPointer(piece))
            }
        }
    }

    private func forEachSlab(
        of partition: Int,
        _ body: (UnsafeBufferPointer<UInt32>) throws -> Void
    ) rethrows {
        var slab = slabs[partition]
        var words = Int(slabFills[partition])
        while let current = slab {
            try body(UnsafeBufferPointer(start: current, count: words))
            (slab, words) = SlabArena.slabBefore(current)
        }
    }

    /// Writes every entry to scratch. The owner resets the arena afterwards.
    func spill(to scratch: any ScratchSpace) throws {
        let file = try self.file ?? scratch.makeFile()
        self.file = file
        settle()
        var chunk: [UInt32] = []
        chunk.reserveCapacity(1 << 18)
        for partition in 0..<FingerprintPartition.count {
            let start = spilledBytes + chunk.count * 4
            var words = 0
            try forEachSlab(of: partition) { run in
                chunk.append(contentsOf: run)
                words += run.count
                if chunk.count >= 1 << 17 { try write(&chunk, to: file) }
            }
            if words > 0 { extents[partition].append(Extent(offset: start, words: words)) }
            slabs[partition] = nil
            slabFills[partition] = 0
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
