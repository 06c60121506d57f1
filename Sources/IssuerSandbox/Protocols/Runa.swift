import HTTPTypes
import WireFormat

/// Runa's Redemption API: a payout's address with `?format=json`, which is itself the credential.
/// Status 200 for errors too. It proves which code was issued.
///
/// A scripted code is the one behind the payout that its `serial` names; behind every other
/// payout the code is the last part of the address.
struct Runa: WireIssuer {
    static let wireProtocol = SandboxProtocol.runa
    static let basePath = "/runa"

    private static let question = SandboxQuestion(.runa, "payout")

    private let desk: IssuerDesk

    init(_ desk: IssuerDesk) { self.desk = desk }

    static func settings(_ site: SandboxSite) -> [SandboxSetting] {
        [.plain("currency", site.configuration.currency)]
    }

    static func wording(_ condition: CardCondition) -> String? {
        switch condition {
        case .good: "SUCCESS"
        case .expired: "RE004"
        case .revoked: "RE003"
        case .disputed: "RE005"
        case .notActivated: "RE007"
        case .notFound: "RE001"
        case .unsupported: "RE006"
        case .busy: "RE008"
        case .rateLimited: "RE009"
        case .unknownWord: "RE777"
        case .used, .usedBySame, .partiallyUsed, .reserved, .locked, .wrongSecret, .faceMismatch,
            .pending:
            nil
        }
    }

    var routes: [IssuerRoute] { [IssuerRoute(.get, Self.basePath + "/{token}", answer)] }

    private func answer(_ request: IssuerRequest) -> IssuerOutcome {
        guard request.query?["format"] == "json" else {
            return desk.refused(Self.question, .page(.ok, "Your gift card"))
        }
        guard let token = request.lastSegment, !token.isEmpty else {
            return desk.refused(Self.question, Self.error("RE001", order: nil))
        }
        let code = desk.books.key(forSerial: token) ?? token
        guard let found = desk.books.ask(code, Self.question) else {
            return desk.refused(Self.question, Self.error("RE999", order: nil))
        }
        return .answered(reply(found, code: code, request: request), code: code, found)
    }

    private func reply(
        _ found: IssuerBooks.Finding,
        code: String,
        request: IssuerRequest
    ) -> IssuerReply {
        let record = found.record
        let order = "O-SANDBOX\(record.ordinal)"
        let word = record.word ?? Self.wording(record.condition) ?? "SUCCESS"
        guard word == "SUCCESS" else { return Self.error(word, order: order) }
        return .json([
            "status": "SUCCESS", "order_id": .string(order),
            "e_code": [
                "type": "code", "status": "SUCCESS",
                "amount": .string(IssuerRecord.major(record.valueMinorUnits)),
                "code": .string(record.namesOtherCode ? "0000000000000000" : code),
                "pin": nil, "barcode_format": nil, "barcode_string": nil,
                "expiry_date": .string(record.expiresOn.iso8601),
                "url": .string("http://\(request.host)\(request.target.prefix { $0 != "?" })"),
                "error_code": nil, "error_string": nil,
            ],
            "error_code": nil, "error_string": nil, "error_details": nil,
        ])
    }

    private static func error(_ code: String, order: String?) -> IssuerReply {
        .json([
            "status": "ERROR", "order_id": order.map { .string($0) } ?? nil,
            "error_code": .string(code), "error_string": .string("The payout answers \(code)."),
            "error_details": nil,
        ])
    }
}

extension Runa {
    func errorReply(_ status: HTTPResponse.Status, _ text: String) -> IssuerReply {
        .json(
            ["status": "ERROR", "error_code": "RE999", "error_string": .string(text)],
            status: status
        )
    }

    var otherDocument: IssuerReply { .json(["catalog": []]) }

    var contradiction: IssuerReply {
        .rawJSON(
            #"{"status":"SUCCESS","e_code":{"type":"code","code":"1"},"status":"ERROR","#
                + #""error_code":"RE003"}"#
        )
    }
}
