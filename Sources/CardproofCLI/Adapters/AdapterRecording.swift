import AdapterKit
import CardModel
import WireFormat

/// What an issuer said while it was recorded, code by code, and the fixture file that it makes.
actor AdapterRecording {
    /// Answers that one code may get.
    private static let mostAnswers = 32

    struct Case: Sendable {
        var disguise: CodeDisguise
        var askedAt: Instant?
        var answers: [OutboundResponse] = []
    }

    /// What became of one exchange.
    enum Keeping: Sendable {
        case kept(String)
        /// None of the given codes stands in the request: it could hold another one.
        case unknownCode
        /// A fixture holds text.
        case notText
        case tooMany
    }

    private(set) var cases: [Case]

    init(_ disguises: [CodeDisguise]) {
        cases = disguises.map { Case(disguise: $0) }
    }

    /// Headers that belong to a connection, to a session, or to the body's coding.
    private static let droppedHeaders: Set<String> = [
        "authorization", "connection", "content-encoding", "content-length", "cookie",
        "keep-alive", "proxy-authorization", "set-cookie", "transfer-encoding",
    ]

    /// Keeps an answer without the code and the credentials.
    ///
    /// - Parameter asked: everything that was sent: target, headers and body.
    func keep(_ response: OutboundResponse, asked: [UInt8], at now: Instant) -> Keeping {
        guard let index = cases.firstIndex(where: { $0.disguise.isNamed(in: asked) }) else {
            return .unknownCode
        }
        guard cases[index].answers.count < Self.mostAnswers else { return .tooMany }
        guard String(validating: response.body, as: UTF8.self) != nil else { return .notText }
        var kept = OutboundResponse(status: response.status)
        kept.headers = response.headers.filter {
            !Self.droppedHeaders.contains($0.name.lowercased())
        }.map { header in
            let value = disguised(Array(header.value.utf8), first: index)
            return (name: header.name, value: String(decoding: value, as: UTF8.self))
        }
        kept.body = disguised(response.body, first: index)
        cases[index].askedAt = cases[index].askedAt ?? now
        cases[index].answers.append(kept)
        return .kept("recorded-\(index + 1)")
    }

    /// The bytes without any of the codes: an answer may name another one than was asked about.
    private func disguised(_ bytes: [UInt8], first index: Int) -> [UInt8] {
        let others = cases.indices.filter { $0 != index }
        return ([index] + others).reduce(bytes) { cases[$1].disguise.applied(to: $0) }
    }

    /// Whether anything was kept.
    var hasCases: Bool { cases.contains { !$0.answers.isEmpty } }

    /// The recorded cases as a fixture file, with what the adapter makes of them.
    func fixtures(
        _ factory: AdapterFactory,
        _ configuration: AdapterConfiguration,
        format: CardFormat
    ) async throws -> String {
        let adapter = try factory.adapter(configuredBy: configuration)
        var lines: [String] = []
        var good: String?
        for (index, recorded) in cases.enumerated() {
            guard let askedAt = recorded.askedAt else { continue }
            let name = "recorded-\(index + 1)"
            let inquiry = Inquiry(
                code: recorded.disguise.code,
                product: "fixture",
                askedAt: askedAt,
                format: format
            )
            let issuer = ScriptedIssuer(answers: recorded.answers)
            let expected: String
            do throws(AdapterError) {
                let result = try await adapter.inquire(inquiry, using: issuer)
                if result.state == .okUnused { good = good ?? name }
                expected = Self.expectation(result, requests: await issuer.requests.count)
            } catch {
                expected = "{state: indeterminate, cause: \(error.cause.rawValue)}"
            }
            lines += Self.lines(name, recorded, askedAt, format, expected)
        }
        return (Self.head(factory.descriptor.id, configuration, good: good) + lines)
            .joined(separator: "\n")
    }

    private static func head(
        _ id: String,
        _ configuration: AdapterConfiguration,
        good: String?
    ) -> [String] {
        let settings = configuration.settings.sorted { $0.key < $1.key }.map {
            "\($0): \(quoted($1))"
        }
        let secrets = configuration.secrets.sorted { $0.key < $1.key }.map { name, secret in
            "\(name): \(quoted(secret.withUnredacted { $0 }))"
        }
        return [
            "# Recorded from the issuer. Codes and secrets were replaced by synthetic ones; what",
            "# people are called in it was not: read it before you keep it.",
            "# `attacks` has to name `good` (of who redeems, `redeemed`) and `unmapped` (a word",
            "# that nobody mapped); where a result keeps the issuer's text, `echo` (there",
            "# ECHO-GOES-HERE stands in that text); where answers are verified, `signed` and",
            "# `signature`; where the issuer reports by itself, `callback`. What is missing is to",
            "# be written by hand.",
            "adapter: \(id)", "settings: {\(settings.joined(separator: ", "))}",
            "secrets: {\(secrets.joined(separator: ", "))}",
            "attacks: {\(good.map { "good: \($0)" } ?? "")}", "cases:",
        ]
    }

    private static func lines(
        _ name: String,
        _ recorded: Case,
        _ askedAt: Instant,
        _ format: CardFormat,
        _ expected: String
    ) -> [String] {
        var lines = ["  - name: \(name)"]
        if let serial = recorded.disguise.code.serial {
            lines.append("    serial: \(quoted(serial.text))")
        }
        lines.append("    key: \(quoted(recorded.disguise.code.key.withUnredacted { $0 }))")
        lines += ["    asked_at: \(askedAt.rfc3339)", "    format: \(format.id)", "    answers:"]
        for answer in recorded.answers {
            lines.append("      - status: \(answer.status)")
            var names: Set<String> = []
            let headers = answer.headers.filter { names.insert($0.name.lowercased()).inserted }
                .map { "\(quoted($0.name)): \(quoted($0.value))" }
            lines.append("        headers: {\(headers.joined(separator: ", "))}")
            lines.append(
                "        body: \(quoted(String(decoding: answer.body, as: UTF8.self)))"
            )
        }
        return lines + ["    expect: \(expected)"]
    }

    private static func expectation(_ result: InquiryResult, requests: Int) -> String {
        var members = ["state: \(result.state.rawValue)"]
        if let cause = result.cause { members.append("cause: \(cause.rawValue)") }
        if let code = result.issuer.code { members.append("issuer_code: \(quoted(code))") }
        if let at = result.issuer.at { members.append("issuer_at: \(at.rfc3339)") }
        if let day = result.expiresOn { members.append("expires_on: \(day.iso8601)") }
        if let value = result.actualValue {
            members.append(
                "actual_value: {amount_minor: \(value.minorUnits), currency: \(value.currency)}"
            )
        }
        members += promised(result)
        members.append("requests: \(requests)")
        return "{\(members.joined(separator: ", "))}"
    }

    private static func promised(_ result: InquiryResult) -> [String] {
        var members: [String] = []
        if let day = result.balanceUntil { members.append("balance_until: \(day.iso8601)") }
        if let term = result.term {
            members.append(
                "term: {starts_at: \(term.start.rfc3339), ends_at: \(term.end.rfc3339)}")
        }
        if !result.attributes.isEmpty {
            let told = result.attributes.sorted.map { "\($0.name): \(quoted($0.value))" }
            members.append("attributes: {\(told.joined(separator: ", "))}")
        }
        return members
    }

    /// A JSON string is a YAML one.
    private static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        JSONText.appendString(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
