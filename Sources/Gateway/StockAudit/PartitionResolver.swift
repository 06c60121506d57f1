/// Decides duplicates, sold codes and conflicts of one partition.
///
/// Every answer is a function of the set of entries: the first line of a group is its least, so it
/// does not matter which worker saw a line when. The entries are walked three times, so that only
/// one of each group is held: to note which fingerprints may repeat, to find the first line of each
/// that does, and to tell the others.
struct PartitionResolver {
    /// Rows that wait before they go to the sorter together.
    private static let waitingRows = 4096

    private let sorter: DefectSorter
    private var rows: [DefectRow] = []

    /// - Parameter sorter: where the rows go.
    init(into sorter: DefectSorter) { self.sorter = sorter }

    /// Duplicates and sold codes.
    mutating func resolve(
        _ codes: EntryRuns<CodeEntry>,
        sold: EntryRuns<SoldEntry>
    ) throws {
        let repeated = RepeatedEntries<CodeEntry>(count: codes.count)
        try codes.forEach { repeated.note($0) }
        try sold.forEach { repeated.keep($0, as: SoldEntry.self) }
        var groups = FingerprintGroups<CodeEntry>()
        try codes.forEach { run in repeated.forEachCandidate(in: run) { groups.enter($0) } }
        let origins = try Self.origins(sold, of: groups)
        try codes.forEach { run in
            repeated.forEachCandidate(in: run) { entry in
                guard let group = groups.group(equalTo: entry) else { return }
                let line = CodeEntry.line(of: entry)
                let first = CodeEntry.line(of: groups.first(of: group))
                if line != first { rows.append(DefectRow(line: line, .duplicate, value: first)) }
                if let origin = origins[group] {
                    rows.append(DefectRow(line: line, .sold, value: UInt64(origin.rawValue)))
                }
            }
            if rows.count >= Self.waitingRows { try flush() }
        }
        try flush()
    }

    /// Whence each group is known to be sold: of several origins the first.
    private static func origins(
        _ sold: EntryRuns<SoldEntry>,
        of groups: borrowing FingerprintGroups<CodeEntry>
    ) throws -> [SoldOrigin?] {
        var origins = [SoldOrigin?](repeating: nil, count: groups.count)
        try sold.forEach { run in
            guard let base = run.baseAddress else { return }
            for index in stride(from: 0, to: run.count, by: SoldEntry.words) {
                guard let group = groups.group(equalTo: base + index) else { continue }
                let origin = SoldEntry.origin(of: base + index)
                origins[group] = min(origins[group] ?? origin, origin)
            }
        }
        return origins
    }

    /// Conflicts: a later line with the serial of an earlier one but another code.
    mutating func resolve(_ serials: EntryRuns<SerialEntry>) throws {
        let repeated = RepeatedEntries<SerialEntry>(count: serials.count)
        try serials.forEach { repeated.note($0) }
        var groups = FingerprintGroups<SerialEntry>()
        try serials.forEach { run in repeated.forEachCandidate(in: run) { groups.enter($0) } }
        try serials.forEach { run in
            repeated.forEachCandidate(in: run) { entry in
                guard let group = groups.group(equalTo: entry) else { return }
                let first = groups.first(of: group)
                if SerialEntry.isSameCode(entry, first) { return }
                rows.append(
                    DefectRow(
                        line: SerialEntry.line(of: entry),
                        .conflict,
                        value: SerialEntry.line(of: first)
                    )
                )
            }
            if rows.count >= Self.waitingRows { try flush() }
        }
        try flush()
    }

    private mutating func flush() throws {
        try sorter.add(rows)
        rows.removeAll(keepingCapacity: true)
    }
}

/// Entries with equal fingerprints, numbered from 0 as they come, of each the one with the least
/// line: an open-addressing table, at most half full.
struct FingerprintGroups<Entry: FingerprintEntry>: ~Copyable {
    private(set) var count = 0
    private var slotCount = 64
    /// Where a fingerprint leads: the number of its group, from 1.
    private var slots: UnsafeMutablePointer<UInt32>
    /// The words of each group's first entry; room for half as many as there are slots.
    private var firsts: UnsafeMutablePointer<UInt32>

    init() {
        (slots, firsts) = Self.room(slotCount)
    }

    deinit {
        slots.deallocate()
        firsts.deallocate()
    }

    private static func room(
        _ slotCount: Int
    ) -> (slots: UnsafeMutablePointer<UInt32>, firsts: UnsafeMutablePointer<UInt32>) {
        let slots = UnsafeMutablePointer<UInt32>.allocate(capacity: slotCount)
        slots.initialize(repeating: 0, count: slotCount)
        return (slots, .allocate(capacity: slotCount / 2 * Entry.words))
    }

    /// The entry of `group` with the least line; good until the next one comes.
    func first(of group: Int) -> UnsafePointer<UInt32> {
        UnsafePointer(firsts + group &* Entry.words)
    }

    mutating func enter(_ entry: UnsafePointer<UInt32>) {
        if count * 2 == slotCount { grow() }
        let slot = slot(of: entry)
        if slots[slot] == 0 {
            (firsts + count &* Entry.words).initialize(from: entry, count: Entry.words)
            count += 1
            slots[slot] = UInt32(truncatingIfNeeded: count)
        } else {
            let group = Int(slots[slot]) - 1
            guard Entry.line(of: entry) < Entry.line(of: first(of: group)) else { return }
            (firsts + group &* Entry.words).update(from: entry, count: Entry.words)
        }
    }

    private mutating func grow() {
        let before = (slots: slots, firsts: firsts)
        slotCount *= 4
        (slots, firsts) = Self.room(slotCount)
        firsts.initialize(from: before.firsts, count: count * Entry.words)
        before.slots.deallocate()
        before.firsts.deallocate()
        for group in 0..<count {
            slots[slot(of: first(of: group))] = UInt32(truncatingIfNeeded: group + 1)
        }
    }

    /// The group of an entry whose first four words are those of a fingerprint; nil when there is
    /// none.
    func group(equalTo fingerprint: UnsafePointer<UInt32>) -> Int? {
        let slot = slot(of: fingerprint)
        return slots[slot] == 0 ? nil : Int(slots[slot] &- 1)
    }

    /// Where the group of `fingerprint` stands, or would stand.
    @inline(__always)
    private func slot(of fingerprint: UnsafePointer<UInt32>) -> Int {
        let mask = slotCount &- 1
        var slot = Int(fingerprint[1]) & mask
        while slots[slot] != 0 {
            if Entry.isEqual(first(of: Int(slots[slot]) &- 1), fingerprint) { return slot }
            slot = (slot &+ 1) & mask
        }
        return slot
    }
}
