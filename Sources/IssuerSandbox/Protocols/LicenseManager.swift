import HTTPTypes
import WireFormat

/// License Manager for WooCommerce: `GET /wp-json/lmfwc/v2/licenses/{key}`, HTTP Basic with a
/// consumer key and its secret. Its own error text for an unknown key quotes the key.
struct LicenseManager: WireIssuer {
    static let wireProtocol = SandboxProtocol.lmfwc

    private static let question = SandboxQuestion(.lmfwc, "license")
    private static let product: Int64 = 4001

    private let desk: IssuerDesk

    init(_ desk: IssuerDesk) { self.desk = desk }

    static func settings(_ site: SandboxSite) -> [SandboxSetting] {
        [
            .plain("product_id", String(product)),
            .plain("consumer_key", site.credentials.lmfwcKey),
            .secret("consumer_secret", site.credentials.lmfwcSecret),
        ]
    }

    /// `status`: 1 sold, 2 delivered, 3 active, 4 inactive.
    static func wording(_ condition: CardCondition) -> String? {
        switch condition {
        case .good: "status 2, no activation"
        case .used, .usedBySame: "status 3, all activations taken"
        case .partiallyUsed: "status 3, some activations taken"
        case .expired: "status 2, expiresAt in the past"
        case .notActivated: "status 4"
        case .notFound: "404 lmfwc_rest_data_error"
        case .unknownWord: "status 9"
        case .reserved, .locked, .revoked, .wrongSecret, .unsupported, .faceMismatch, .busy,
            .rateLimited, .pending, .disputed:
            nil
        }
    }

    var routes: [IssuerRoute] {
        [IssuerRoute(.get, "/wp-json/lmfwc/v2/licenses/{key}", answer)]
    }

    private func answer(_ request: IssuerRequest) -> IssuerOutcome {
        let pair = desk.credentials.lmfwcKey + ":" + desk.credentials.lmfwcSecret
        guard let given = request.basic, given == BasicCredentials(pair) else {
            return desk.refused(
                Self.question,
                Self.error(
                    .unauthorized,
                    "lmfwc_rest_authentication_error",
                    "Consumer key or secret is invalid."
                )
            )
        }
        guard let key = request.lastSegment, !key.isEmpty else {
            return desk.refused(
                Self.question,
                Self.error(.notFound, "lmfwc_rest_data_error", "License Key ID invalid.")
            )
        }
        guard let found = desk.books.ask(key, Self.question) else {
            return desk.refused(
                Self.question,
                errorReply(.serviceUnavailable, IssuerReply.booksAreFull)
            )
        }
        guard found.record.condition != .notFound else {
            let text = "License Key: \(key) could not be found."
            return .answered(
                Self.error(.notFound, "lmfwc_rest_data_error", text),
                code: key,
                found
            )
        }
        return .answered(
            .json(["success": true, "data": .object(license(found, key: key))]),
            code: key,
            found
        )
    }

    private func license(_ found: IssuerBooks.Finding, key: String) -> JSONObject {
        let record = found.record
        let usual: Int64 =
            switch record.condition {
            case .notActivated: 4
            case .used, .usedBySame, .partiallyUsed: 3
            case .unknownWord: 9
            default: 2
            }
        let status = record.word.flatMap(DecimalAmount.whole) ?? usual
        return JSONObject([
            .init(name: "id", value: .integer(Int64(record.identifier(from: 0)))),
            .init(name: "orderId", value: .integer(Int64(record.identifier(from: 6000)))),
            .init(
                name: "productId",
                value: .integer(Self.product + (record.namesOtherProduct ? 1 : 0))
            ),
            .init(name: "userId", value: 1),
            .init(
                name: "licenseKey",
                value: .string(record.namesOtherCode ? "OTHER-KEY" : key)
            ),
            .init(name: "expiresAt", value: .string(Self.local(desk.expiry(found)))),
            .init(name: "validFor", value: nil),
            .init(name: "source", value: 1),
            .init(name: "status", value: .integer(status)),
            // An untouched licence has no count at all.
            .init(
                name: "timesActivated",
                value: record.seatsTaken == 0 ? nil : .integer(Int64(record.seatsTaken))
            ),
            .init(name: "timesActivatedMax", value: .integer(Int64(IssuerRecord.seatLimit))),
            .init(name: "createdAt", value: .string(Self.local(record.issuedAt))),
            .init(name: "createdBy", value: 1),
            .init(name: "updatedAt", value: .string(Self.local(record.usedAt ?? record.issuedAt))),
            .init(name: "updatedBy", value: 1),
            .init(name: "activationData", value: []),
        ])
    }

    /// `2027-11-20 15:59:59`, which is UTC on a server that is set up as WordPress recommends.
    private static func local(_ instant: Instant) -> String {
        let text = instant.rfc3339Seconds
        return text.prefix(10) + " " + text.dropFirst(11).dropLast()
    }

    private static func error(
        _ status: HTTPResponse.Status,
        _ code: String,
        _ text: String
    ) -> IssuerReply {
        .json(
            [
                "code": .string(code), "message": .string(text),
                "data": ["status": .integer(Int64(status.code))],
            ],
            status: status
        )
    }
}

extension LicenseManager {
    func errorReply(_ status: HTTPResponse.Status, _ text: String) -> IssuerReply {
        Self.error(status, "lmfwc_rest_error", text)
    }

    var otherDocument: IssuerReply { .json(["namespace": "lmfwc/v2", "routes": []]) }

    var contradiction: IssuerReply {
        .rawJSON(#"{"success":true,"data":{"status":2,"timesActivated":null,"status":4}}"#)
    }
}
