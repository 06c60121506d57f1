public import WireFormat

extension PenaltyLadder {
    /// Reads the document of `Config/rules/penalties.yaml`; nothing in it has a default, so that a
    /// file shows all that a merchant has to expect.
    ///
    /// - Throws: ``InvalidDocument`` with every fault at once, each with its JSON pointer.
    public init(jsonValue: JSONValue) throws(InvalidDocument) {
        let issues = ObjectReader.IssueList()
        let reader = ObjectReader.document(jsonValue, issues: issues)
        let version = reader.required("version") { reader.integer($0, in: 1...Self.mostVersions) }
        _ = reader.required("rules", expected: Self.rulesName) {
            $0.stringValue == Self.rulesName ? true : nil
        }
        let rows = reader.required("rows") { name in
            reader.objects(name)?.map { Row($0) }
        }
        reader.refuseOthers()
        guard let version, let rows, issues.issues.isEmpty else {
            throw InvalidDocument(issues: issues.issues)
        }
        self.init(version: version, rows: rows.compactMap { $0 })
        for fault in faults {
            let issue = issue(of: fault)
            issues.add(issue.pointer, issue.reason, issue.detail)
        }
        guard issues.issues.isEmpty else { throw InvalidDocument(issues: issues.issues) }
    }

    /// What ``init(jsonValue:)`` reads.
    public var jsonValue: JSONValue {
        [
            "rules": .string(Self.rulesName),
            "version": .integer(Int64(version)),
            "rows": .array(rows.map(\.jsonValue)),
        ]
    }

    static let mostVersions = 1_000_000
    private static let rulesName = "penalties"

    private func issue(of fault: Fault) -> DocumentIssue {
        switch fault {
        case .noRow(let step):
            DocumentIssue(
                pointer: "/rows", reason: .missing, detail: "no row leads to `\(step.rawValue)`")
        case .unused(let measure):
            DocumentIssue(
                pointer: "/rows", reason: .missing,
                detail: "no row looks at `\(measure.rawValue)`")
        case .firesOnNothing(let id):
            contradiction(id, "is reached by a merchant of whom nothing was counted")
        case .repeatedID(let id): contradiction(id, "stands twice")
        case .harderComesFirst(let id):
            contradiction(id, "is reached before a milder step of the same measure")
        case .banUnconfirmed(let id):
            contradiction(
                id,
                "bans for what no person confirmed: only \(Measure.confirmedAbsconding.rawValue)")
        }
    }

    /// The last row of the id is the one that is too many.
    private func contradiction(_ id: String, _ detail: String) -> DocumentIssue {
        let index = rows.lastIndex { $0.id == id }
        return DocumentIssue(
            pointer: index.map { "/rows/\($0)" } ?? "/rows",
            reason: .contradiction,
            detail: "`\(id)` \(detail)"
        )
    }
}

extension PenaltyLadder.Row {
    init?(_ reader: ObjectReader) {
        let id = reader.required("id") { reader.identifier($0) }
        let measure = reader.required("measure") {
            reader.choice($0, of: PenaltyLadder.Measure.self)
        }
        let threshold = reader.required("threshold") {
            reader.integer($0, in: 1...(measure?.largest ?? RiskThresholds.mostEvents))
        }
        let step = reader.required("step") { name in
            reader.read(name, expected: "one of \(PenaltyLadder.Step.spellings)") {
                $0.stringValue.flatMap { PenaltyLadder.Step(rawValue: $0) }
            }
        }
        reader.refuseOthers()
        guard let id, let measure, let threshold, let step else { return nil }
        self.init(id: id, measure: measure, threshold: threshold, step: step)
    }

    public var jsonValue: JSONValue {
        [
            "id": .string(id),
            "measure": .string(measure.rawValue),
            "threshold": .integer(Int64(threshold)),
            "step": .string(step.rawValue),
        ]
    }

    /// Reads what ``jsonValue`` writes, also under a table that has changed since.
    public init?(jsonValue value: JSONValue) {
        guard let id = value["id"]?.stringValue,
            let measure = value["measure"]?.stringValue
                .flatMap({ PenaltyLadder.Measure(rawValue: $0) }),
            let threshold = value["threshold"]?.integerValue,
            let step = value["step"]?.stringValue.flatMap({ PenaltyLadder.Step(rawValue: $0) })
        else { return nil }
        self.init(id: id, measure: measure, threshold: Int(threshold), step: step)
    }
}

extension PenaltyLadder.Measure {
    /// No merchant can have more: a row above is never reached.
    var largest: Int {
        switch self {
        case .missedResponses, .confirmedMismatches: RiskThresholds.mostEvents
        case .lateShare: PartsPerMillion.whole
        case .suspectedAbsconding, .confirmedAbsconding: 1
        }
    }
}

extension PenaltyLadder.Step: RawRepresentable {
    /// The word of the table and of the event; published, and never translated.
    public var rawValue: String {
        switch self {
        case .intervention: "intervene"
        case .penalty(let penalty): penalty.rawValue
        }
    }

    public init?(rawValue: String) {
        if rawValue == Self.intervention.rawValue {
            self = .intervention
        } else if let penalty = Penalty(rawValue: rawValue) {
            self = .penalty(penalty)
        } else {
            return nil
        }
    }

    static var spellings: String {
        ([.intervention] + Penalty.allCases.map { .penalty($0) }).map(\Self.rawValue)
            .joined(separator: ", ")
    }

    /// Who carries it out.
    public var execution: Penalty.Execution {
        switch self {
        case .intervention: .automatic
        case .penalty(let penalty): penalty.execution
        }
    }
}
