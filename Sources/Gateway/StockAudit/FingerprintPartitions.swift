/// Fingerprints of one worker, scattered by their highest bits over partitions that each fit the
/// processor's cache, in an arena of small slabs. A full arena goes to scratch as a whole,
/// partition by partition, and starts anew.
///
/// Order inside a partition carries no meaning: the resolver's answers do not depend on it.
final class FingerprintPartitions {
    /// Partitions of a run; ten bits of every fingerprint choose one.
    static let count = 1 << partitionBits
    private static let partitionBits = 10

    /// Words of one entry.
    let width: Int
    private let arena: SlabArena
    private let cursors: UnsafeMutablePointer<UnsafeMutablePointer<UInt64>?>
    private let limits: UnsafeMutablePointer<UnsafeMutablePointer<UInt64>?>
    private var extents: [[Extent]] = Array(repeating: [], count: count)
    private var file: (any ScratchFile)?
    private(set) var spilledBytes = 0

    private struct Extent {
        var offset: Int
        var words: Int
    }

    init(width: Int, arena: SlabArena) {
        self.width = width
        self.arena = arena
        cursors = .allocate(capacity: Self.count)
        limits = .allocate(capacity: Self.count)
        cursors.initialize(repeating: nil, count: Self.count)
        limits.initialize(repeating: nil, count: Self.count)
    }

    deinit {
        cursors.deallocate()
        limits.deallocate()
    }

    @inline(__always)
    static func index(of fingerprint: Fingerprint) -> Int {
        Int(truncatingIfNeeded: fingerprint.high &>> UInt64(64 - partitionBits))
    }

    /// Room for one entry of `width` words in `partition`.
    @inline(__always)
    func next(in partition: Int) -> UnsafeMutablePointer<UInt64> {
        if let cursor = cursors[partition], cursor != limits[partition] {
            cursors[partition] = cursor + width
            return cursor
        }
        return nextInNewSlab(of: partition)
    }

    @inline(never)
    private func nextInNewSlab(of partition: Int) -> UnsafeMutablePointer<UInt64> {
        let slab = arena.take()
        slab[0] = slabStart(of: partition).map { UInt64(UInt(bitPattern: $0)) } ?? 0
        let first = slab + 1
        cursors[partition] = first + width
        limits[partition] = first + (SlabArena.slabWords - 1) / width * width
        return first
    }

    /// The slab being filled, found from where its last entry would end.
    private func slabStart(of partition: Int) -> UnsafeMutablePointer<UInt64>? {
        limits[partition].map { $0 - (SlabArena.slabWords - 1) / width * width - 1 }
    }

    /// Calls `body` with each run of entries of `partition` that is in memory.
    private func forEachRun(
        of partition: Int,
        _ body: (UnsafeBufferPointer<UInt64>) throws -> Void
    ) rethrows {
        guard var slab = slabStart(of: partition), let cursor = cursors[partition] else { return }
        var words = cursor - slab - 1
        while true {
            try body(UnsafeBufferPointer(start: slab + 1, count: words))
            guard let previous = UnsafeMutablePointer<UInt64>(bitPattern: UInt(slab[0])) else {
                return
            }
            slab = previous
            words = (SlabArena.slabWords - 1) / width * width
        }
    }

    /// All entries of `partition`, `width` words each.
    func entries(in partition: Int) throws -> [UInt64] {
        var words = extents[partition].reduce(0) { $0 + $1.words }
        forEachRun(of: partition) { words += $0.count }
        return try [UInt64](unsafeUninitializedCapacity: words) { buffer, count in
            for extent in extents[partition] {
                let target = UnsafeMutableBufferPointer(
                    rebasing: buffer[count..<count + extent.words]
                )
                try file?.read(at: extent.offset, into: UnsafeMutableRawBufferPointer(target))
                count += extent.words
            }
            forEachRun(of: partition) { run in
                count = buffer[count...].initialize(fromContentsOf: run)
            }
        }
    }

    /// Writes every entry to scratch. The owner resets the arena afterwards.
    func spill(to scratch: any ScratchSpace) throws {
        let file = try self.file ?? scratch.makeFile()
        self.file = file
        var chunk: [UInt64] = []
        chunk.reserveCapacity(1 << 17)
        for partition in 0..<Self.count {
            let words = chunk.count
            forEachRun(of: partition) { chunk.append(contentsOf: $0) }
            let added = chunk.count - words
            if added > 0 {
                extents[partition].append(Extent(offset: spilledBytes + words * 8, words: added))
            }
            cursors[partition] = nil
            limits[partition] = nil
            if chunk.count >= 1 << 16 { try write(&chunk, to: file) }
        }
        try write(&chunk, to: file)
    }

    private func write(_ chunk: inout [UInt64], to file: any ScratchFile) throws {
        try chunk.withUnsafeBytes { try file.append($0) }
        spilledBytes += chunk.count * 8
        chunk.removeAll(keepingCapacity: true)
    }
}

/// Slabs of 4 KiB for the partitions of one worker, handed out until the worker resets all.
final class SlabArena {
    static let slabWords = 512
    private static let slabsPerRegion = 256

    private var regions: [UnsafeMutablePointer<UInt64>] = []
    private var taken = 0

    deinit { for region in regions { region.deallocate() } }

    var takenBytes: Int { taken * Self.slabWords * 8 }

    func take() -> UnsafeMutablePointer<UInt64> {
        let region = taken / Self.slabsPerRegion
        if region == regions.count {
            regions.append(.allocate(capacity: Self.slabWords * Self.slabsPerRegion))
        }
        let slab = regions[region] + taken % Self.slabsPerRegion * Self.slabWords
        taken += 1
        return slab
    }

    /// Makes every slab free again; what stood in them is lost.
    func reset() { taken = 0 }
}
