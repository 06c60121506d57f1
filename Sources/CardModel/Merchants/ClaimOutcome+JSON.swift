public import WireFormat

extension ClaimOutcome {
    /// The outcome as a claim's closing leaf discloses it and the file shows it, members in
    /// canonical order (RFC 8785), absent ones left out.
    public var jsonValue: JSONValue {
        var object = JSONObject()
        object["closed_at"] = .string(closedAt.rfc3339)
        object["family"] = .string(family.rawValue)
        object["first_response_at"] = firstResponseAt.map { .string($0.rfc3339) }
        object["liable"] = .string(liable.rawValue)
        object["merchant"] = .string(merchant)
        object["number"] = .integer(Int64(number))
        object["opened_at"] = .string(openedAt.rfc3339)
        object["proposal_at"] = proposalAt.map { .string($0.rfc3339) }
        object["replaces"] = replaces.map { .integer(Int64($0)) }
        object["result"] = .string(result.rawValue)
        return .object(object)
    }

    /// Reads what ``jsonValue`` writes.
    ///
    /// - Throws: ``InvalidDocument`` with every fault at once.
    public init(jsonValue: JSONValue) throws(InvalidDocument) {
        let issues = ObjectReader.IssueList()
        let reader = ObjectReader.document(jsonValue, issues: issues)
        let outcome = Self.read(reader)
        reader.refuseOthers()
        guard let outcome, issues.issues.isEmpty else {
            if issues.issues.isEmpty {
                issues.add("", .contradiction, "the times are out of order, or `replaces` is later")
            }
            throw InvalidDocument(issues: issues.issues)
        }
        self = outcome
    }

    private static func read(_ reader: ObjectReader) -> ClaimOutcome? {
        let number = reader.integer("number", in: 1...largestNumber)
        let merchant = reader.string("merchant")
        let family = reader.choice("family", of: DefectFamily.self)
        let result = reader.choice("result", of: Result.self)
        let liable = reader.choice("liable", of: LiableParty.self)
        let openedAt = instant("opened_at", in: reader)
        let firstResponseAt = instant("first_response_at", in: reader)
        let proposalAt = instant("proposal_at", in: reader)
        let closedAt = instant("closed_at", in: reader)
        let replaces = reader.integer("replaces", in: 1...largestNumber)
        for name in ["number", "merchant", "family", "result", "liable", "opened_at", "closed_at"]
        where reader.member(name) == nil {
            reader.noteMissing(name)
        }
        guard let number, let merchant, let family, let result, let liable, let openedAt,
            let closedAt
        else { return nil }
        return ClaimOutcome(
            number: number,
            merchant: merchant,
            family: family,
            result: result,
            liable: liable,
            openedAt: openedAt,
            firstResponseAt: firstResponseAt,
            proposalAt: proposalAt,
            closedAt: closedAt,
            replaces: replaces
        )
    }

    /// An instant in the one spelling that the file has: to the second, in UTC.
    private static func instant(_ name: String, in reader: ObjectReader) -> Instant? {
        reader.read(name, expected: "an instant such as 2026-11-20T08:00:00Z") { value in
            guard let text = value.stringValue, let instant = Instant(rfc3339: text),
                instant.rfc3339Seconds == text
            else { return nil }
            return instant
        }
    }
}
