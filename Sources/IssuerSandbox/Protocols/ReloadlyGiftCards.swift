import HTTPTypes
import WireFormat

/// Reloadly gift cards: OAuth 2 client credentials at `/oauth/token`, orders, their cards and
/// their state. It proves which card was issued for a transaction; it cannot check one.
///
/// The cards of a transaction follow from its number: a scripted code is the PIN of the
/// transaction that its `serial` names, and for every other number the PIN is the number itself.
struct ReloadlyGiftCards: WireIssuer {
    static let wireProtocol = SandboxProtocol.reloadlyGiftCard
    static let basePath = "/reloadly"

    private static let token = SandboxQuestion(.reloadlyGiftCard, "token")
    private static let order = SandboxQuestion(.reloadlyGiftCard, "order")
    private static let cards = SandboxQuestion(.reloadlyGiftCard, "cards")
    private static let status = SandboxQuestion(.reloadlyGiftCard, "status")
    private static let mediaType = "application/com.reloadly.giftcards-v1+json"
    private static let secondsPerHour: Int64 = 3600

    private let desk: IssuerDesk

    init(_ desk: IssuerDesk) { self.desk = desk }

    static func settings(_ site: SandboxSite) -> [SandboxSetting] {
        [
            .plain("audience", SandboxCredentials.reloadlyAudience),
            .plain("token_url", site.origin + basePath + "/oauth/token"),
            .plain("client_id", site.credentials.reloadlyClient),
            .secret("client_secret", site.credentials.reloadlySecret),
        ]
    }

    static func wording(_ condition: CardCondition) -> String? {
        switch condition {
        case .good: "SUCCESSFUL, the card's number and PIN"
        case .revoked: "REFUNDED"
        case .disputed: "FAILED"
        case .notFound: "404 TRANSACTION_NOT_FOUND"
        case .pending: "PROCESSING"
        case .notActivated: "PENDING"
        case .unknownWord: "FROZEN"
        case .used, .usedBySame, .partiallyUsed, .reserved, .expired, .locked, .wrongSecret,
            .unsupported, .faceMismatch, .busy, .rateLimited:
            nil
        }
    }

    var routes: [IssuerRoute] {
        [
            IssuerRoute(.post, Self.basePath + "/oauth/token", answerToken),
            IssuerRoute(.post, Self.basePath + "/orders", answerOrder),
            IssuerRoute(.get, Self.basePath + "/orders/transactions/{id}/cards", answerCards),
            IssuerRoute(.get, Self.basePath + "/reports/transactions/{id}", answerStatus),
        ]
    }

    /// A token is good until the hour after the one in which it was given ends.
    private var hour: Int64 { desk.now.secondsAndMilliseconds.seconds / Self.secondsPerHour }

    private func answerToken(_ request: IssuerRequest) -> IssuerOutcome {
        guard let json = request.json, json["grant_type"]?.stringValue == "client_credentials"
        else {
            return refused(Self.token, .badRequest, "INVALID_REQUEST", "Unsupported grant type")
        }
        guard json["client_id"]?.stringValue == desk.credentials.reloadlyClient,
            json["client_secret"]?.stringValue == desk.credentials.reloadlySecret
        else {
            return refused(Self.token, .unauthorized, "INVALID_CREDENTIALS", "Access Denied")
        }
        guard json["audience"]?.stringValue == SandboxCredentials.reloadlyAudience else {
            return refused(Self.token, .badRequest, "INVALID_AUDIENCE", "Unknown audience")
        }
        return desk.refused(
            Self.token,
            .json([
                "access_token": .string(desk.credentials.reloadlyToken(hour: hour)),
                "scope": "developer", "expires_in": .integer(Self.secondsPerHour),
                "token_type": "Bearer",
            ])
        )
    }

    private func answerOrder(_ request: IssuerRequest) -> IssuerOutcome {
        if let refusal = refusal(request) { return desk.refused(Self.order, refusal) }
        guard let json = request.json, json["productId"]?.integerValue != nil,
            json["quantity"]?.integerValue == 1, let price = json["unitPrice"]?.lexeme,
            let identifier = json["customIdentifier"]?.stringValue, !identifier.isEmpty
        else {
            return refused(Self.order, .badRequest, "INVALID_REQUEST", "An order of one card")
        }
        guard let found = desk.books.ask(identifier, Self.order) else {
            return desk.refused(
                Self.order,
                errorReply(.serviceUnavailable, IssuerReply.booksAreFull)
            )
        }
        let id = Int64(found.record.identifier(from: 100_000))
        return .answered(
            .json([
                "transactionId": .integer(id), "amount": .decimal(price),
                "currencyCode": .string(found.record.currency),
                "customIdentifier": .string(identifier),
                "status": .string(state(found.record)),
            ]),
            code: identifier,
            found
        )
    }

