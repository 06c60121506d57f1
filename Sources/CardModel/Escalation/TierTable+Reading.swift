public import WireFormat

extension TierTable {
    /// Reads a table; nothing in it has a default, so that a file shows all that decides.
    ///
    /// - Throws: ``InvalidDocument`` with every fault at once: missing, unknown and wrong fields,
    ///   rows that no case reaches, and rows that do what no table may do (M1-29, M4-32).
    public init(jsonValue: JSONValue) throws(InvalidDocument) {
        let issues = ObjectReader.IssueList()
        let reader = ObjectReader.document(jsonValue, issues: issues)
        let table = Self.read(reader)
        reader.refuseOthers()
        guard let table, issues.issues.isEmpty else {
            throw InvalidDocument(issues: issues.issues)
        }
        table.noteContradictions(in: reader)
        guard issues.issues.isEmpty else { throw InvalidDocument(issues: issues.issues) }
        self = table
    }

    /// The most rows of one list, and the most versions of a table.
    static let mostRows = 200
    static let mostVersions = 1_000_000

    private static func read(_ reader: ObjectReader) -> TierTable? {
        let id = reader.required("escalation") { reader.identifier($0) }
        let version = reader.required("version") { reader.integer($0, in: 1...mostVersions) }
        let parameters = reader.required("parameters") { TierParameters(reader.object($0)) }
        let tiers = rowList("tiers", reader) { TierRow($0) }
        let channels = rowList("channels", reader) { ChannelRow($0) }
        let proposals = rows("proposals", reader) { ProposalRow($0) }
        let clocks = rows("clocks", reader) { ExternalClock($0) }
        guard let id, let version, let parameters, let tiers, let channels, let proposals,
            let clocks
        else { return nil }
        return TierTable(
            id: id,
            version: version,
            parameters: parameters,
            tiers: tiers,
            channels: channels,
            proposals: proposals,
            clocks: clocks
        )
    }

    private static func rows<Row>(
        _ name: String,
        _ reader: ObjectReader,
        _ read: (ObjectReader) -> Row?
    ) -> [Row]? {
        guard let elements = reader.required(name, { reader.elements($0) }) else { return nil }
        guard elements.count <= mostRows else {
            reader.note(name, .outOfRange, "expected at most \(mostRows) rows")
            return nil
        }
        let found = elements.compactMap { index, value -> Row? in
            guard let row = reader.element(value, at: "\(name)/\(index)") else { return nil }
            defer { row.refuseOthers() }
            return read(row)
        }
        return found.count == elements.count ? found : nil
    }

    /// The last row has no condition, and only the last: a list must answer every case.
    private static func rowList<Row: ConditionalRow>(
        _ name: String,
        _ reader: ObjectReader,
        _ read: (ObjectReader) -> Row?
    ) -> RowList<Row>? {
        guard let all = rows(name, reader, read) else { return nil }
        guard let otherwise = all.last else {
            reader.note(name, .missing, "at least one row is needed")
            return nil
        }
        for (index, row) in all.enumerated() {
            let isLast = index == all.count - 1
            guard (row.condition == .always) == isLast else {
                reader.note(
                    "\(name)/\(index)",
                    .contradiction,
                    isLast
                        ? "the last row decides the rest and has no `when`"
                        : "no case reaches the rows below; only the last has no `when`"
                )
                return nil
            }
        }
        return RowList(all.dropLast(), otherwise: otherwise)
    }

    private func noteContradictions(in reader: ObjectReader) {
        let lists = [
            ("tiers", tiers.all.map(\.id)), ("channels", channels.all.map(\.id)),
            ("proposals", proposals.map(\.id)), ("clocks", clocks.map(\.id)),
        ]
        var seen: Set<String> = []
        for (name, ids) in lists {
            for (index, id) in ids.enumerated() where !seen.insert(id).inserted {
                reader.note("\(name)/\(index)/id", .contradiction, "`\(id)` stands twice")
            }
        }
        if parameters.smallAmount.compared(to: parameters.lawAmount) != .less {
            reader.note("parameters", .contradiction, "`small_amount` is less than `law_amount`")
        }
        for violation in violations {
            let place = lists.lazy.compactMap { name, ids in
                ids.firstIndex(of: violation.row).map { "\(name)/\($0)" }
            }.first
            reader.note(
                place ?? "tiers",
                .contradiction,
                "`\(violation.row)` \(violation.invariant.detail)"
            )
        }
    }
}
