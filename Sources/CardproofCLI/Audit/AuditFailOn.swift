import Gateway

/// Which classes of defects the exit code speaks of: `--fail-on`.
struct AuditFailOn {
    /// Every class a report may name.
    static let known = ["dup", "malformed", "expired", "sold", "conflict", "issuer"]

    let classes: Set<StockDefectClass>

    static let all = AuditFailOn(classes: Set(StockDefectClass.allCases))

    private init(classes: Set<StockDefectClass>) { self.classes = classes }

    /// - Parameter list: names of ``known`` with commas between, or `none`.
    /// - Throws: ``AuditExit`` with 64 for any other name.
    init(_ list: String) throws {
        let names =
            list == "none" ? [] : list.split(separator: ",", omittingEmptySubsequences: false)
        for name in names where !Self.known.contains(String(name)) {
            throw AuditExit.usage(
                "--fail-on \(name.isEmpty ? "\"\"" : name): is no class; "
                    + "\(Self.known.joined(separator: ", ")), or none, are expected"
            )
        }
        classes = Set(StockDefectClass.allCases.filter { names.contains($0.code[...]) })
    }
}
