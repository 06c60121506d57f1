/// Decides duplicates, sold codes and conflicts of one partition.
///
/// Every answer is a function of the set of entries: the first line of a group is its least, so it
/// does not matter which worker saw a line when.
enum PartitionResolver {
    static func rows(of entries: PartitionEntries, isReusable: Bool) -> [DefectRow] {
        var rows: [DefectRow] = []
        if !isReusable { resolveCodes(entries, into: &rows) }
        resolveSerials(entries.serials, into: &rows)
        return rows
    }

    private static func resolveCodes(_ entries: PartitionEntries, into rows: inout [DefectRow]) {
        var repeated = RepeatedEntries<CodeEntry>(entries.codes)
        repeated.keep(entries.sold, as: SoldEntry.self)
        let candidates = repeated.candidates(of: entries.codes)
        candidates.withUnsafeBufferPointer { words in
            let groups = FingerprintGroups<CodeEntry>(words)
            let sold = soldGroups(entries.sold, among: groups)
            for (index, group) in groups.members.enumerated() {
                let line = CodeEntry.line(of: groups.entry(index))
                let first = CodeEntry.line(of: groups.first(of: group))
                if line != first { rows.append(DefectRow(line: line, .duplicate, value: first)) }
                if sold[Int(group)] { rows.append(DefectRow(line: line, .sold)) }
            }
        }
    }

    /// Which groups stand in the history.
    private static func soldGroups(
        _ sold: [UInt32],
        among groups: FingerprintGroups<CodeEntry>
    ) -> [Bool] {
        var marks = [Bool](repeating: false, count: groups.count)
        sold.withUnsafeBufferPointer { words in
            guard let base = words.baseAddress else { return }
            for index in stride(from: 0, to: words.count, by: SoldEntry.words) {
                if let group = groups.group(equalTo: base + index) { marks[group] = true }
            }
        }
        return marks
    }

    /// A later line with the serial of an earlier one but another code.
    private static func resolveSerials(_ serials: [UInt32], into rows: inout [DefectRow]) {
        let candidates = RepeatedEntries<SerialEntry>(serials).candidates(of: serials)
        candidates.withUnsafeBufferPointer { words in
            let groups = FingerprintGroups<SerialEntry>(words)
            for (index, group) in groups.members.enumerated() {
                let entry = groups.entry(index)
                let first = groups.first(of: group)
                if entry == first || SerialEntry.isSameCode(entry, first) { continue }
                rows.append(
                    DefectRow(
                        line: SerialEntry.line(of: entry),
                        .conflict,
                        value: SerialEntry.line(of: first)
                    )
                )
            }
        }
    }
}

/// Entries with equal fingerprints, numbered from 0: an open-addressing table.
struct FingerprintGroups<Entry: FingerprintEntry> {
    /// The group of each entry.
    private(set) var members: [UInt32]
    private(set) var count = 0
    private var slots: [UInt32]
    /// By group: its entry with the least line.
    private var firsts: [UInt32] = []
    private let mask: Int
    private let words: UnsafeBufferPointer<UInt32>

    /// - Parameter words: lives as long as the groups; at most 2³² - 2 entries.
    init(_ words: UnsafeBufferPointer<UInt32>) {
        self.words = words
        let total = words.count / Entry.words
        var capacity = 16
        while capacity < total * 2 { capacity *= 2 }
        mask = capacity - 1
        slots = [UInt32](repeating: 0, count: capacity)
        members = [UInt32](repeating: 0, count: total)
        for index in 0..<total { insert(index) }
    }

    func entry(_ index: Int) -> UnsafePointer<UInt32> {
        // No entry is asked for where there is none.
        words.baseAddress! + index &* Entry.words
    }

    /// The entry of `group` with the least line.
    func first(of group: UInt32) -> UnsafePointer<UInt32> { entry(Int(firsts[Int(group)])) }

    private mutating func insert(_ index: Int) {
        let new = entry(index)
        let slot = slot(of: new)
        if slots[slot] == 0 {
            firsts.append(UInt32(truncatingIfNeeded: index))
            count += 1
            slots[slot] = UInt32(truncatingIfNeeded: count)
        }
        let group = slots[slot] &- 1
        members[index] = group
        if Entry.line(of: new) < Entry.line(of: first(of: group)) {
            firsts[Int(group)] = UInt32(truncatingIfNeeded: index)
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
        var slot = Int(fingerprint[1]) & mask
        while slots[slot] != 0 {
            if Entry.isEqual(first(of: slots[slot] &- 1), fingerprint) { return slot }
            slot = (slot &+ 1) & mask
        }
        return slot
    }
}
