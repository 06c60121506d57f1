import HTTPTypes
import WireFormat

/// Ericsson's UCIP 5.0 at an AIR node: XML-RPC at `/Air`. `Refill` with a voucher's activation code
/// takes the voucher's value; there is no inquiry, the voucher server (`ericsson-vsip`) has it.
struct AirServer: WireIssuer {
    static let wireProtocol = SandboxProtocol.ericssonUCIP
    static let basePath = "/Air"

    private static let question = SandboxQuestion(.ericssonUCIP, "Refill")
    private static let other = SandboxQuestion(.ericssonUCIP, "other")
    private static let versions: Set<String> = ["4.3", "5.0"]
    private static let success: Set<String> = ["0", "1", "2"]

    private let desk: IssuerDesk

    init(_ desk: IssuerDesk) { self.desk = desk }

    static func settings(_ site: SandboxSite) -> [SandboxSetting] {
        [
            .plain("username", SandboxCredentials.user),
            .plain("origin_host_name", "cardproof"),
            .secret("password", site.credentials.airPassword),
        ]
    }

    static func wording(_ condition: CardCondition) -> String? {
        responseCode(condition).map { "responseCode \($0)" }
            ?? (condition == .busy ? "fault 1007" : nil)
    }

    private static func responseCode(_ condition: CardCondition) -> Int? {
        switch condition {
        case .good: 0
        case .usedBySame: 107
        case .used: 108
        case .notActivated: 109
        case .expired: 110
        case .revoked: 111
        case .reserved, .pending: 113
        case .unsupported: 114
        case .notFound: 119
        case .locked: 104
        case .unknownWord: 777
        case .partiallyUsed, .wrongSecret, .faceMismatch, .busy, .rateLimited, .disputed: nil
        }
    }

    var routes: [IssuerRoute] { [IssuerRoute(.post, Self.basePath, answer)] }

    private func answer(_ request: IssuerRequest) -> IssuerOutcome {
        if let refusal = refusal(request) { return desk.refused(Self.other, refusal) }
        guard let root = try? XMLReader.root(of: request.body), let call = try? XMLRPCCall(root)
        else { return desk.refused(Self.other, Self.fault(1000)) }
        guard call.methodName == Self.question.name else {
            return desk.refused(Self.other, Self.fault(1004))
        }
        let refill: RefillRequest
        do {
            refill = try RefillRequest(call)
        } catch {
            return desk.refused(Self.question, Self.fault(error.code))
        }
        let redemption = RedemptionRequest(
            code: refill.activationCode,
            question: Self.question,
            orderID: nil,
            subscriber: refill.subscriberNumber,
            declaredMinorUnits: nil,
            successWords: Self.success
        )
        switch desk.books.redeem(redemption) {
        case .decided(let found, _), .repeatedOrder(let found, _), .repeatedCard(let found, _),
            .unbooked(let found):
            return .answered(
                reply(found.record, to: refill),
                code: refill.activationCode,
                found
            )
        case .full: return desk.refused(Self.question, Self.fault(1007))
        }
    }

    /// What an AIR node demands of the head of a request, before it reads the body.
    private func refusal(_ request: IssuerRequest) -> IssuerReply? {
        let length = request.headers[.contentLength].flatMap { Int($0) }
        guard length == request.body.count, request.header("Transfer-Encoding") == nil,
            request.contentType.hasPrefix("text/xml"),
            request.header("Date").flatMap(HTTPDate.instant) != nil
        else { return .text(.badRequest, "Bad Request\n") }
        let pair = SandboxCredentials.user + ":" + desk.credentials.airPassword
        guard let given = request.basic, given == BasicCredentials(pair) else {
            return errorReply(.unauthorized, "Unauthorized")
        }
        let agent = (request.headers[.userAgent] ?? "")
            .split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard agent.count == 3, !agent.contains(""), Self.versions.contains(agent[1]) else {
            return errorReply(.forbidden, "Forbidden")
        }
        return nil
    }

