public import WireFormat

/// A case as one line of JSON.
extension WarrantyCase {
    public var jsonValue: JSONValue {
        [
            "case": .string(id), "product": .string(product), "verdict": verdict.jsonValue,
            "decided_at": .string(decidedAt.rfc3339), "price": price?.jsonValue ?? .null,
            "expires_on": JSONValue(text: expiresOn?.iso8601),
            "same_answers": .integer(Int64(sameAnswers)),
            "placed_at": text(window.placedAt),
            "terms_disclosed_at": text(window.termsDisclosedAt),
            "delivered_at": text(custody.deliveredAt),
            "stock_good_at": text(custody.stockOKAt),
            "dispense_good_at": text(custody.dispenseOKAt),
            "dispense_bad_at": text(custody.dispenseBadAt),
            "first_view_at": text(window.firstViewAt),
            "first_verification_at": text(window.firstVerificationAt),
            "buyer_saw_good_at": text(window.buyerSawGoodAt),
            "activated_at": text(window.activatedAt), "used_at": text(window.usedAt),
            "replaces_ending_at": text(window.replacesEndingAt),
            "skew_margin_s": .integer(window.skewMargin.components.seconds),
            "incidents": window.incidents.isEmpty
                ? .null : .array(window.incidents.map(Self.incident)),
            "decided": decided?.jsonValue ?? .null,
        ]
    }

    private func text(_ instant: Instant?) -> JSONValue { JSONValue(text: instant?.rfc3339) }

    private static func incident(_ incident: Incident) -> JSONValue {
        [
            "kind": .string(incident.kind.rawValue),
            "started_at": .string(incident.startedAt.rfc3339),
            "ended_at": JSONValue(text: incident.endedAt?.rfc3339),
        ]
    }

    /// The most incidents of one case.
    public static let mostIncidents = 1_000

    /// - Throws: ``InvalidDocument`` with every fault and its pointer.
    public init(jsonValue: JSONValue) throws(InvalidDocument) {
        let issues = ObjectReader.IssueList()
        let reader = ObjectReader.document(jsonValue, issues: issues)
        let id = reader.string("case") ?? ""
        let product = reader.string("product") ?? ""
        let verdict = Self.verdict(reader)
        let decidedAt = reader.instant("decided_at")
        if decidedAt == nil, reader.member("decided_at") == nil {
            reader.noteMissing("decided_at")
        }
        let deliveredAt = reader.instant("delivered_at")
        let custody = Custody(
            stockOKAt: reader.instant("stock_good_at"),
            dispenseOKAt: reader.instant("dispense_good_at"),
            dispenseBadAt: reader.instant("dispense_bad_at"),
            deliveredAt: deliveredAt
        )
        let window = Self.window(reader, deliveredAt: deliveredAt)
        let price = Self.price(reader)
        let expiresOn = reader.read("expires_on", expected: "a day such as 2027-12-31") {
            $0.stringValue.flatMap { CalendarDate(iso8601: $0) }
        }
        let sameAnswers = reader.integer("same_answers", in: 1...1_000_000) ?? 1
        let decided = reader.read("decided", expected: "policy, claim and liable") {
            PastDecision(jsonValue: $0)
        }
        reader.refuseOthers()
        guard let verdict, let decidedAt, issues.issues.isEmpty else {
            throw InvalidDocument(issues: issues.issues)
        }
        self.init(
            id: id, product: product, verdict: verdict, decidedAt: decidedAt, custody: custody,
            window: window, expiresOn: expiresOn, price: price, sameAnswers: sameAnswers,
            decided: decided)
    }

    private static func window(_ reader: ObjectReader, deliveredAt: Instant?) -> WindowFacts {
        let skew = reader.integer("skew_margin_s", in: 0...86_400).map { Duration.seconds($0) }
        return WindowFacts(
            placedAt: reader.instant("placed_at"),
            termsDisclosedAt: reader.instant("terms_disclosed_at"),
            deliveredAt: deliveredAt,
            firstViewAt: reader.instant("first_view_at"),
            firstVerificationAt: reader.instant("first_verification_at"),
            buyerSawGoodAt: reader.instant("buyer_saw_good_at"),
            activatedAt: reader.instant("activated_at"),
            usedAt: reader.instant("used_at"),
            skewMargin: skew ?? Timing.defaultSkewMargin,
            incidents: incidents(reader),
            replacesEndingAt: reader.instant("replaces_ending_at")
        )
    }

    private static func incidents(_ reader: ObjectReader) -> [Incident] {
        let elements = reader.elements("incidents") ?? []
        guard elements.count <= mostIncidents else {
            reader.note("incidents", .outOfRange, "at most \(mostIncidents) incidents")
            return []
        }
        return elements.compactMap { index, value in
            let kind = value["kind"]?.stringValue.flatMap { TollingKind(rawValue: $0) }
            let start = value["started_at"]?.stringValue.flatMap { Instant(rfc3339: $0) }
            guard let kind, let start else {
                reader.note("incidents/\(index)", .unknownValue, "expected kind and started_at")
                return nil
            }
            return Incident(
                kind: kind,
                startedAt: start,
                endedAt: value["ended_at"]?.stringValue.flatMap { Instant(rfc3339: $0) }
            )
        }
    }
}

extension PastDecision {
    var jsonValue: JSONValue {
        [
            "policy": policy.jsonValue, "claim": .string(claim), "liable": .string(liable.rawValue),
        ]
    }

    init?(jsonValue: JSONValue) {
        guard let policy = jsonValue["policy"].flatMap({ PolicyPin(jsonValue: $0) }),
            let claim = jsonValue["claim"]?.stringValue,
            let liable = jsonValue["liable"]?.stringValue.flatMap({ LiableParty(rawValue: $0) })
        else { return nil }
        self.init(policy: policy, claim: claim, liable: liable)
    }
}

extension ObjectReader {
    func instant(_ name: String) -> Instant? {
        read(name, expected: "a time such as 2026-11-20T08:00:00Z") {
            $0.stringValue.flatMap { Instant(rfc3339: $0) }
        }
    }
}
