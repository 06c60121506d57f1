import CardModel
import WireFormat

/// Reads `fixtures/answers.yaml`.
struct FixtureParser {
    private static let keys = ["adapter", "settings", "secrets", "attacks", "cases"]
    /// Members of `attacks` that name no case.
    private static let signatures = ["signature", "callback_signature"]
    private static let caseKeys = [
        "name", "operation", "serial", "key", "product", "format", "face_value", "expires_on",
        "asked_at", "delivered_at", "issuer_reference", "nonce", "continuation", "order",
        "callback", "answers", "expect",
    ]

    /// The verbs of an adapter, as a fixture names them.
    private enum Operation: String, CaseIterable {
        case inquire, redeem, query, callback
    }

    func parse(_ root: ManifestNode) -> ConformanceFixtures? {
        guard let top = root.members(known: Self.keys),
            let adapter = required("adapter", top, root)?.nonEmptyText(),
            let list = required("cases", top, root)?.elements()
        else { return nil }
        let settings = texts(top["settings"])
        let secrets = texts(top["secrets"])
        var fixtures = ConformanceFixtures(
            configuration: AdapterConfiguration(
                id: adapter,
                settings: settings,
                secrets: secrets.mapValues(SecretValue.init)
            ),
            secretMarks: secrets.values.sorted(),
            cases: self.fixtures(list)
        )
        guard let attacks = top["attacks"] else { return fixtures }
        let points = ConformanceFixtures.Attacks.points
        let members = attacks.members(known: points.map(\.name) + Self.signatures) ?? [:]
        fixtures.attacks.signature = members["signature"]?.nonEmptyText()
        fixtures.attacks.callbackSignature = members["callback_signature"]?.nonEmptyText()
        for (name, path) in points {
            guard let node = members[name] else { continue }
            fixtures.attacks[keyPath: path] = named(node, in: fixtures.cases)
        }
        return fixtures
    }

    /// An attack point names one case, and so does a line of a report.
    private func fixtures(_ nodes: [ManifestNode]) -> [ConformanceFixture] {
        var names: Set<String> = []
        return nodes.compactMap { node in
            let fixture = fixture(node)
            if let name = fixture?.name, !names.insert(name).inserted {
                node.fail("a case named `\(name)` stands above already")
            }
            return fixture
        }
    }

    private func fixture(_ node: ManifestNode) -> ConformanceFixture? {
        guard let members = node.members(known: Self.caseKeys) else { return nil }
        let name = required("name", members, node)?.nonEmptyText()
        let word = members["operation"]
        let operation: Operation? = word == nil ? .inquire : word?.word(Operation.self)
        let question = operation.flatMap { self.question($0, members, node) }
        let answers = members["answers"]?.elements()?.compactMap(answer) ?? []
        let expected = required("expect", members, node).flatMap(expectation)
        guard let name, let question, let expected else { return nil }
        return ConformanceFixture(
            name: name,
            question: question,
            answers: answers,
            expected: expected
        )
    }

    private func question(
        _ operation: Operation,
        _ members: [String: ManifestNode],
        _ node: ManifestNode
    ) -> ConformanceFixture.Question? {
        guard let inquiry = inquiry(members, node) else { return nil }
        if operation == .inquire { return .inquire(inquiry) }
        guard let order = required("order", members, node).flatMap({ order($0, inquiry) })
        else { return nil }
        switch operation {
        case .inquire: return .inquire(inquiry)
        case .redeem: return .redeem(order)
        case .query: return .query(order)
        case .callback:
            return required("callback", members, node)
                .flatMap { callback($0, inquiry.askedAt) }.map { .callback($0, about: order) }
        }
    }

    private func inquiry(_ members: [String: ManifestNode], _ node: ManifestNode) -> Inquiry? {
        let askedAt = required("asked_at", members, node).flatMap(instant)
        let key = required("key", members, node)?.text()
        let format = members["format"].map(self.format) ?? .generic
        guard let askedAt, let key, let format else { return nil }
        return Inquiry(
            code: CardCode(
                serial: members["serial"]?.text().map { SerialNumber($0) },
                key: CardKey(key)
            ),
            product: members["product"]?.text() ?? "fixture",
            faceValue: members["face_value"].flatMap(money),
            expiresOn: members["expires_on"].flatMap(date),
            askedAt: askedAt,
            deliveredAt: members["delivered_at"].flatMap(instant),
            format: format,
            issuerReference: members["issuer_reference"]?.text().map { SecretValue($0) },
            nonce: members["nonce"].flatMap(nonce) ?? 0,
            continuation: members["continuation"]?.text()
        )
    }

    private func order(_ node: ManifestNode, _ inquiry: Inquiry) -> RedemptionOrder? {
        let known = ["number", "placed_at", "beneficiary", "callback_url"]
        guard let members = node.members(known: known) else { return nil }
        let range = RedemptionOrder.numberRange
        let number = required("number", members, node)?
            .integer(in: Int(range.lowerBound)...Int(range.upperBound))
        guard let number else { return nil }
        return RedemptionOrder(
            inquiry: inquiry,
            number: UInt64(number),
            placedAt: members["placed_at"].flatMap(instant) ?? inquiry.askedAt,
            beneficiary: members["beneficiary"]?.text().map { SecretValue($0) },
            callbackURL: members["callback_url"]?.text()
        )
    }

    private func callback(_ node: ManifestNode, _ receivedAt: Instant) -> IssuerCallback? {
        let known = ["method", "query", "headers", "body", "body_base64"]
        guard let members = node.members(known: known) else { return nil }
        return IssuerCallback(
            method: members["method"]?.text() ?? "GET",
            rawQuery: Array((members["query"]?.text() ?? "").utf8),
            headers: headers(members["headers"]),
            body: body(members),
            receivedAt: receivedAt
        )
    }