    private func reply(_ record: IssuerRecord, to refill: RefillRequest) -> IssuerReply {
        if record.condition == .busy, record.word == nil { return Self.fault(1007) }
        let usual = Self.responseCode(record.condition) ?? 0
        let code = record.word.flatMap { Int($0) } ?? usual
        var members = XMLRPCStructure()
        members.append("responseCode", .integer(code))
        members.append("originTransactionID", .string(refill.transactionID))
        if Self.success.contains(String(code)) {
            let serial = record.namesOtherCode ? "00000000OTHER" : record.serial
            if let serial { members.append("voucherSerialNumber", .string(serial)) }
            members.append("voucherGroup", .string(record.namesOtherProduct ? "OTHR" : "STD1"))
            members.append("voucherAgent", .string("sandbox"))
            members.append("transactionAmount", .string(String(record.valueMinorUnits)))
            members.append("transactionCurrency", .string(record.currency))
        }
        return .xmlRPC(XMLRPCValue.structure(members).response)
    }

    private static func fault(_ code: Int) -> IssuerReply {
        .xmlRPC(XMLRPCValue.fault(code, VoucherFault.text(of: code)))
    }
}

extension AirServer {
    func errorReply(_ status: HTTPResponse.Status, _ text: String) -> IssuerReply {
        let page = IssuerReply.page(status, "\(status.code) \(status.reasonPhrase)")
        return status == .unauthorized
            ? page.with("WWW-Authenticate", "Basic realm=\"/Air\"") : page
    }

    func error(quoting code: String) -> IssuerReply {
        .xmlRPC(XMLRPCValue.fault(1005, "Internal error while refilling with \(code)"))
    }

    var otherDocument: IssuerReply {
        .xmlRPC(XMLRPCValue.array([.string("responseCode"), .integer(0)]).response)
    }

    var contradiction: IssuerReply {
        var members = XMLRPCStructure()
        members.append("responseCode", .integer(0))
        members.append("responseCode", .integer(108))
        return .xmlRPC(XMLRPCValue.structure(members).response)
    }
}

/// The one parameter of `Refill`, for a refill by voucher.
struct RefillRequest: Sendable, Equatable {
    let activationCode: String
    let subscriberNumber: String
    let transactionID: String

    /// - Throws: 1001 for a missing member, 1002 for one of the wrong type, 1003 for one outside
    ///   its bounds, 1000 for anything else.
    init(_ call: XMLRPCCall) throws(VoucherRequest.Refusal) {
        guard call.parameters.count == 1, case .structure(let members) = call.parameters[0] else {
            throw VoucherRequest.Refusal(code: 1000)
        }
        for name in ["originNodeType", "originHostName"] {
            guard case .string(let text)? = members[name] else {
                throw VoucherRequest.Refusal(code: members[name] == nil ? 1001 : 1002)
            }
            guard !text.isEmpty else { throw VoucherRequest.Refusal(code: 1003) }
        }
        guard case .dateTime? = members["originTimeStamp"] else {
            throw VoucherRequest.Refusal(code: members["originTimeStamp"] == nil ? 1001 : 1002)
        }
        if let indicator = members["subscriberNumberNAI"] {
            guard case .integer(let number) = indicator else {
                throw VoucherRequest.Refusal(code: 1002)
            }
            guard (0...2).contains(number) else { throw VoucherRequest.Refusal(code: 1003) }
        }
        transactionID = try Self.digits(members["originTransactionID"], 1...20)
        subscriberNumber = try Self.digits(members["subscriberNumber"], 1...28)
        activationCode = try Self.digits(members["voucherActivationCode"], 8...20)
    }

    private static func digits(
        _ value: XMLRPCValue?,
        _ length: ClosedRange<Int>
    ) throws(VoucherRequest.Refusal) -> String {
        guard let value else { throw VoucherRequest.Refusal(code: 1001) }
        guard case .string(let text) = value else { throw VoucherRequest.Refusal(code: 1002) }
        guard length.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39) ~= $0 })
        else { throw VoucherRequest.Refusal(code: 1003) }
        return text
    }
}
