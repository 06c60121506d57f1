import HTTPTypes
import WireFormat

/// Square gift cards: `POST /v2/gift-cards/from-gan` and `GET /v2/gift-cards/activities`, bearer
/// token. The activities of a card are its history of use.
struct SquareGiftCards: WireIssuer {
    static let wireProtocol = SandboxProtocol.squareGiftCard

    private static let lookup = SandboxQuestion(.squareGiftCard, "from-gan")
    private static let history = SandboxQuestion(.squareGiftCard, "activities")
    private static let idPrefix = "gftc:"
    /// A foreign programme's number has at most this many symbols.
    private static let longestNumber = 255

    private let desk: IssuerDesk

    init(_ desk: IssuerDesk) { self.desk = desk }

    static func settings(_ site: SandboxSite) -> [SandboxSetting] {
        [.secret("access_token", site.credentials.squareToken)]
    }

    static func wording(_ condition: CardCondition) -> String? {
        switch condition {
        case .good: "ACTIVE, full balance"
        case .used, .usedBySame: "ACTIVE, balance 0"
        case .partiallyUsed: "ACTIVE, half of the balance"
        case .revoked: "DEACTIVATED"
        case .locked: "BLOCKED"
        case .notActivated: "PENDING"
        case .notFound: "404 NOT_FOUND"
        case .unknownWord: "FROZEN"
        case .reserved, .expired, .wrongSecret, .unsupported, .faceMismatch, .busy, .rateLimited,
            .pending, .disputed:
            nil
        }
    }

    var routes: [IssuerRoute] {
        [
            IssuerRoute(.post, "/v2/gift-cards/from-gan", answerLookup),
            IssuerRoute(.get, "/v2/gift-cards/activities", answerHistory),
        ]
    }

    private func answerLookup(_ request: IssuerRequest) -> IssuerOutcome {
        if let refusal = refusal(request) { return desk.refused(Self.lookup, refusal) }
        guard let gan = request.json?["gan"]?.stringValue, !gan.isEmpty,
            gan.utf8.count <= Self.longestNumber
        else {
            return desk.refused(
                Self.lookup,
                Self.error(.badRequest, "MISSING_REQUIRED_PARAMETER", "Missing gan", field: "gan")
            )
        }
        guard let found = desk.books.ask(gan, Self.lookup) else {
            return desk.refused(
                Self.lookup,
                errorReply(.serviceUnavailable, IssuerReply.booksAreFull)
            )
        }
        guard found.record.condition != .notFound else {
            return .answered(
                Self.error(.notFound, "NOT_FOUND", "Gift card not found."),
                code: gan,
                found
            )
        }
        return .answered(.json(["gift_card": card(found.record, gan: gan)]), code: gan, found)
    }

    private func answerHistory(_ request: IssuerRequest) -> IssuerOutcome {
        if let refusal = refusal(request) { return desk.refused(Self.history, refusal) }
        guard let id = request.query?["gift_card_id"], id.hasPrefix(Self.idPrefix),
            let ordinal = Int(id.dropFirst(Self.idPrefix.utf8.count)),
            let gan = desk.books.code(ordinal: ordinal)
        else {
            return desk.refused(
                Self.history,
                Self.error(.notFound, "NOT_FOUND", "Gift card not found.", field: "gift_card_id")
            )
        }
        guard let found = desk.books.ask(gan, Self.history) else {
            return desk.refused(
                Self.history,
                errorReply(.serviceUnavailable, IssuerReply.booksAreFull)
            )
        }
        return .answered(
            .json(["gift_card_activities": .array(activities(found.record))]),
            code: gan,
            found
        )
    }

    /// The token and, when it is sent, the version.
    private func refusal(_ request: IssuerRequest) -> IssuerReply? {
        guard request.bearer == desk.credentials.squareToken else {
            return Self.error(
                .unauthorized,
                "UNAUTHORIZED",
                "This request could not be authorized.",
                category: "AUTHENTICATION_ERROR"
            )
        }
        if let version = request.header("Square-Version"), CalendarDate(iso8601: version) == nil {
            return Self.error(.badRequest, "INVALID_SQUARE_VERSION_FORMAT", "Not a version.")
        }
        return nil
    }

