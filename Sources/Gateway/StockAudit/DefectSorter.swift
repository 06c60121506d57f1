import Synchronization

/// Rows of the report in line order, within a bounded memory: sorted runs go to scratch and are
/// merged at the end.
///
/// `@unchecked Sendable`: rows come from several tasks, one at a time by `access`, and are drained
/// by one that nobody adds to any more.
final class DefectSorter: @unchecked Sendable {
    private let access = Mutex(())
    private let scratch: any ScratchSpace
    private let rowLimit: Int
    private var rows: [DefectRow] = []
    private var runs: [DefectRun] = []
    private var file: (any ScratchFile)?
    private(set) var spilledBytes = 0

    /// - Parameter rowLimit: rows kept in memory.
    init(scratch: any ScratchSpace, rowLimit: Int) {
        self.scratch = scratch
        self.rowLimit = rowLimit
    }

    /// Takes rows in any order.
    func add(_ found: [DefectRow]) throws {
        guard !found.isEmpty else { return }
        try access.withLock { _ in
            if rows.count + found.count > rowLimit, !rows.isEmpty { try spill() }
            let needed = rows.count + found.count
            if rows.capacity < needed {
                // Left to itself an array doubles, and so goes beyond the limit.
                rows.reserveCapacity(max(needed, min(2 * needed, rowLimit)))
            }
            rows.append(contentsOf: found)
        }
    }

    private func spill() throws {
        rows.sort()
        let file = try self.file ?? scratch.makeFile()
        self.file = file
        runs.append(DefectRun(file: file, offset: spilledBytes, count: rows.count))
        try rows.withUnsafeBytes { bytes in
            try file.append(bytes)
            spilledBytes += bytes.count
        }
        rows.removeAll(keepingCapacity: true)
    }

    /// Hands out every row in order and forgets it.
    func drain(_ body: (DefectRow) throws -> Void) throws {
        rows.sort()
        guard !runs.isEmpty else {
            for row in rows { try body(row) }
            rows = []
            return
        }
        try spill()
        rows = []
        for index in runs.indices { try runs[index].advance() }
        runs = runs.filter { $0.head != nil }
        for index in runs.indices.reversed() { sink(from: index) }
        while let least = runs.first?.head {
            try body(least)
            try runs[0].advance()
            if runs[0].head == nil {
                runs.swapAt(0, runs.count - 1)
                runs.removeLast()
            }
            sink(from: 0)
        }
    }

    /// Restores the heap order of `runs` below `start`: no run's head lies before its parent's.
    private func sink(from start: Int) {
        var parent = start
        while true {
            let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < runs.count }
            guard let least = children.min(by: { runs[$0].precedes(runs[$1]) }),
                runs[least].precedes(runs[parent])
            else { return }
            runs.swapAt(parent, least)
            parent = least
        }
    }
}

/// One sorted run on scratch, read in pieces.
private struct DefectRun {
    /// Rows read at a time.
    private static let pieceRows = 4096

    let file: any ScratchFile
    var offset: Int
    var count: Int
    var head: DefectRow?
    private var piece: ArraySlice<DefectRow> = []

    init(file: any ScratchFile, offset: Int, count: Int) {
        self.file = file
        self.offset = offset
        self.count = count
    }

    func precedes(_ other: DefectRun) -> Bool {
        guard let head, let theirs = other.head else { return head != nil }
        return head < theirs
    }

    mutating func advance() throws {
        if piece.isEmpty, count > 0 {
            let taken = min(count, Self.pieceRows)
            let start = offset
            piece = try [DefectRow](unsafeUninitializedCapacity: taken) { buffer, filled in
                try file.read(at: start, into: UnsafeMutableRawBufferPointer(buffer))
                filled = taken
            }[...]
            offset += taken * MemoryLayout<DefectRow>.stride
            count -= taken
        }
        head = piece.popFirst()
    }
}
