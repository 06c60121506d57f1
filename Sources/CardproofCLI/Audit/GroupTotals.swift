import Gateway

/// What an audit found under one name: of a supplier, of a supplier's batch, or of a file.
struct GroupTotals {
    /// Nil where lines name none.
    let supplier: String?
    let batch: String?
    let file: Int?
    private(set) var lines = 0
    private(set) var codes = 0
    private(set) var defectiveLines = 0
    private(set) var rows: [StockDefectClass: Int] = [:]

    private init(_ group: StockGroup, by division: Division) {
        supplier = division == .file ? nil : group.supplier
        batch = division == .batch ? group.batch : nil
        file = division == .file ? group.file : nil
    }

    var defectShare: Double { lines == 0 ? 0 : Double(defectiveLines) / Double(lines) }

    /// By what groups are taken together.
    enum Division { case supplier, batch, file }

    private struct Name: Hashable {
        let supplier: String?
        let batch: String?
        let file: Int?
    }

    /// The groups of `breakdown` by `division`, those with the largest share of defects first;
    /// empty where the files name none.
    static func of(_ breakdown: StockBreakdown, by division: Division) -> [GroupTotals] {
        switch division {
        case .supplier where !breakdown.namesSuppliers: return []
        case .batch where !breakdown.namesBatches: return []
        default: break
        }
        var totals: [Name: GroupTotals] = [:]
        for group in breakdown.groups {
            let empty = GroupTotals(group, by: division)
            let name = Name(supplier: empty.supplier, batch: empty.batch, file: empty.file)
            totals[name, default: empty].add(group)
        }
        return totals.values.sorted(by: isWorse)
    }

    private mutating func add(_ group: StockGroup) {
        lines += group.lines
        codes += group.codes
        defectiveLines += group.defectiveLines
        rows.merge(group.rows, uniquingKeysWith: +)
    }

    /// The same order on every run.
    private static func isWorse(_ left: GroupTotals, _ right: GroupTotals) -> Bool {
        if left.defectShare != right.defectShare { return left.defectShare > right.defectShare }
        if left.lines != right.lines { return left.lines > right.lines }
        let names = [left, right].map { group in
            (group.file ?? 0, group.supplier ?? "", group.batch ?? "")
        }
        return names[0] < names[1]
    }
}

/// Shares and counts as people read them.
enum AuditNumbers {
    /// `12.5%`; a share above nothing is never shown as nothing, nor one below all as all.
    static func percent(_ share: Double) -> String {
        let tenths = Int((share * 1_000).rounded())
        if tenths == 0, share > 0 { return "<0.1%" }
        if tenths == 1_000, share < 1 { return ">99.9%" }
        return "\(tenths / 10).\(tenths % 10)%"
    }

    /// `1,234,567`.
    static func grouped(_ number: Int) -> String {
        let digits = String(number)
        return String(
            digits.enumerated().flatMap { index, digit -> [Character] in
                let left = digits.count - index
                return left.isMultiple(of: 3) && index > 0 ? [",", digit] : [digit]
            }
        )
    }
}
