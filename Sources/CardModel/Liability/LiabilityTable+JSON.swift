public import WireFormat

extension LiabilityTable {
    /// Reads a table; nothing in it has a default, so that a file shows all that decides.
    ///
    /// - Throws: ``InvalidDocument`` with every fault at once: missing, unknown and wrong fields, a
    ///   state or a case that no row decides, rows that no case reaches, and rows that do what no
    ///   table may do.
    public init(jsonValue: JSONValue) throws(InvalidDocument) {
        let issues = ObjectReader.IssueList()
        let reader = ObjectReader.document(jsonValue, issues: issues)
        let id = reader.required("liability") { reader.identifier($0) }
        let version = reader.required("version") { reader.integer($0, in: 1...Self.mostVersions) }
        let rows = reader.rows("rows") { Row($0) }
        let exclusions = reader.rows("exclusions") { ExclusionRow($0) }
        reader.refuseOthers()
        guard let id, let version, let rows, let exclusions, issues.issues.isEmpty else {
            throw InvalidDocument(issues: issues.issues)
        }
        self.init(id: id, version: version, rows: rows, exclusions: exclusions)
        for fault in faults { reader.note(fault.pointer, fault.reason, fault.detail) }
        guard issues.issues.isEmpty else { throw InvalidDocument(issues: issues.issues) }
    }

    /// More versions than this are a mistake in the file.
    static let mostVersions = 1_000_000

    public var jsonValue: JSONValue {
        [
            "liability": .string(id),
            "version": .integer(Int64(version)),
            "rows": .array(rows.map(\.jsonValue)),
            "exclusions": .array(exclusions.map(\.jsonValue)),
        ]
    }
}

extension LiabilityTable.Row {
    init?(_ reader: ObjectReader) {
        let id = reader.required("id") { reader.identifier($0) }
        let state = reader.required("state") { reader.choice($0, of: VerdictState.self) }
        let condition = LiabilityCondition(reader.object("when"))
        let party = reader.required("party") { reader.choice($0, of: LiableParty.self) }
        let ground = reader.required("ground") {
            reader.choice($0, of: LiabilityTable.Ground.self)
        }
        guard let id, let state, let party, let ground else { return nil }
        self.init(id: id, state: state, condition: condition, party: party, ground: ground)
    }

    var jsonValue: JSONValue {
        .members([
            ("id", .string(id)),
            ("state", .string(state.rawValue)),
            ("when", condition.jsonValue),
            ("party", .string(party.rawValue)),
            ("ground", .string(ground.rawValue)),
        ])
    }
}

extension LiabilityTable.ExclusionRow {
    init?(_ reader: ObjectReader) {
        let id = reader.required("id") { reader.identifier($0) }
        let kind = reader.required("kind") { reader.choice($0, of: Exclusion.Kind.self) }
        let states = reader.required("explains") { reader.choices($0, of: VerdictState.self) }
        let party = reader.required("party") { reader.choice($0, of: LiableParty.self) }
        guard let id, let kind, let states, let party else { return nil }
        self.init(id: id, kind: kind, states: Set(states), party: party)
    }

    var jsonValue: JSONValue {
        [
            "id": .string(id),
            "kind": .string(kind.rawValue),
            "explains": .sorted(states),
            "party": .string(party.rawValue),
        ]
    }
}

extension LiabilityCondition {
    /// The condition that always holds where there is no `when`.
    init(_ reader: ObjectReader?) {
        self.init(
            timing: reader?.choice("timing", of: Timing.self),
            holder: reader?.holder("holder"),
            circumstance: reader?.choice("circumstance", of: Circumstance.Name.self),
            isShelfLifeShort: reader?.bool("shelf_life_short"),
            isDeadAtDispense: reader?.bool("dead_at_dispense"),
            isHandedOver: reader?.bool("handed_over")
        )
        reader?.refuseOthers()
    }

    /// `nil` for the condition that always holds: the row has no `when`.
    var jsonValue: JSONValue? {
        guard self != .rest else { return nil }
        return .members([
            ("timing", timing.map { .string($0.rawValue) }),
            ("holder", holder.map { .string($0.word) }),
            ("circumstance", circumstance.map { .string($0.rawValue) }),
            ("shelf_life_short", isShelfLifeShort.map(JSONValue.bool)),
            ("dead_at_dispense", isDeadAtDispense.map(JSONValue.bool)),
            ("handed_over", isHandedOver.map(JSONValue.bool)),
        ])
    }
}

extension ObjectReader {
    fileprivate func holder(_ name: String) -> Custody.Holder? {
        let words = Custody.Holder.allCases.map(\.word).joined(separator: ", ")
        return read(name, expected: "one of \(words)") { value in
            Custody.Holder.allCases.first { $0.word == value.stringValue }
        }
    }

    /// The rows of a rule table; `nil` where the list is missing or some row is unreadable.
    func rows<Row>(_ name: String, _ read: (ObjectReader) -> Row?) -> [Row]? {
        guard let elements = required(name, { elements($0) }) else { return nil }
        guard elements.count <= Self.mostRows else {
            note(name, .outOfRange, "expected at most \(Self.mostRows) rows")
            return nil
        }
        let found = elements.compactMap { index, value -> Row? in
            guard let row = element(value, at: "\(name)/\(index)") else { return nil }
            defer { row.refuseOthers() }
            return read(row)
        }
        return found.count == elements.count ? found : nil
    }

    /// The most rows of a table: each state has a handful.
    private static var mostRows: Int { 500 }
}
