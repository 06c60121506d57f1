import HTTPTypes
import WireFormat

/// Givex: JSON-RPC with positional parameters and results. `dc_994` asks for a balance; results
/// begin with the caller's own number of the transaction. A real server has a port of its own and
/// no path.
struct Givex: WireIssuer {
    static let wireProtocol = SandboxProtocol.givex
    static let basePath = "/givex"

    private static let question = SandboxQuestion(.givex, "dc_994")

    private let desk: IssuerDesk

    init(_ desk: IssuerDesk) { self.desk = desk }

    static func settings(_ site: SandboxSite) -> [SandboxSetting] {
        [
            .plain("currency", site.configuration.currency),
            .secret("user", site.credentials.givexUser),
            .secret("password", site.credentials.givexPassword),
        ]
    }

    static func wording(_ condition: CardCondition) -> String? {
        switch condition {
        case .good: "0, full balance"
        case .partiallyUsed: "0, half of the balance"
        case .used, .usedBySame: "0, balance 0.00"
        case .notFound: "Cert not exist"
        case .wrongSecret: "Invalid security code"
        case .unknownWord: "Cert in another dimension"
        case .reserved, .expired, .revoked, .locked, .notActivated, .unsupported, .faceMismatch,
            .busy, .rateLimited, .pending, .disputed:
            nil
        }
    }

    var routes: [IssuerRoute] { [IssuerRoute(.post, Self.basePath, answer)] }

    /// `[language, transaction, user, password, card number, PIN]`.
    private func answer(_ request: IssuerRequest) -> IssuerOutcome {
        guard let json = request.json, let id = json["id"], let method = json["method"]?.stringValue
        else { return desk.refused(Self.question, Self.error(-32_600, "Invalid Request", id: nil)) }
        guard method == Self.question.name else {
            return desk.refused(Self.question, Self.error(-32_601, "Method not found", id: id))
        }
        let parameters = json["params"]?.arrayValue?.map(\.stringValue) ?? []
        guard parameters.count == 6 || parameters.count == 5, !parameters.contains(nil) else {
            return desk.refused(Self.question, Self.error(-32_602, "Invalid params", id: id))
        }
        let texts = parameters.compactMap { $0 }
        guard texts[2] == desk.credentials.givexUser, texts[3] == desk.credentials.givexPassword
        else {
            let result = [texts[1], "1", "Invalid user ID/pswd"]
            return desk.refused(Self.question, Self.result(result, id: id))
        }
        let code = texts.count == 6 && !texts[5].isEmpty ? texts[5] : texts[4]
        guard !code.isEmpty, let found = desk.books.ask(code, Self.question) else {
            return desk.refused(Self.question, Self.error(-32_603, "Internal error", id: id))
        }
        return .answered(Self.result([texts[1]] + outcome(found), id: id), code: code, found)
    }

    /// What follows the number of the transaction.
    private func outcome(_ found: IssuerBooks.Finding) -> [String] {
        let record = found.record
        if let word = record.word { return ["2", word] }
        switch record.condition {
        case .notFound, .wrongSecret, .unknownWord:
            return ["2", Self.wording(record.condition) ?? ""]
        case .good, .used, .usedBySame, .partiallyUsed, .reserved, .expired, .revoked, .locked,
            .notActivated, .unsupported, .faceMismatch, .busy, .rateLimited, .pending, .disputed:
            return [
                "0", IssuerRecord.major(record.balanceMinorUnits), "0",
                record.expiresOn.iso8601, record.currency,
            ]
        }
    }

    private static func result(_ values: [String], id: JSONValue) -> IssuerReply {
        .json(["jsonrpc": "2.0", "id": id, "result": .array(values.map { .string($0) })])
    }

    private static func error(_ code: Int64, _ text: String, id: JSONValue?) -> IssuerReply {
        .json([
            "jsonrpc": "2.0", "id": id ?? .null,
            "error": ["code": .integer(code), "message": .string(text)],
        ])
    }
}

extension Givex {
    func errorReply(_ status: HTTPResponse.Status, _ text: String) -> IssuerReply {
        var reply = Self.error(-32_603, text, id: nil)
        reply.status = status
        return reply
    }

    var otherDocument: IssuerReply { .json(["jsonrpc": "2.0", "id": "1", "result": [:]]) }

    var contradiction: IssuerReply {
        .rawJSON(
            #"{"jsonrpc":"2.0","id":"1","result":["1","0","50.00"],"result":["1","2","Cert not exist"]}"#
        )
    }
}
