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
        let width = StockAuditWorker.codeWidth
        entries.codes.withUnsafeBufferPointer { codes in
            let groups = FingerprintGroups(entries: codes, width: width)
            var firstLines = [UInt64](repeating: .max, count: groups.count)
            for (index, group) in groups.members.enumerated() {
                firstLines[Int(group)] = min(firstLines[Int(group)], codes[index &* width &+ 2])
            }
            let sold = soldGroups(entries.sold, among: groups)
            for (index, group) in groups.members.enumerated() {
                let line = codes[index &* width &+ 2]
                let first = firstLines[Int(group)]
                if line != first { rows.append(DefectRow(line: line, .duplicate, value: first)) }
                if !sold.isEmpty, sold[Int(group)] { rows.append(DefectRow(line: line, .sold)) }
            }
        }
    }

    /// Which groups stand in the history; empty without history in this partition.
    private static func soldGroups(_ sold: [UInt64], among groups: FingerprintGroups) -> [Bool] {
        guard !sold.isEmpty else { return [] }
        var marks = [Bool](repeating: false, count: groups.count)
        let width = StockAuditWorker.soldWidth
        sold.withUnsafeBufferPointer { words in
            for index in 0..<words.count / width {
                let high = words[index &* width]
                if let group = groups.group(high: high, low: words[index &* width &+ 1]) {
                    marks[group] = true
                }
            }
        }
        return marks
    }

    /// A later line with the serial of an earlier one but another code. The code is compared by 88
    /// bits of its fingerprint: a conflict is missed with a chance below 10⁻²⁶ a pair.
    private static func resolveSerials(_ serials: [UInt64], into rows: inout [DefectRow]) {
        let width = StockAuditWorker.serialWidth
        let lineBits = StockAuditLimits.lines - 1
        serials.withUnsafeBufferPointer { words in
            let groups = FingerprintGroups(entries: words, width: width)
            guard groups.count < groups.members.count else { return }
            var first = [Int](repeating: -1, count: groups.count)
            for (index, group) in groups.members.enumerated() {
                let known = first[Int(group)]
                let line = words[index * width + 3] & lineBits
                if known < 0 || line < words[known * width + 3] & lineBits {
                    first[Int(group)] = index
                }
            }
            for (index, group) in groups.members.enumerated() {
                let known = first[Int(group)]
                guard known != index else { continue }
                let isSameCode =
                    words[index * width + 2] == words[known * width + 2]
                    && words[index * width + 3] & ~lineBits == words[known * width + 3] & ~lineBits
                if isSameCode { continue }
                rows.append(
                    DefectRow(
                        line: words[index * width + 3] & lineBits,
                        .conflict,
                        value: words[known * width + 3] & lineBits
                    )
                )
            }
        }
    }
}

/// Entries with equal fingerprints, numbered from 0: an open-addressing table over the two leading
/// words of each entry.
struct FingerprintGroups {
    /// The group of each entry.
    private(set) var members: [UInt32]
    private(set) var count = 0
    private var slots: [UInt32]
    private var representatives: [UInt32] = []
    private let mask: Int
    private let entries: UnsafeBufferPointer<UInt64>
    private let width: Int

    /// - Parameter entries: lives as long as the groups; at most 2³² - 2 entries.
    init(entries: UnsafeBufferPointer<UInt64>, width: Int) {
        self.entries = entries
        self.width = width
        let total = entries.count / width
        var capacity = 16
        while capacity < total * 2 { capacity *= 2 }
        mask = capacity - 1
        slots = [UInt32](repeating: 0, count: capacity)
        members = [UInt32](repeating: 0, count: total)
        representatives.reserveCapacity(total)
        for index in 0..<total { insert(index) }
    }

    private mutating func insert(_ index: Int) {
        let high = entries[index &* width]
        let low = entries[index &* width &+ 1]
        var slot = Int(truncatingIfNeeded: low) & mask
        while slots[slot] != 0 {
            let group = Int(slots[slot] &- 1)
            if matches(group, high, low) {
                members[index] = UInt32(truncatingIfNeeded: group)
                return
            }
            slot = (slot &+ 1) & mask
        }
        representatives.append(UInt32(truncatingIfNeeded: index))
        members[index] = UInt32(truncatingIfNeeded: count)
        count += 1
        slots[slot] = UInt32(truncatingIfNeeded: count)
    }

    @inline(__always)
    private func matches(_ group: Int, _ high: UInt64, _ low: UInt64) -> Bool {
        let known = Int(representatives[group]) &* width
        return entries[known &+ 1] == low && entries[known] == high
    }

    /// The group of a fingerprint, nil when no entry has it.
    func group(high: UInt64, low: UInt64) -> Int? {
        var slot = Int(truncatingIfNeeded: low) & mask
        while slots[slot] != 0 {
            let group = Int(slots[slot] &- 1)
            if matches(group, high, low) { return group }
            slot = (slot &+ 1) & mask
        }
        return nil
    }
}
