public import WireFormat

extension WarrantyPolicy {
    /// Reads a policy document; what it leaves out has the default.
    ///
    /// - Throws: ``InvalidDocument`` with every fault at once, each with its JSON pointer: missing,
    ///   unknown and wrong fields, and those that contradict each other as far as they can be read.
    public init(jsonValue: JSONValue) throws(InvalidDocument) {
        let issues = ObjectReader.IssueList()
        let reader = ObjectReader.document(jsonValue, issues: issues)
        let policy = Self.read(reader)
        reader.refuseOthers()
        let contradictions = policy.contradictions.filter { contradiction in
            !issues.issues.contains { contradiction.mayFollow(from: $0) }
        }
        let faults = issues.issues + contradictions.map(\.issue)
        guard faults.isEmpty else { throw InvalidDocument(issues: faults) }
        self = policy
    }

    /// The most versions of one policy, and the most bytes of its id.
    static let mostVersions = 1_000_000
    static let longestIdentifier = 64

    /// Reads what can be read, and notes the faults; for what cannot the default stands.
    static func read(_ reader: ObjectReader) -> WarrantyPolicy {
        let id = identifier(reader)
        let version = reader.integer("version", in: 1...mostVersions)
        if version == nil, reader.member("version") == nil { reader.noteMissing("version") }
        var policy = WarrantyPolicy(
            id: id ?? "",
            version: version ?? 0,
            window: readWindow(reader)
        )
        policy.appliesTo = readScope(reader) ?? policy.appliesTo
        policy.oneTime = readOneTime(reader) ?? policy.oneTime
        policy.promise = readPromise(reader) ?? policy.promise
        policy.coverage = readCoverage(reader) ?? policy.coverage
        policy.serviceLevels = readServiceLevels(reader) ?? policy.serviceLevels
        policy.remedies = readRemedies(reader) ?? policy.remedies
        policy.arbitration = readArbitration(reader) ?? policy.arbitration
        policy.deposit = readDeposit(reader) ?? policy.deposit
        policy.noReasonReturn = readNoReasonReturn(reader)
        policy.membership = readMembership(reader)
        policy.calendar = reader.string("calendar")
        policy.disclosure = readDisclosure(reader) ?? policy.disclosure
        policy.legalMinimum = reader.string("legal_minimum")
        policy.noRefundClause = reader.string("no_refund_clause")
        return policy
    }

    private static func identifier(_ reader: ObjectReader) -> String? {
        guard reader.member("policy") != nil else {
            reader.noteMissing("policy")
            return nil
        }
        return reader.read("policy", expected: "lower-case letters, digits and dashes") { value in
            value.stringValue.flatMap { text in
                let isFit =
                    (1...longestIdentifier).contains(text.utf8.count)
                    && text.utf8.allSatisfy { byte in
                        switch byte {
                        case 0x61...0x7A, 0x30...0x39, UInt8(ascii: "-"): true
                        default: false
                        }
                    }
                return isFit ? text : nil
            }
        }
    }

    private static func readScope(_ reader: ObjectReader) -> Scope? {
        guard let scope = reader.object("applies_to") else { return nil }
        let kind = scope.choice("kind", of: GoodsKind.self)
        let products = scope.elements("products")?.compactMap { index, value in
            if value.stringValue == nil {
                scope.note("products/\(index)", .wrongType, "expected a product id or *")
            }
            return value.stringValue
        }
        scope.refuseOthers()
        return Scope(kind: kind ?? .cardKey, products: products ?? ["*"])
    }

    private static func readOneTime(_ reader: ObjectReader) -> OneTimeTerms? {
        guard let terms = reader.object("one_time") else { return nil }
        var oneTime = OneTimeTerms()
        if let states = terms.choices("ends_on", of: VerdictState.self) {
            for state in states where !state.isGood {
                terms.note("ends_on", .contradiction, "`\(state.rawValue)` is no good code")
            }
            oneTime.endsOnActivation = states.contains(.okActivatedByBuyer)
        }
        oneTime.isDisclosureRequired =
            terms.bool("disclosure_required") ?? oneTime.isDisclosureRequired
        terms.refuseOthers()
        return oneTime
    }

    private static func readDisclosure(_ reader: ObjectReader) -> Disclosure? {
        guard let section = reader.object("disclosure") else { return nil }
        let disclosure = Disclosure(
            textZhCN: section.string("text_zh"),
            textEn: section.string("text_en"),
            textSHA256: section.read("text_sha256", expected: "64 lower-case hexadecimal digits") {
                $0.stringValue.flatMap { text in
                    Hexadecimal.decode(text)?.count == 32 && text == text.lowercased() ? text : nil
                }
            }
        )
        section.refuseOthers()
        return disclosure
    }
}