    private func answerCards(_ request: IssuerRequest) -> IssuerOutcome {
        if let refusal = refusal(request) { return desk.refused(Self.cards, refusal) }
        guard let id = transaction(request, before: "/cards"),
            let found = desk.books.ask(code(of: id), Self.cards)
        else { return refused(Self.cards, .notFound, "TRANSACTION_NOT_FOUND", "No transaction") }
        let record = found.record
        let code = code(of: id)
        let reply: IssuerReply =
            switch state(record) {
            case "SUCCESSFUL":
                .json([["cardNumber": .string(id), "pinCode": .string(pin(record, code))]])
            case "NOT_FOUND":
                error(.notFound, "TRANSACTION_NOT_FOUND", "No transaction")
            default: error(.badRequest, "TRANSACTION_NOT_SUCCESSFUL", "No cards yet")
            }
        return .answered(reply, code: code, found)
    }

    private func answerStatus(_ request: IssuerRequest) -> IssuerOutcome {
        if let refusal = refusal(request) { return desk.refused(Self.status, refusal) }
        guard let id = transaction(request, before: ""),
            let found = desk.books.ask(code(of: id), Self.status)
        else { return refused(Self.status, .notFound, "TRANSACTION_NOT_FOUND", "No transaction") }
        let state = state(found.record)
        let reply: IssuerReply =
            state == "NOT_FOUND"
            ? error(.notFound, "TRANSACTION_NOT_FOUND", "No transaction")
            : .json([
                "transactionId": .string(id), "status": .string(state),
                "amount": .decimal(IssuerRecord.major(found.record.valueMinorUnits)),
                "currencyCode": .string(found.record.currency),
                "transactionCreatedTime": .string(found.record.issuedAt.rfc3339),
            ])
        return .answered(reply, code: code(of: id), found)
    }

    private func code(of id: String) -> String { desk.books.key(forSerial: id) ?? id }

    private func pin(_ record: IssuerRecord, _ code: String) -> String {
        record.namesOtherCode ? "0000000000000000" : code
    }

    private func state(_ record: IssuerRecord) -> String {
        if let word = record.word { return word }
        switch record.condition {
        case .revoked: return "REFUNDED"
        case .disputed: return "FAILED"
        case .notFound: return "NOT_FOUND"
        case .pending: return "PROCESSING"
        case .notActivated: return "PENDING"
        case .unknownWord: return "FROZEN"
        case .good, .used, .usedBySame, .partiallyUsed, .reserved, .expired, .locked,
            .wrongSecret, .unsupported, .faceMismatch, .busy, .rateLimited:
            return "SUCCESSFUL"
        }
    }
}

extension ReloadlyGiftCards {
    private func transaction(_ request: IssuerRequest, before suffix: String) -> String? {
        let path = request.target.prefix { $0 != "?" }.dropLast(suffix.count)
        return path.split(separator: "/").last.map(String.init)
    }

    private func refusal(_ request: IssuerRequest) -> IssuerReply? {
        let tokens = [hour, hour - 1].map(desk.credentials.reloadlyToken)
        guard let bearer = request.bearer, tokens.contains(bearer) else {
            return error(.unauthorized, "TOKEN_EXPIRED", "Full authentication is required")
        }
        guard request.header("Accept")?.hasPrefix(Self.mediaType) == true else {
            return error(.notAcceptable, "INVALID_ACCEPT", "Accept \(Self.mediaType)")
        }
        return nil
    }

    private func refused(
        _ question: SandboxQuestion,
        _ status: HTTPResponse.Status,
        _ code: String,
        _ text: String
    ) -> IssuerOutcome { desk.refused(question, error(status, code, text)) }

    private func error(
        _ status: HTTPResponse.Status,
        _ code: String,
        _ text: String
    ) -> IssuerReply {
        .json(
            [
                "timeStamp": .string(desk.now.rfc3339Seconds), "message": .string(text),
                "path": "/", "errorCode": .string(code), "infoLink": nil, "details": [],
            ],
            status: status
        )
    }

    func errorReply(_ status: HTTPResponse.Status, _ text: String) -> IssuerReply {
        error(status, "INTERNAL_ERROR", text)
    }

    var otherDocument: IssuerReply { .json(["content": [], "totalElements": 0]) }

    var contradiction: IssuerReply {
        .rawJSON(#"[{"cardNumber":"1","pinCode":"1","pinCode":"2"}]"#)
    }
}
