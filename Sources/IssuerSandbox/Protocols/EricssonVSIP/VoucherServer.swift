import HTTPTypes
import WireFormat

/// A voucher server after Ericsson's VSIP 2.4: XML-RPC 1.0 over HTTP POST at `/RPC2`, HTTP Basic.
///
/// It answers `GetVoucherDetails`, `GetVoucherHistory` and `LoadVoucherCheck`, all of which change
/// nothing. Members, codes and faults as documented in `docs/sandbox.md`.
struct VoucherServer: WireIssuer {
    static let wireProtocol = SandboxProtocol.ericssonVSIP
    static let basePath = "/RPC2"

    private static let details = SandboxQuestion(.ericssonVSIP, "GetVoucherDetails")
    private static let history = SandboxQuestion(.ericssonVSIP, "GetVoucherHistory")
    private static let loadCheck = SandboxQuestion(.ericssonVSIP, "LoadVoucherCheck")
    /// A call that is none of the above, or none at all.
    private static let other = SandboxQuestion(.ericssonVSIP, "other")

    private let desk: IssuerDesk

    init(_ desk: IssuerDesk) { self.desk = desk }

    /// Rows of the published table have VSIP's words themselves.
    static func wording(_ condition: CardCondition) -> String? { nil }
    static func speaks(_ state: SandboxState) -> Bool { state.voucher != nil }
    static func plainFailure(for condition: CardCondition) -> SandboxFault? { nil }

    static func settings(_ site: SandboxSite) -> [SandboxSetting] {
        [
            .plain("username", SandboxCredentials.user),
            .secret("password", site.credentials.voucherPassword),
        ]
    }

    var routes: [IssuerRoute] { [IssuerRoute(.post, "/RPC2", answer)] }

    private func answer(_ request: IssuerRequest) -> IssuerOutcome {
        guard isAuthorized(request.basic) else { return refused(Self.other, Self.challenge) }
        guard request.contentType.hasPrefix("text/xml") else {
            return refused(
                Self.other,
                .text(.unsupportedMediaType, "Content-Type text/xml is expected\n")
            )
        }
        guard let root = try? XMLReader.root(of: request.body), let call = try? XMLRPCCall(root)
        else { return refused(Self.other, fault: 1000) }
        switch call.methodName {
        case Self.details.name: return answer(Self.details, call)
        case Self.history.name: return answer(Self.history, call)
        case Self.loadCheck.name: return answerLoadCheck(call)
        default: return refused(Self.other, fault: 1004)
        }
    }

    private func answer(_ question: SandboxQuestion, _ call: XMLRPCCall) -> IssuerOutcome {
        let request: VoucherRequest
        do {
            request = try VoucherRequest(call)
        } catch {
            return refused(question, fault: error.code)
        }
        let code = request.activationCode ?? desk.books.key(forSerial: request.identifier)
        guard let found = desk.books.ask(code ?? request.identifier, question) else {
            return refused(question, fault: 1007)
        }
        let writer = VoucherWriter(
            record: found.record,
            asked: request,
            code: code,
            utcOffsetSeconds: desk.configuration.utcOffsetSeconds
        )
        return .answered(
            .xmlRPC(question == Self.history ? writer.history : writer.details),
            code: code ?? request.identifier,
            found
        )
    }

    /// How many serial numbers of a range were loaded. Only ranges of digits can be counted.
    private func answerLoadCheck(_ call: XMLRPCCall) -> IssuerOutcome {
        let range: SerialRange
        do {
            range = try SerialRange(call)
        } catch {
            return refused(Self.loadCheck, fault: error.code)
        }
        let count = desk.books.loadedSerials(from: range.first, to: range.last)
        var members = XMLRPCStructure()
        members.append("responseCode", .integer(0))
        members.append("numberOfVouchers", .integer(count))
        return refused(Self.loadCheck, .xmlRPC(XMLRPCValue.structure(members).response))
    }

    private func refused(_ question: SandboxQuestion, fault code: Int) -> IssuerOutcome {
        refused(question, .xmlRPC(XMLRPCValue.fault(code, VoucherFault.text(of: code))))
    }

    private func refused(_ question: SandboxQuestion, _ reply: IssuerReply) -> IssuerOutcome {
        desk.books.countRefusal(question)
        return .refused(reply)
    }

    /// Any name and password will do unless the sandbox was given a pair; none will not.
    private func isAuthorized(_ given: BasicCredentials?) -> Bool {
        guard let given else { return false }
        return desk.configuration.credentials.map { $0 == given } ?? true
    }

    private static let challenge = IssuerReply.text(
        .unauthorized,
        "HTTP Basic credentials are expected\n"
    ).with("WWW-Authenticate", "Basic realm=\"/RPC2\"")
}

/// What failing looks like.
extension VoucherServer {
    func errorReply(_ status: HTTPResponse.Status, _ text: String) -> IssuerReply {
        let page = IssuerReply.page(status, "\(status.code) \(status.reasonPhrase)")
        return status == .unauthorized
            ? page.with("WWW-Authenticate", "Basic realm=\"/RPC2\"") : page
    }

    func error(quoting code: String) -> IssuerReply {
        .xmlRPC(XMLRPCValue.fault(1005, "Internal error while reading voucher \(code)"))
    }

    var otherDocument: IssuerReply {
        .xmlRPC(XMLRPCValue.array([.string("responseCode"), .integer(0)]).response)
    }

    var contradiction: IssuerReply {
        var members = XMLRPCStructure()
        members.append("responseCode", .integer(0))
        members.append("state", .string("available"))
        members.append("responseCode", .integer(11))
        members.append("state", .string("used"))
        return .xmlRPC(XMLRPCValue.structure(members).response)
    }
}

extension IssuerReply {
    /// Every XML-RPC answer, faults included, has status 200.
    static func xmlRPC(_ body: [UInt8]) -> IssuerReply {
        IssuerReply(contentType: "text/xml; charset=utf-8", body: body)
    }
}