    private func card(_ record: IssuerRecord, gan: String) -> JSONValue {
        [
            "id": .string(id(record)),
            "type": "DIGITAL",
            "gan_source": "SQUARE",
            "state": .string(record.word ?? state(record.condition)),
            "balance_money": Self.money(record.balanceMinorUnits, record),
            "gan": .string(record.namesOtherCode ? "7783320000000000" : gan),
            "created_at": .string(record.issuedAt.rfc3339),
        ]
    }

    private func id(_ record: IssuerRecord) -> String { Self.idPrefix + String(record.ordinal) }

    private func state(_ condition: CardCondition) -> String {
        switch condition {
        case .revoked: "DEACTIVATED"
        case .locked: "BLOCKED"
        case .notActivated: "PENDING"
        case .unknownWord: "FROZEN"
        case .good, .used, .usedBySame, .partiallyUsed, .reserved, .expired, .notFound,
            .wrongSecret, .unsupported, .faceMismatch, .busy, .rateLimited, .pending, .disputed:
            "ACTIVE"
        }
    }

    /// A use whose time is not told left no activity.
    private func activities(_ record: IssuerRecord) -> [JSONValue] {
        guard record.condition != .notActivated else { return [] }
        var activities = [activity(record, 1, "ACTIVATE", record.issuedAt, record.valueMinorUnits)]
        if let usedAt = record.usedAt {
            activities.append(activity(record, 2, "REDEEM", usedAt, record.balanceMinorUnits))
        }
        switch record.condition {
        case .locked: activities.append(activity(record, 3, "BLOCK", desk.books.start, 0))
        case .revoked: activities.append(activity(record, 3, "DEACTIVATE", desk.books.start, 0))
        default: break
        }
        return activities
    }

    private func activity(
        _ record: IssuerRecord,
        _ number: Int,
        _ type: String,
        _ instant: Instant,
        _ balance: Int64
    ) -> JSONValue {
        [
            "id": .string("gcact_\(record.ordinal)_\(number)"),
            "type": .string(type),
            "location_id": "SANDBOX",
            "created_at": .string(instant.rfc3339),
            "gift_card_id": .string(id(record)),
            "gift_card_balance_money": Self.money(balance, record),
        ]
    }

    private static func money(_ minorUnits: Int64, _ record: IssuerRecord) -> JSONValue {
        ["amount": .integer(minorUnits), "currency": .string(record.currency)]
    }

    private static func error(
        _ status: HTTPResponse.Status,
        _ code: String,
        _ detail: String,
        category: String = "INVALID_REQUEST_ERROR",
        field: String? = nil
    ) -> IssuerReply {
        var error = JSONObject([
            .init(name: "category", value: .string(category)),
            .init(name: "code", value: .string(code)),
            .init(name: "detail", value: .string(detail)),
        ])
        if let field { error["field"] = .string(field) }
        return .json(["errors": [.object(error)]], status: status)
    }
}

extension SquareGiftCards {
    func errorReply(_ status: HTTPResponse.Status, _ text: String) -> IssuerReply {
        let isRateLimited = status.code == 429
        return Self.error(
            status,
            isRateLimited ? "RATE_LIMITED" : "INTERNAL_SERVER_ERROR",
            text,
            category: isRateLimited ? "RATE_LIMIT_ERROR" : "API_ERROR"
        )
    }

    var otherDocument: IssuerReply { .json(["locations": []]) }

    var contradiction: IssuerReply {
        .rawJSON(
            #"{"gift_card":{"state":"ACTIVE","balance_money":{"amount":5000,"currency":"CNY"},"#
                + #""state":"DEACTIVATED"}}"#
        )
    }
}
