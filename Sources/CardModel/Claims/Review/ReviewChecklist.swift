public import WireFormat

/// What a reviewer looks through (审核清单), filled in from what is on record (M3-40). It decides
/// nothing: a row that is missing or contradicts is where he looks first.
public struct ReviewChecklist: Sendable, Hashable {
    /// By source, in a fixed order.
    public let rows: [Row]

    public enum Source: String, Sendable, Hashable, CaseIterable {
        case orderData = "order_data"
        case merchantQualification = "merchant_qualification"
        case buyerEvidence = "buyer_evidence"
    }

    public enum Status: String, Sendable, Hashable, CaseIterable {
        case present
        case missing
        /// It is there, and speaks against what it should show.
        case contradicts
    }

    public struct Row: Sendable, Hashable {
        /// Stable, such as `terms_disclosed`.
        public let item: String
        public let source: Source
        public let status: Status
        public let detail: LocalisedText

        public var jsonValue: JSONValue {
            [
                "item": .string(item), "source": .string(source.rawValue),
                "status": .string(status.rawValue),
                "detail": ["zh-CN": .string(detail.zhCN), "en": .string(detail.en)],
            ]
        }
    }

    /// Total and pure.
    public init(_ facts: ReviewFacts) {
        rows =
            Self.rows(of: facts.order, facts.verdict) + Self.rows(of: facts.merchant)
            + facts.evidence.map { Self.row(of: $0, facts) }
    }

    public var jsonValue: JSONValue { .array(rows.map(\.jsonValue)) }
}

// MARK: Order data

extension ReviewChecklist {
    private static func rows(of order: ReviewFacts.Order, _ verdict: Verdict) -> [Row] {
        [
            row(
                "order", order.placedAt.map { $0.rfc3339 },
                LocalisedText(zhCN: "下单时间", en: "placed at")),
            row(
                "paid", order.paid.map { $0.description },
                LocalisedText(zhCN: "该商品实付", en: "paid for the item")),
            terms(order),
            handOver(order, verdict),
        ]
    }

    private static func row(_ item: String, _ value: String?, _ name: LocalisedText) -> Row {
        guard let value else {
            return Row(
                item: item, source: .orderData, status: .missing,
                detail: LocalisedText(
                    zhCN: "\(name.zhCN)：平台没有提供", en: "\(name.en): the platform did not say"))
        }
        return Row(
            item: item, source: .orderData, status: .present,
            detail: LocalisedText(zhCN: "\(name.zhCN)：\(value)", en: "\(name.en): \(value)"))
    }

    /// In time is before the order was placed, or with it (CONTRACT, Windows).
    private static func terms(_ order: ReviewFacts.Order) -> Row {
        let name = LocalisedText(zhCN: "售后条款告知时间", en: "terms shown at")
        guard let shownAt = order.termsDisclosedAt, let placedAt = order.placedAt,
            shownAt > placedAt
        else { return row("terms_disclosed", order.termsDisclosedAt.map { $0.rfc3339 }, name) }
        return Row(
            item: "terms_disclosed", source: .orderData, status: .contradicts,
            detail: LocalisedText(
                zhCN: "条款在下单之后才告知：\(shownAt.rfc3339)",
                en: "the terms were shown after the order was placed: \(shownAt.rfc3339)"))
    }

    private static func handOver(_ order: ReviewFacts.Order, _ verdict: Verdict) -> Row {
        guard verdict.state == .notDelivered, let deliveredAt = order.deliveredAt else {
            return row(
                "hand_over", order.deliveredAt.map { $0.rfc3339 },
                LocalisedText(zhCN: "交付时间", en: "handed over at"))
        }
        return Row(
            item: "hand_over", source: .orderData, status: .contradicts,
            detail: LocalisedText(
                zhCN: "申诉称未收到，平台记录已于 \(deliveredAt.rfc3339) 交付",
                en: "said not to have come; the platform says it was handed over at "
                    + deliveredAt.rfc3339))
    }
}

// MARK: Merchant

extension ReviewChecklist {
    private static func rows(of merchant: ReviewFacts.Merchant) -> [Row] {
        [identity(merchant)]
            + Qualification.Kind.allCases.filter(merchant.required.contains).map {
                qualification($0, merchant)
            }
    }

    private static func identity(_ merchant: ReviewFacts.Merchant) -> Row {
        guard let identity = merchant.profile?.identity else {
            return Row(
                item: "identity", source: .merchantQualification, status: .missing,
                detail: LocalisedText(zhCN: "商家主体信息未登记", en: "nobody stated who the merchant is"))
        }
        let text = "\(identity.name), \(identity.registrationNumber)"
        return Row(
            item: "identity", source: .merchantQualification, status: .present,
            detail: LocalisedText(zhCN: "商家主体：\(text)", en: "the merchant is \(text)"))
    }

    private static func qualification(
        _ kind: Qualification.Kind,
        _ merchant: ReviewFacts.Merchant
    ) -> Row {
        let name = kind.names
        let stated = merchant.profile?.qualifications.filter { $0.kind == kind } ?? []
        func row(_ status: Status, _ zhCN: String, _ en: String) -> Row {
            Row(
                item: kind.rawValue, source: .merchantQualification, status: status,
                detail: LocalisedText(zhCN: "\(name.zhCN)：\(zhCN)", en: "\(name.en): \(en)"))
        }
        if let valid = stated.first(where: { $0.holds(on: merchant.day) }) {
            return row(.present, "有效，编号 \(valid.number)", "holds, number \(valid.number)")
        }
        guard let last = stated.compactMap(\.validUntil).max() else {
            return row(.missing, "未提供", "not stated")
        }
        return row(
            .contradicts, "已于 \(last.iso8601) 到期", "ran out on \(last.iso8601)")
    }
}

// MARK: Evidence

extension ReviewChecklist {
    private static func row(of evidence: ReviewFacts.Evidence, _ facts: ReviewFacts) -> Row {
        let name = evidence.name
        func row(_ status: Status, _ zhCN: String, _ en: String) -> Row {
            Row(
                item: evidence.slot, source: .buyerEvidence, status: status,
                detail: LocalisedText(zhCN: "\(name.zhCN)：\(zhCN)", en: "\(name.en): \(en)"))
        }
        if evidence.isIssuersAnswer, facts.isRefuted {
            return row(
                .contradicts, "发行方答复卡密可用，与申诉不符",
                "the issuer says that the code is good, which is not what is claimed")
        }
        return evidence.isFilled
            ? row(.present, "已提供", "there") : row(.missing, "缺少", "missing")
    }
}

extension ReviewFacts {
    /// Where people are the witnesses of a problem, a good answer says nothing about it.
    fileprivate var isRefuted: Bool {
        if let problem = ReportedProblem(verdict.state) { return problem.isRefuted(by: standing) }
        guard let standing, standing.isGood, standing.certainty == .authoritative else {
            return false
        }
        return !verdict.isGood
    }
}

extension Qualification.Kind {
    fileprivate var names: LocalisedText {
        switch self {
        case .businessLicence: LocalisedText(zhCN: "营业执照", en: "business licence")
        case .telecomLicence: LocalisedText(zhCN: "增值电信业务经营许可证", en: "telecom licence")
        case .internetCulture:
            LocalisedText(zhCN: "网络文化经营许可证", en: "internet culture permit")
        case .tradePermit: LocalisedText(zhCN: "行业许可", en: "trade permit")
        case .issuerAuthorisation:
            LocalisedText(zhCN: "发行方授权书", en: "authorisation by the issuer")
        }
    }
}
