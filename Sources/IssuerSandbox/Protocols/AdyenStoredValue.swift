import HTTPTypes
import WireFormat

/// Adyen's Stored Value API v46: `POST /pal/servlet/StoredValue/v46/checkBalance`, JSON, API key.
struct AdyenStoredValue: WireIssuer {
    static let wireProtocol = SandboxProtocol.adyenGiftCard
    static let basePath = "/pal/servlet/StoredValue/v46"

    private static let question = SandboxQuestion(.adyenGiftCard, "checkBalance")

    private let desk: IssuerDesk

    init(_ desk: IssuerDesk) { self.desk = desk }

    static func settings(_ site: SandboxSite) -> [SandboxSetting] {
        [
            .plain("merchant_account", SandboxCredentials.adyenMerchant),
            .plain("brand", "givex"),
            .secret("api_key", site.credentials.adyenKey),
        ]
    }

    static func wording(_ condition: CardCondition) -> String? {
        switch condition {
        case .good: "Success, full balance"
        case .used, .usedBySame: "Success, balance 0"
        case .partiallyUsed: "Success, half of the balance"
        case .expired: "Refused, Expired Card"
        case .revoked: "Refused, Blocked Card"
        case .notFound: "Refused, Invalid Card Number"
        case .wrongSecret: "Refused, Invalid Pin"
        case .busy: "Error, Issuer Unavailable"
        case .unknownWord: "Frozen"
        case .reserved, .locked, .notActivated, .unsupported, .faceMismatch, .rateLimited, .pending,
            .disputed:
            nil
        }
    }

    var routes: [IssuerRoute] { [IssuerRoute(.post, Self.basePath + "/checkBalance", answer)] }

    private func answer(_ request: IssuerRequest) -> IssuerOutcome {
        guard request.header("X-API-Key") == desk.credentials.adyenKey else {
            let text = "HTTP Status Response - Unauthorized"
            return refused(.unauthorized, "000", text, type: "security")
        }
        guard request.contentType.hasPrefix("application/json"), let json = request.json else {
            return refused(.badRequest, "702", "Structure is not valid", type: "validation")
        }
        guard json["merchantAccount"]?.stringValue == SandboxCredentials.adyenMerchant else {
            return refused(.forbidden, "901", "Invalid Merchant Account", type: "security")
        }
        guard let method = json["paymentMethod"], method["type"]?.stringValue != nil,
            let number = method["number"]?.stringValue, !number.isEmpty,
            json["reference"]?.stringValue?.isEmpty == false
        else {
            let text = "Required object or field is not provided"
            return refused(.unprocessableContent, "100", text, type: "validation")
        }
        // The code that is asked about is the PIN, where there is one.
        let pin = method["securityCode"]?.stringValue ?? ""
        let code = pin.isEmpty ? number : pin
        guard let found = desk.books.ask(code, Self.question) else {
            return desk.refused(
                Self.question,
                errorReply(.serviceUnavailable, IssuerReply.booksAreFull)
            )
        }
        return .answered(.json(.object(reply(found.record))), code: code, found)
    }

    private func reply(_ record: IssuerRecord) -> JSONObject {
        let (result, reason) = Self.result(record)
        var members = JSONObject([
            .init(name: "pspReference", value: .string("SANDBOX\(record.identifier(from: 0))")),
            .init(name: "resultCode", value: .string(result)),
        ])
        if let reason { members["refusalReason"] = .string(reason) }
        if result == "Success" || result == "NotEnoughBalance" {
            members["currentBalance"] = [
                "currency": .string(record.currency),
                "value": .integer(record.balanceMinorUnits),
            ]
        }
        return members
    }

    /// A scripted word is a result, or a result and its reason such as `Refused, Blocked Card`.
    private static func result(_ record: IssuerRecord) -> (String, String?) {
        let text = record.word ?? wording(record.condition) ?? "Success"
        let parts = text.split(separator: ",", maxSplits: 1).map(String.init)
        let reason = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : nil
        return (parts[0], parts[0] == "Success" ? nil : reason)
    }

    private func refused(
        _ status: HTTPResponse.Status,
        _ code: String,
        _ text: String,
        type: String
    ) -> IssuerOutcome {
        desk.refused(Self.question, Self.error(status, code, text, type: type))
    }

    private static func error(
        _ status: HTTPResponse.Status,
        _ code: String,
        _ text: String,
        type: String
    ) -> IssuerReply {
        .json(
            [
                "status": .integer(Int64(status.code)), "errorCode": .string(code),
                "message": .string(text), "errorType": .string(type),
            ],
            status: status
        )
    }
}

extension AdyenStoredValue {
    func errorReply(_ status: HTTPResponse.Status, _ text: String) -> IssuerReply {
        Self.error(status, "905", text, type: "internal")
    }

    var otherDocument: IssuerReply { .json(["paymentMethods": []]) }

    var contradiction: IssuerReply {
        .rawJSON(
            #"{"resultCode":"Success","currentBalance":{"currency":"CNY","value":5000},"#
                + #""resultCode":"Refused","refusalReason":"Blocked Card"}"#
        )
    }
}
