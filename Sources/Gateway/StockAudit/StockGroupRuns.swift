/// Who a line is from, as its file says.
struct StockGroupName: Hashable, Sendable {
    var supplier: String?
    var batch: String?

    init(_ fields: RecordSplitter.Fields) {
        supplier = Self.name(fields.supplier)
        batch = Self.name(fields.batch)
    }

    /// Without spaces around it; nil when nothing is left.
    private static func name(_ cell: RecordSplitter.Field) -> String? {
        guard !cell.isEmpty else { return nil }
        let text = String(decoding: cell, as: UTF8.self)
        let trimmed = text.drop { $0.isWhitespace }
        guard let last = trimmed.lastIndex(where: { !$0.isWhitespace }) else { return nil }
        var name = trimmed[...last]
        while name.utf8.count > StockAuditLimits.groupNameBytes { name.removeLast() }
        return String(name)
    }
}

/// Which lines of one block name which supplier and batch, and how many codes they hold.
///
/// Files come sorted by both, so a line is compared with the one before it, byte by byte, and a
/// name is only looked up where it changes.
struct StockGroupRuns: Sendable {
    struct Count: Sendable {
        var codes = 0
        var malformed = 0
    }

    private(set) var names: [StockGroupName] = []
    private(set) var counts: [Count] = []
    /// Where the group changes: line and index of the group.
    private(set) var changes: [(line: UInt64, group: Int)] = []
    private var indices: [StockGroupName: Int] = [:]
    private var current = -1
    private var supplier: [UInt8] = []
    private var batch: [UInt8] = []

    /// Notes that the codes from `line` on are of the group that `fields` name.
    mutating func enter(_ fields: RecordSplitter.Fields, line: UInt64) {
        if current >= 0, fields.supplier.elementsEqual(supplier),
            fields.batch.elementsEqual(batch)
        {
            return
        }
        change(to: fields, line: line)
    }

    /// Notes that the lines from `line` on name nobody.
    mutating func enterUnnamed(line: UInt64) {
        if current >= 0, supplier.isEmpty, batch.isEmpty { return }
        change(to: RecordSplitter.Fields(), line: line)
    }

    @inline(__always)
    mutating func countCode() { counts[current].codes &+= 1 }

    mutating func countMalformed() { counts[current].malformed += 1 }

    /// All codes of a block whose lines name nobody.
    mutating func count(codes: Int, malformed: Int) {
        counts[current].codes += codes
        counts[current].malformed += malformed
    }

    private mutating func change(to fields: RecordSplitter.Fields, line: UInt64) {
        supplier = Array(fields.supplier)
        batch = Array(fields.batch)
        let name = StockGroupName(fields)
        let index = indices[name] ?? names.count
        if index == names.count {
            indices[name] = index
            names.append(name)
            counts.append(Count())
        }
        if index != current { changes.append((line, index)) }
        current = index
    }
}

/// Suppliers and batches over all blocks, and what was found of each.
struct StockGroupTally {
    private struct Key: Hashable {
        var file: Int
        var name: StockGroupName
    }

    private var indices: [Key: Int] = [:]
    private var groups: [StockGroup] = []
    private var files: [Int: StockGroup] = [:]
    private(set) var hasTooMany = false
    private var current = -1
    private var lastLine: UInt64 = 0

    /// Adds what one block of `file` holds; answers the marks that belong between its rows.
    mutating func add(_ runs: StockGroupRuns, of file: Int) -> [DefectRow] {
        let places = runs.names.map { place(of: Key(file: file, name: $0)) }
        for (place, count) in zip(places, runs.counts) {
            if place >= 0 {
                groups[place].codes += count.codes
                groups[place].malformed += count.malformed
            }
            var whole = files[file] ?? StockGroup(file: file)
            whole.codes += count.codes
            whole.malformed += count.malformed
            files[file] = whole
        }
        guard !hasTooMany else { return [] }
        return runs.changes.map { DefectRow(line: $0.line, group: places[$0.group]) }
    }

    private mutating func place(of key: Key) -> Int {
        if let known = indices[key] { return known }
        guard indices.count < StockAuditLimits.groups else {
            hasTooMany = true
            return -1
        }
        indices[key] = groups.count
        groups.append(
            StockGroup(file: key.file, supplier: key.name.supplier, batch: key.name.batch)
        )
        return groups.count - 1
    }

    /// The rows that follow are of this group.
    mutating func enter(group: Int) { current = group }

    mutating func count(_ defect: StockDefectClass, line: UInt64, file: Int) {
        let isNewLine = line != lastLine
        lastLine = line
        files[file]?.count(defect, isNewLine: isNewLine)
        if groups.indices.contains(current) {
            groups[current].count(defect, isNewLine: isNewLine)
        }
    }

    /// Sorted by file, supplier and batch.
    var result: [StockGroup] {
        if hasTooMany { return files.values.sorted { $0.file < $1.file } }
        return groups.sorted {
            ($0.file, $0.supplier ?? "", $0.batch ?? "")
                < ($1.file, $1.supplier ?? "", $1.batch ?? "")
        }
    }
}

extension StockGroup {
    fileprivate mutating func count(_ defect: StockDefectClass, isNewLine: Bool) {
        rows[defect, default: 0] += 1
        if isNewLine { defectiveLines += 1 }
    }
}
