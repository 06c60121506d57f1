public import WireFormat

extension RiskThresholds {
    /// Reads the document of `Config/rules/risk.yaml`; what it leaves out has the default.
    ///
    /// - Throws: ``InvalidDocument`` with every fault at once, each with its JSON pointer.
    public init(jsonValue: JSONValue) throws(InvalidDocument) {
        let issues = ObjectReader.IssueList()
        let reader = ObjectReader.document(jsonValue, issues: issues)
        let version = reader.integer("version", in: 1...Self.mostVersions)
        if reader.member("version") == nil { reader.noteMissing("version") }
        _ = reader.read("rules", expected: "risk") { $0.stringValue == "risk" ? true : nil }
        if reader.member("rules") == nil { reader.noteMissing("rules") }
        var thresholds = RiskThresholds(version: version ?? 0)
        thresholds.read(reader)
        reader.refuseOthers()
        guard issues.issues.isEmpty else { throw InvalidDocument(issues: issues.issues) }
        self = thresholds
    }

    static let mostVersions = 1_000_000
    /// A rule that needs more events than this is switched off by mistake.
    static let mostEvents = 1_000_000

    private mutating func read(_ reader: ObjectReader) {
        if let section = reader.object(RiskRule.repeatComplainant.rawValue) {
            section.window(&repeatComplainant.window, "window")
            section.count(&repeatComplainant.count, "claims")
            section.refuseOthers()
        }
        if let section = reader.object(RiskRule.refundBurst.rawValue) {
            section.window(&refundBurst.window, "window")
            section.count(&refundBurst.buyer, "buyer")
            section.count(&refundBurst.merchant, "merchant")
            section.count(&refundBurst.product, "product")
            section.count(&refundBurst.batch, "batch")
            section.share(&refundBurst.share, "share_ppm")
            section.refuseOthers()
        }
        reader.share(&deadBatch, of: .deadBatch, counted: "dead")
        reader.share(&merchantDeadRate, of: .merchantDeadRate, counted: "dead")
        reader.share(&promiseMismatch, of: .promiseMismatch, counted: "mismatches")
        if let section = reader.object(RiskRule.merchantGone.rawValue) {
            section.count(&merchantGone.unansweredClaims, "unanswered")
            section.window(&merchantGone.silentFor, "silent_for")
            section.window(&merchantGone.noDeliveryFor, "no_delivery_for")
            section.share(&merchantGone.balanceLeaving, "balance_leaving_ppm")
            section.refuseOthers()
        }
        if let section = reader.object(RiskRule.belowMarketPrice.rawValue) {
            section.share(&belowMarketPrice, "of_reference_ppm")
            section.refuseOthers()
        }
    }
}

extension ObjectReader {
    fileprivate func count(_ count: inout Int, _ name: String) {
        count = integer(name, in: 1...RiskThresholds.mostEvents) ?? count
    }

    fileprivate func share(_ share: inout PartsPerMillion, _ name: String) {
        share = integer(name, in: 1...PartsPerMillion.whole).map { PartsPerMillion($0) } ?? share
    }

    fileprivate func share(
        _ share: inout RiskThresholds.Share,
        of rule: RiskRule,
        counted name: String
    ) {
        guard let section = object(rule.rawValue) else { return }
        section.count(&share.count, name)
        section.share(&share.share, "share_ppm")
        section.refuseOthers()
    }

    /// A length that needs no calendar, longer than nothing.
    fileprivate func window(_ window: inout PolicyDuration, _ name: String) {
        guard let length = duration(name) else { return }
        guard let elapsed = length.duration, elapsed > .zero else {
            note(name, .unknownValue, "expected a length such as PT1H or P30D, no working days")
            return
        }
        window = length
    }
}

extension RiskThresholds {
    /// What ``init(jsonValue:)`` reads, every field written out.
    public var jsonValue: JSONValue {
        [
            "rules": "risk",
            "version": .integer(Int64(version)),
            "repeat_complainant": [
                "window": .string(repeatComplainant.window.description),
                "claims": .integer(Int64(repeatComplainant.count)),
            ],
            "refund_burst": [
                "window": .string(refundBurst.window.description),
                "buyer": .integer(Int64(refundBurst.buyer)),
                "merchant": .integer(Int64(refundBurst.merchant)),
                "product": .integer(Int64(refundBurst.product)),
                "batch": .integer(Int64(refundBurst.batch)),
                "share_ppm": .integer(Int64(refundBurst.share.value)),
            ],
            "dead_batch": deadBatch.jsonValue(counted: "dead"),
            "merchant_dead_rate": merchantDeadRate.jsonValue(counted: "dead"),
            "merchant_gone": [
                "unanswered": .integer(Int64(merchantGone.unansweredClaims)),
                "silent_for": .string(merchantGone.silentFor.description),
                "no_delivery_for": .string(merchantGone.noDeliveryFor.description),
                "balance_leaving_ppm": .integer(Int64(merchantGone.balanceLeaving.value)),
            ],
            "promise_mismatch": promiseMismatch.jsonValue(counted: "mismatches"),
            "below_market_price": ["of_reference_ppm": .integer(Int64(belowMarketPrice.value))],
        ]
    }
}

extension RiskThresholds.Share {
    fileprivate func jsonValue(counted name: String) -> JSONValue {
        .object(
            JSONObject([
                .init(name: name, value: .integer(Int64(count))),
                .init(name: "share_ppm", value: .integer(Int64(share.value))),
            ])
        )
    }
}