    private func answer(_ node: ManifestNode) -> OutboundResponse? {
        guard let members = node.members(known: ["status", "headers", "body", "body_base64"]),
            let status = required("status", members, node)?.integer(in: 100...599)
        else { return nil }
        return OutboundResponse(
            status: status,
            headers: headers(members["headers"]),
            body: body(members)
        )
    }

    private func headers(_ node: ManifestNode?) -> [(name: String, value: String)] {
        (node?.members() ?? []).compactMap { name, value in
            value.text().map { (name: name, value: $0) }
        }
    }

    /// Text, or base64 for bodies that are not UTF-8.
    private func body(_ members: [String: ManifestNode]) -> [UInt8] {
        guard let node = members["body_base64"] else {
            return Array((members["body"]?.text() ?? "").utf8)
        }
        if let bytes = node.text().flatMap({ Base64.decode($0) }) { return bytes }
        node.fail("must be base64")
        return []
    }

    private static let expectKeys = [
        "state", "certainty", "cause", "issuer_code", "issuer_text", "issuer_at", "expires_on",
        "actual_value", "retry_after_seconds", "continuation", "history_count", "requests",
        "disposition", "acknowledgement", "refusal", "balance_until", "term", "attributes",
        "used_by_hint", "login_anomaly",
    ]

    private func expectation(_ node: ManifestNode) -> ConformanceFixture.Expectation? {
        guard let members = node.members(known: Self.expectKeys) else { return nil }
        let refusal = members["refusal"].flatMap { $0.word(CallbackRefusal.Reason.self) }
        let state = members["state"]?.word(VerdictState.self)
        if refusal == nil, members["state"] == nil { node.fail("`state` is missing") }
        let term = members["term"]?.members(known: ["starts_at", "ends_at"])
        return ConformanceFixture.Expectation(
            state: state,
            certainty: members["certainty"]?.word(Certainty.self),
            cause: members["cause"]?.text().map(IndeterminateCause.init(rawValue:)),
            issuerCode: members["issuer_code"]?.text(),
            issuerText: members["issuer_text"]?.text(),
            issuerAt: members["issuer_at"].flatMap(instant),
            expiresOn: members["expires_on"].flatMap(date),
            actualValue: members["actual_value"].flatMap(money),
            balanceUntil: members["balance_until"].flatMap(date),
            termStartsAt: term?["starts_at"].flatMap(instant),
            termEndsAt: term?["ends_at"].flatMap(instant),
            attributes: members["attributes"].flatMap(attributes),
            usedByHint: members["used_by_hint"]?.text(),
            loginAnomaly: members["login_anomaly"]?.text(),
            retryAfter: members["retry_after_seconds"]?.integer(in: 0...86_400)
                .map { .seconds($0) },
            continuation: members["continuation"]?.text(),
            historyCount: members["history_count"]?.integer(in: 0...1000),
            requests: members["requests"]?.integer(in: 0...100),
            disposition: members["disposition"]?.word(RedemptionAnswer.Disposition.self),
            acknowledgement: members["acknowledgement"]?.text(),
            refusal: refusal
        )
    }

    private func attributes(_ node: ManifestNode) -> CodeAttributes? {
        if let attributes = CodeAttributes(texts(node)) { return attributes }
        node.fail("must be short texts by lower-case names")
        return nil
    }

    private func nonce(_ node: ManifestNode) -> UInt64? {
        node.integer(in: 0...Int(Inquiry.nonceRange.upperBound)).map { UInt64($0) }
    }

    private func named(
        _ node: ManifestNode,
        in cases: [ConformanceFixture]
    ) -> ConformanceFixture? {
        guard let name = node.text() else { return nil }
        if let found = cases.first(where: { $0.name == name }) { return found }
        node.fail(
            "there is no case `\(name)`",
            suggestion: NearestWord.to(name, among: cases.map(\.name))
        )
        return nil
    }

    private func required(
        _ name: String,
        _ members: [String: ManifestNode],
        _ parent: ManifestNode
    ) -> ManifestNode? {
        if members[name] == nil { parent.fail("`\(name)` is missing") }
        return members[name]
    }

    private func texts(_ node: ManifestNode?) -> [String: String] {
        var texts: [String: String] = [:]
        for (name, value) in node?.members() ?? [] { texts[name] = value.text() }
        return texts
    }

    private func format(_ node: ManifestNode) -> CardFormat? {
        guard let id = node.text() else { return nil }
        if let format = CardFormat.builtIn(id) { return format }
        node.fail("there is no card format `\(id)`")
        return nil
    }

    private func instant(_ node: ManifestNode) -> Instant? {
        guard let text = node.text() else { return nil }
        if let instant = Instant(rfc3339: text) { return instant }
        node.fail("must be an RFC 3339 time")
        return nil
    }

    private func date(_ node: ManifestNode) -> CalendarDate? {
        guard let text = node.text() else { return nil }
        if let date = CalendarDate(iso8601: text) { return date }
        node.fail("must be a date, YYYY-MM-DD")
        return nil
    }

    private func money(_ node: ManifestNode) -> Money? {
        guard let members = node.members(known: ["amount_minor", "currency"]),
            let amount = required("amount_minor", members, node)?.integer(in: 0...Int(Int32.max)),
            let currency = required("currency", members, node)?.text()
        else { return nil }
        let money = Money(minorUnits: Int64(amount), currency: currency)
        if money == nil { node.fail("`\(currency)` is no ISO 4217 currency") }
        return money
    }
}
