import HTTPTypes
import WireFormat

/// A voucher server after Ericsson's VSIP 2.4: XML-RPC 1.0 over HTTP POST at `/RPC2`, HTTP Basic.
///
/// It answers `GetVoucherDetails` and `GetVoucherHistory`, both of which change nothing. Members,
/// codes and faults as documented in `docs/sandbox.md`.
struct VoucherServer: Sendable {
    let books: IssuerBooks
    let credentials: BasicCredentials?

    func answer(authorization: String?, contentType: String?, body: [UInt8]) -> IssuerOutcome {
        guard isAuthorized(authorization) else { return refused(.otherVoucherCall, Self.challenge) }
        guard contentType?.lowercased().hasPrefix("text/xml") == true else {
            return refused(
                .otherVoucherCall,
                .text(.unsupportedMediaType, "Content-Type text/xml is expected\n")
            )
        }
        guard let root = try? XMLReader.root(of: body), let call = try? XMLRPCCall(root) else {
            return refused(.otherVoucherCall, fault: 1000)
        }
        switch call.methodName {
        case "GetVoucherDetails": return answer(.voucherDetails, call)
        case "GetVoucherHistory": return answer(.voucherHistory, call)
        default: return refused(.otherVoucherCall, fault: 1004)
        }
    }

    private func answer(_ question: SandboxQuestion, _ call: XMLRPCCall) -> IssuerOutcome {
        let request: VoucherRequest
        do {
            request = try VoucherRequest(call)
        } catch {
            return refused(question, fault: error.code)
        }
        let code = request.activationCode ?? books.key(forSerial: request.identifier)
        guard let found = books.ask(code ?? request.identifier, question) else {
            return refused(question, fault: 1007)
        }
        let writer = VoucherWriter(
            record: found.record,
            asked: request,
            code: code,
            utcOffsetSeconds: books.configuration.utcOffsetSeconds
        )
        let body =
            switch question {
            case .voucherHistory: writer.history
            case .voucherDetails, .otherVoucherCall, .licenseValidation: writer.details
            }
        return .answered(
            Self.reply(body),
            code: code ?? request.identifier,
            found
        )
    }

    private func refused(_ question: SandboxQuestion, fault code: Int) -> IssuerOutcome {
        refused(question, Self.reply(XMLRPCValue.fault(code, VoucherFault.text(of: code))))
    }

    private func refused(_ question: SandboxQuestion, _ reply: IssuerReply) -> IssuerOutcome {
        books.countRefusal(question)
        return .refused(reply)
    }

    /// Any name and password will do unless the sandbox was given a pair; none will not.
    private func isAuthorized(_ authorization: String?) -> Bool {
        guard let authorization, authorization.lowercased().hasPrefix("basic "),
            let bytes = Base64.decode(authorization.dropFirst(6)),
            let given = BasicCredentials(String(decoding: bytes, as: UTF8.self))
        else { return false }
        guard let credentials else { return true }
        return given == credentials
    }

    /// Every XML-RPC answer, faults included, has status 200.
    static func reply(_ body: [UInt8]) -> IssuerReply {
        IssuerReply(contentType: "text/xml; charset=utf-8", body: body)
    }

    private static let challenge: IssuerReply = {
        var reply = IssuerReply.text(.unauthorized, "HTTP Basic credentials are expected\n")
        reply.headers[.wwwAuthenticate] = "Basic realm=\"/RPC2\""
        return reply
    }()
}
