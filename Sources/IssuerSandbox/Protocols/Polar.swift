import HTTPTypes
import WireFormat

/// Polar's licence validation for customers: `POST /v1/customer-portal/license-keys/validate`,
/// JSON, no credentials. Three kinds of key answer 404; only the detail tells them apart.
struct Polar: WireIssuer {
    static let wireProtocol = SandboxProtocol.polar

    private static let question = SandboxQuestion(.polar, "validate")
    private static let members: Set<String> = [
        "key", "organization_id", "activation_id", "benefit_id", "customer_id", "increment_usage",
        "conditions",
    ]

    private let desk: IssuerDesk

    init(_ desk: IssuerDesk) { self.desk = desk }

    static func settings(_ site: SandboxSite) -> [SandboxSetting] {
        [
            .plain("organization_id", SandboxCredentials.polarOrganization),
            .plain("benefit_id", benefit),
        ]
    }

    static func wording(_ condition: CardCondition) -> String? {
        switch condition {
        case .good: "granted, usage 0"
        case .used, .usedBySame: "granted, usage at its limit"
        case .partiallyUsed: "granted, usage below its limit"
        case .expired: "404 \(Detail.expired.rawValue)"
        case .revoked: "404 \(Detail.inactive.rawValue)"
        case .notFound: "404 \(Detail.unknown.rawValue)"
        case .unknownWord: "status frozen"
        case .reserved, .locked, .notActivated, .wrongSecret, .unsupported, .faceMismatch, .busy,
            .rateLimited, .pending, .disputed:
            nil
        }
    }

    private enum Detail: String {
        case unknown = "Not found"
        case expired = "License key has expired."
        case inactive = "License key is no longer active."
        case otherBenefit = "License key does not match given benefit."
    }

    var routes: [IssuerRoute] {
        [IssuerRoute(.post, "/v1/customer-portal/license-keys/validate", answer)]
    }

    private func answer(_ request: IssuerRequest) -> IssuerOutcome {
        guard let json = request.json, let object = json.objectValue,
            object.members.allSatisfy({ Self.members.contains($0.name) })
        else { return refused("body", "Input should be a valid dictionary") }
        guard let key = json["key"]?.stringValue, !key.isEmpty else {
            return refused("key", "Field required")
        }
        guard let organization = json["organization_id"]?.stringValue else {
            return refused("organization_id", "Field required")
        }
        guard organization == SandboxCredentials.polarOrganization else {
            return desk.refused(Self.question, Self.notFound(.unknown))
        }
        let increment = json["increment_usage"]?.integerValue ?? 0
        guard let found = desk.books.ask(key, Self.question, countsUse: increment > 0) else {
            return desk.refused(
                Self.question,
                errorReply(.serviceUnavailable, IssuerReply.booksAreFull)
            )
        }
        let benefit = json["benefit_id"]?.stringValue
        return .answered(reply(found, key: key, benefit: benefit), code: key, found)
    }

    private func refused(_ member: String, _ text: String) -> IssuerOutcome {
        desk.refused(
            Self.question,
            .json(
                [
                    "error": "RequestValidationError",
                    "detail": [
                        [
                            "loc": ["body", .string(member)], "msg": .string(text),
                            "type": "missing",
                        ]
                    ],
                ],
                status: .unprocessableContent
            )
        )
    }

    private func reply(_ found: IssuerBooks.Finding, key: String, benefit: String?) -> IssuerReply {
        let record = found.record
        switch record.condition {
        case .notFound: return Self.notFound(.unknown)
        case .expired: return Self.notFound(.expired)
        case .revoked: return Self.notFound(.inactive)
        case .good, .used, .usedBySame, .partiallyUsed, .reserved, .locked, .notActivated,
            .wrongSecret, .unsupported, .faceMismatch, .busy, .rateLimited, .pending, .disputed,
            .unknownWord:
            if let benefit, record.namesOtherProduct || benefit != Self.benefit {
                return Self.notFound(.otherBenefit)
            }
            return .json(.object(license(found, key: key)))
        }
    }

    private static let benefit = "00000000-0000-4000-8000-0000000d0001"

    private func license(_ found: IssuerBooks.Finding, key: String) -> JSONObject {
        let record = found.record
        let told = record.namesOtherCode ? "SANDBOX-00000000-0000-4000-8000-FFFFFFFFFFFF" : key
        let status = record.condition == .unknownWord ? "frozen" : "granted"
        let other = "00000000-0000-4000-8000-0000000d0002"
        return JSONObject([
            .init(name: "id", value: .string(record.uuid)),
            .init(name: "organization_id", value: .string(SandboxCredentials.polarOrganization)),
            .init(name: "customer_id", value: "00000000-0000-4000-8000-0000000e0001"),
            .init(
                name: "benefit_id",
                value: .string(record.namesOtherProduct ? other : Self.benefit)
            ),
            .init(name: "key", value: .string(told)),
            .init(name: "display_key", value: .string("****-" + told.suffix(6))),
            .init(name: "status", value: .string(record.word ?? status)),
            .init(name: "limit_activations", value: nil),
            .init(name: "usage", value: .integer(Int64(record.seatsTaken + record.countedUses))),
            .init(name: "limit_usage", value: .integer(Int64(IssuerRecord.seatLimit))),
            .init(name: "validations", value: .integer(Int64(record.asks))),
            .init(name: "last_validated_at", value: .string(found.askedAt.rfc3339)),
            .init(name: "expires_at", value: .string(desk.expiry(found).rfc3339)),
            .init(name: "activation", value: nil),
        ])
    }

    private static func notFound(_ detail: Detail) -> IssuerReply {
        .json(
            ["error": "ResourceNotFound", "detail": .string(detail.rawValue)],
            status: .notFound
        )
    }
}

extension Polar {
    func errorReply(_ status: HTTPResponse.Status, _ text: String) -> IssuerReply {
        .json(["error": "PolarError", "detail": .string(text)], status: status)
    }

    var otherDocument: IssuerReply { .json(["items": [], "pagination": ["total_count": 0]]) }

    var contradiction: IssuerReply {
        .rawJSON(#"{"status":"granted","usage":0,"status":"revoked","usage":2,"limit_usage":2}"#)
    }
}
