import HTTPTypes
import WireFormat

/// Gumroad's licence verification: `POST /v2/licenses/verify`, a form, no credentials.
///
/// A verification counts a use unless it says `increment_uses_count=false`.
struct Gumroad: WireIssuer {
    static let wireProtocol = SandboxProtocol.gumroad

    private static let question = SandboxQuestion(.gumroad, "verify")
    private static let product = "Sandbox product"

    private let desk: IssuerDesk

    init(_ desk: IssuerDesk) { self.desk = desk }

    static func settings(_ site: SandboxSite) -> [SandboxSetting] {
        [.plain("product_id", SandboxCredentials.gumroadProduct)]
    }

    static func wording(_ condition: CardCondition) -> String? {
        switch condition {
        case .good: "success, uses 0"
        case .used, .usedBySame: "success, uses 1"
        case .disputed: "success, disputed"
        case .expired: Message.expired.rawValue
        case .revoked: Message.disabled.rawValue
        case .notFound: Message.unknown.rawValue
        case .unknownWord: "404 with another message"
        case .partiallyUsed, .reserved, .locked, .notActivated, .wrongSecret, .unsupported,
            .faceMismatch, .busy, .rateLimited, .pending:
            nil
        }
    }

    private enum Message: String {
        case unknown = "That license does not exist for the provided product."
        case disabled = "This license key has been disabled."
        case expired = "Access to the purchase associated with this license has expired."
        case undocumented = "This license is in another dimension."
    }

    var routes: [IssuerRoute] { [IssuerRoute(.post, "/v2/licenses/verify", answer)] }

    private func answer(_ request: IssuerRequest) -> IssuerOutcome {
        guard let form = request.form, let key = form["license_key"], !key.isEmpty else {
            return desk.refused(Self.question, Self.failure(.unknown))
        }
        guard form["product_id"] == SandboxCredentials.gumroadProduct else {
            return desk.refused(Self.question, Self.failure(.unknown))
        }
        let countsUse = form["increment_uses_count"] != "false"
        guard let found = desk.books.ask(key, Self.question, countsUse: countsUse) else {
            return desk.refused(
                Self.question,
                errorReply(.serviceUnavailable, IssuerReply.booksAreFull)
            )
        }
        return .answered(reply(found, key: key), code: key, found)
    }

    private func reply(_ found: IssuerBooks.Finding, key: String) -> IssuerReply {
        // A key of another product does not exist for this one.
        if found.record.namesOtherProduct { return Self.failure(.unknown) }
        switch found.record.condition {
        case .expired: return Self.failure(.expired)
        case .revoked: return Self.failure(.disabled)
        case .notFound: return Self.failure(.unknown)
        case .unknownWord: return Self.failure(.undocumented)
        case .good, .used, .usedBySame, .partiallyUsed, .reserved, .locked, .notActivated,
            .wrongSecret, .unsupported, .faceMismatch, .busy, .rateLimited, .pending, .disputed:
            return .json(success(found.record, key: key))
        }
    }

    private func success(_ record: IssuerRecord, key: String) -> JSONValue {
        let isUsed = record.condition == .used || record.condition == .usedBySame
        return [
            "success": true,
            "uses": .integer(Int64((isUsed ? 1 : 0) + record.countedUses)),
            "purchase": .object(purchase(record, key: key)),
        ]
    }

    /// The fields that a scripted word sets to true, or ends the subscription at.
    private func purchase(_ record: IssuerRecord, key: String) -> JSONObject {
        let bought = record.issuedAt.rfc3339Seconds
        let flags = ["refunded", "chargebacked", "dispute_won", "test"]
        let ends = [
            "subscription_ended_at", "subscription_cancelled_at", "subscription_failed_at",
        ]
        var members = JSONObject([
            .init(name: "id", value: .string("purchase-\(record.ordinal)")),
            .init(name: "product_id", value: .string(SandboxCredentials.gumroadProduct)),
            .init(name: "product_name", value: .string(Self.product)),
            .init(name: "permalink", value: "sandbox"),
            .init(name: "email", value: "buyer@example.invalid"),
            .init(name: "price", value: .integer(record.valueMinorUnits)),
            .init(name: "currency", value: .string(record.currency.lowercased())),
            .init(name: "quantity", value: 1),
            .init(name: "order_number", value: .integer(Int64(record.identifier(from: 500_000)))),
            .init(name: "sale_id", value: .string("sale-\(record.ordinal)")),
            .init(name: "sale_timestamp", value: .string(bought)),
            .init(name: "created_at", value: .string(bought)),
            .init(
                name: "license_key",
                value: .string(record.namesOtherCode ? "00000000-00000000-00000000-00000000" : key)
            ),
            .init(name: "disputed", value: .bool(record.condition == .disputed)),
        ])
        for flag in flags where flag != "test" || record.word == flag {
            members[flag] = .bool(record.word == flag)
        }
        for end in ends { members[end] = record.word == end ? .string(bought) : .null }
        return members
    }

    private static func failure(_ message: Message) -> IssuerReply {
        .json(["success": false, "message": .string(message.rawValue)], status: .notFound)
    }
}

extension Gumroad {
    func errorReply(_ status: HTTPResponse.Status, _ text: String) -> IssuerReply {
        .json(["status": .integer(Int64(status.code)), "error": .string(text)], status: status)
    }

    var otherDocument: IssuerReply { .json(["success": true, "products": []]) }

    var contradiction: IssuerReply {
        .rawJSON(#"{"success":true,"uses":0,"purchase":{},"success":false,"uses":1}"#)
    }
}
