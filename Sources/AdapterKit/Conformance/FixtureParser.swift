import CardModel
import WireFormat

/// Reads `fixtures/answers.yaml`.
struct FixtureParser {
    private static let keys = ["adapter", "settings", "secrets", "attacks", "cases"]
    private static let caseKeys = [
        "name", "serial", "key", "product", "format", "face_value", "expires_on", "asked_at",
        "delivered_at", "answers", "expect",
    ]
    private static let expectKeys = [
        "state", "certainty", "cause", "issuer_code", "issuer_text", "issuer_at", "expires_on",
        "actual_value", "requests",
    ]

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
            secretMarks: Array(secrets.values),
            cases: list.compactMap(fixture)
        )
        guard let attacks = top["attacks"] else { return fixtures }
        let members = attacks.members(known: ["good", "unmapped", "echo"]) ?? [:]
        fixtures.good = members["good"].flatMap { named($0, in: fixtures.cases) }
        fixtures.unmapped = members["unmapped"].flatMap { named($0, in: fixtures.cases) }
        fixtures.echo = members["echo"].flatMap { named($0, in: fixtures.cases) }
        return fixtures
    }

    private func fixture(_ node: ManifestNode) -> ConformanceFixture? {
        guard let members = node.members(known: Self.caseKeys) else { return nil }
        let name = required("name", members, node)?.nonEmptyText()
        let inquiry = inquiry(members, node)
        let answers = members["answers"]?.elements()?.compactMap(answer) ?? []
        let expected = required("expect", members, node).flatMap(expectation)
        guard let name, let inquiry, let expected else { return nil }
        return ConformanceFixture(
            name: name,
            inquiry: inquiry,
            answers: answers,
            expected: expected
        )
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
            format: format
        )
    }

    private func answer(_ node: ManifestNode) -> OutboundResponse? {
        guard let members = node.members(known: ["status", "headers", "body"]),
            let status = required("status", members, node)?.integer(in: 100...599)
        else { return nil }
        let headers = (members["headers"]?.members() ?? []).compactMap { name, value in
            value.text().map { (name: name, value: $0) }
        }
        return OutboundResponse(
            status: status,
            headers: headers,
            body: Array((members["body"]?.text() ?? "").utf8)
        )
    }

    private func expectation(_ node: ManifestNode) -> ConformanceFixture.Expectation? {
        guard let members = node.members(known: Self.expectKeys),
            let state = required("state", members, node)?.word(VerdictState.self)
        else { return nil }
        return ConformanceFixture.Expectation(
            state: state,
            certainty: members["certainty"]?.word(Certainty.self),
            cause: members["cause"]?.text().map(IndeterminateCause.init(rawValue:)),
            issuerCode: members["issuer_code"]?.text(),
            issuerText: members["issuer_text"]?.text(),
            issuerAt: members["issuer_at"].flatMap(instant),
            expiresOn: members["expires_on"].flatMap(date),
            actualValue: members["actual_value"].flatMap(money),
            requests: members["requests"]?.integer(in: 0...100)
        )
    }

    private func named(
        _ node: ManifestNode,
        in cases: [ConformanceFixture]
    ) -> ConformanceFixture? {
        guard let name = node.text() else { return nil }
        if let found = cases.first(where: { $0.name == name }) { return found }
        node.fail(
            "there is no case `\(name)`",
            suggestion: Suggestion.nearest(to: name, among: cases.map(\.name))
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
