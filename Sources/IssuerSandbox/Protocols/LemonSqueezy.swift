import HTTPTypes
import WireFormat

/// Lemon Squeezy's licence validation: `POST /v1/licenses/validate`, a form, no credentials.
struct LemonSqueezy: WireIssuer {
    static let wireProtocol = SandboxProtocol.lemonSqueezy

    private static let question = SandboxQuestion(.lemonSqueezy, "validate")

    private let desk: IssuerDesk

    init(_ desk: IssuerDesk) { self.desk = desk }

    static func settings(_ site: SandboxSite) -> [SandboxSetting] {
        [
            .plain("store_id", String(SandboxCredentials.lemonSqueezyStore)),
            .plain("product_id", String(SandboxCredentials.lemonSqueezyProduct)),
        ]
    }

    static func wording(_ condition: CardCondition) -> String? {
        switch condition {
        case .good: "valid, inactive, usage 0"
        case .used, .usedBySame: "valid, active, usage at its limit"
        case .partiallyUsed: "valid, active, usage below its limit"
        case .expired: "400, status expired"
        case .revoked: "400, status disabled"
        case .notFound: "404"
        case .unknownWord: "valid, status frozen"
        case .reserved, .locked, .notActivated, .wrongSecret, .unsupported, .faceMismatch, .busy,
            .rateLimited, .pending, .disputed:
            nil
        }
    }

    var routes: [IssuerRoute] { [IssuerRoute(.post, "/v1/licenses/validate", answer)] }

    private func answer(_ request: IssuerRequest) -> IssuerOutcome {
        guard let form = request.form, let key = form["license_key"], !key.isEmpty else {
            return desk.refused(
                Self.question,
                .json(
                    [
                        "message": "The license key field is required.",
                        "errors": ["license_key": ["The license key field is required."]],
                    ],
                    status: .unprocessableContent
                )
            )
        }
        guard let found = desk.books.ask(key, Self.question) else {
            return desk.refused(
                Self.question,
                errorReply(.serviceUnavailable, IssuerReply.booksAreFull)
            )
        }
        return .answered(reply(found, key: key), code: key, found)
    }

    private func reply(_ found: IssuerBooks.Finding, key: String) -> IssuerReply {
        let record = found.record
        switch record.condition {
        case .notFound:
            return .json(
                ["valid": false, "error": "license_key not found."],
                status: .notFound
            )
        case .expired: return license(found, key, status: "expired", error: "license_key expired")
        case .revoked: return license(found, key, status: "disabled", error: "license_key disabled")
        case .unknownWord: return license(found, key, status: "frozen", error: nil)
        case .good, .used, .usedBySame, .partiallyUsed, .reserved, .locked, .notActivated,
            .wrongSecret, .unsupported, .faceMismatch, .busy, .rateLimited, .pending, .disputed:
            let status = record.seatsTaken == 0 ? "inactive" : "active"
            return license(found, key, status: record.word ?? status, error: nil)
        }
    }

    private func license(
        _ found: IssuerBooks.Finding,
        _ key: String,
        status: String,
        error: String?
    ) -> IssuerReply {
        let record = found.record
        return .json(
            [
                "valid": .bool(error == nil),
                "error": error.map { .string($0) } ?? nil,
                "license_key": [
                    "id": .integer(Int64(record.identifier(from: 0))),
                    "status": .string(status),
                    "key": .string(
                        record.namesOtherCode ? "00000000-0000-4000-8000-ffffffffffff" : key
                    ),
                    "activation_limit": .integer(Int64(IssuerRecord.seatLimit)),
                    "activation_usage": .integer(Int64(record.seatsTaken)),
                    "created_at": .string(record.issuedAt.rfc3339),
                    "expires_at": .string(desk.expiry(found).rfc3339),
                    "test_mode": false,
                ],
                "instance": nil,
                "meta": .object(Self.meta(record)),
            ],
            status: error == nil ? .ok : .badRequest
        )
    }

    private static func meta(_ record: IssuerRecord) -> JSONObject {
        let product = SandboxCredentials.lemonSqueezyProduct
        return JSONObject([
            .init(name: "store_id", value: .integer(SandboxCredentials.lemonSqueezyStore)),
            .init(name: "order_id", value: .integer(Int64(record.identifier(from: 7000)))),
            .init(name: "order_item_id", value: .integer(Int64(record.identifier(from: 8000)))),
            .init(
                name: "product_id",
                value: .integer(record.namesOtherProduct ? product + 1 : product)
            ),
            .init(name: "product_name", value: "Sandbox product"),
            .init(name: "variant_id", value: 1),
            .init(name: "variant_name", value: "Default"),
            .init(name: "customer_id", value: 1),
            .init(name: "customer_name", value: "Buyer"),
            .init(name: "customer_email", value: "buyer@example.invalid"),
        ])
    }
}

extension LemonSqueezy {
    func errorReply(_ status: HTTPResponse.Status, _ text: String) -> IssuerReply {
        .json(["message": .string(text)], status: status)
    }

    var otherDocument: IssuerReply { .json(["jsonapi": ["version": "1.0"], "data": []]) }

    var contradiction: IssuerReply {
        .rawJSON(#"{"valid":true,"error":null,"valid":false,"license_key":{"status":"disabled"}}"#)
    }
}
