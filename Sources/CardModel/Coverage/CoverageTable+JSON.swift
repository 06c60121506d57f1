public import WireFormat

extension CoverageTable {
    /// Reads a table; nothing in it has a default, so that a file shows all that decides.
    ///
    /// - Throws: ``InvalidDocument`` with every fault at once: missing, unknown and wrong fields, a
    ///   state without a row or with two, and rows that contradict themselves.
    public init(jsonValue: JSONValue) throws(InvalidDocument) {
        let issues = ObjectReader.IssueList()
        let reader = ObjectReader.document(jsonValue, issues: issues)
        let id = reader.required("coverage") { reader.identifier($0) }
        let version = reader.required("version") {
            reader.integer($0, in: 1...LiabilityTable.mostVersions)
        }
        let rows = reader.rows("rows") { Row($0) }
        reader.refuseOthers()
        guard let id, let version, let rows, issues.issues.isEmpty else {
            throw InvalidDocument(issues: issues.issues)
        }
        self.init(id: id, version: version, rows: rows)
        for fault in faults { reader.note(fault.pointer, fault.reason, fault.detail) }
        guard issues.issues.isEmpty else { throw InvalidDocument(issues: issues.issues) }
    }

    public var jsonValue: JSONValue {
        [
            "coverage": .string(id),
            "version": .integer(Int64(version)),
            "rows": .array(rows.map(\.jsonValue)),
        ]
    }
}

extension CoverageTable.Row {
    init?(_ reader: ObjectReader) {
        let id = reader.required("id") { reader.identifier($0) }
        let state = reader.required("state") { reader.choice($0, of: VerdictState.self) }
        let covered = reader.required("covered") {
            reader.choice($0, of: CoverageTable.Covered.self)
        }
        let claim = reader.required("claim") {
            reader.choice($0, of: CoverageTable.AutomaticClaim.self)
        }
        let remedies = reader.required("remedies") { reader.choices($0, of: Remedy.self) }
        let evidence = reader.required("evidence") {
            reader.choices($0, of: MinimumEvidence.self)
        }
        guard let id, let state, let covered, let claim, let remedies, let evidence else {
            return nil
        }
        self.init(
            id: id,
            state: state,
            covered: covered,
            claim: claim,
            remedies: remedies,
            evidence: evidence
        )
    }

    var jsonValue: JSONValue {
        [
            "id": .string(id),
            "state": .string(state.rawValue),
            "covered": .string(covered.rawValue),
            "claim": .string(claim.rawValue),
            "remedies": .array(remedies.map { .string($0.rawValue) }),
            "evidence": .array(evidence.map { .string($0.rawValue) }),
        ]
    }
}
