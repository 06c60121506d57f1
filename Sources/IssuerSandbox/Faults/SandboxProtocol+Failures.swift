import HTTPTypes
import WireFormat

/// What failing looks like in each protocol.
extension SandboxProtocol {
    /// Servers answer their own statuses in their own format; 502, 503 and 504 come from the
    /// proxy in front of them, as a page.
    func failure(status: Int, retryAfterSeconds: Int?, askedAt: Instant) -> IssuerReply {
        let code = HTTPResponse.Status(code: status, reasonPhrase: Self.phrase(status))
        var reply =
            switch (self, status) {
            case (.keygen, 502...504), (.ericssonVSIP, _):
                IssuerReply.page(code, "\(status) \(code.reasonPhrase)")
            case (.keygen, _):
                LicenseServer.errors(
                    code,
                    code.reasonPhrase,
                    "The request could not be completed"
                )
            }
        if let retryAfterSeconds {
            reply.headers[.retryAfter] = String(retryAfterSeconds)
            if self == .keygen, status == 429 {
                let reset = askedAt + .seconds(retryAfterSeconds)
                reply.headers.append(contentsOf: Self.rateLimit(resetAt: reset))
            }
        }
        if self == .ericssonVSIP, status == 401 {
            reply.headers[.wwwAuthenticate] = "Basic realm=\"/RPC2\""
        }
        return reply
    }

    /// Keygen's rate limit headers, with the limit used up; the reset is in epoch seconds.
    private static func rateLimit(resetAt reset: Instant) -> HTTPFields {
        var fields = HTTPFields()
        let values = [
            ("X-RateLimit-Window", "1m"), ("X-RateLimit-Count", "60"), ("X-RateLimit-Limit", "60"),
            ("X-RateLimit-Remaining", "0"),
            ("X-RateLimit-Reset", String(reset.secondsAndMilliseconds.seconds)),
        ]
        for (name, value) in values {
            guard let name = HTTPField.Name(name) else { continue }
            fields[name] = value
        }
        return fields
    }

    /// The phrases of RFC 9110 for the statuses of the published table.
    private static func phrase(_ status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 400...499: "Refused"
        default: "Failed"
        }
    }

    /// An error text that quotes the code, as careless servers do.
    func error(quoting code: String) -> IssuerReply {
        switch self {
        case .ericssonVSIP:
            VoucherServer.reply(
                XMLRPCValue.fault(1005, "Internal error while reading voucher \(code)")
            )
        case .keygen:
            LicenseServer.errors(
                .internalServerError,
                "Internal server error",
                "license with key '\(code)' could not be read",
                code: "INTERNAL"
            )
        }
    }

    /// Well-formed, but not what was asked for.
    var otherDocument: IssuerReply {
        switch self {
        case .ericssonVSIP:
            VoucherServer.reply(
                XMLRPCValue.array([.string("responseCode"), .integer(0)]).response
            )
        case .keygen:
            LicenseServer.reply(["data": [], "meta": ["pages": 0]])
        }
    }

    /// The deciding members twice: good first, used second.
    var contradiction: IssuerReply {
        switch self {
        case .ericssonVSIP:
            var members = XMLRPCStructure()
            members.append("responseCode", .integer(0))
            members.append("state", .string("available"))
            members.append("responseCode", .integer(11))
            members.append("state", .string("used"))
            return VoucherServer.reply(XMLRPCValue.structure(members).response)
        case .keygen:
            let text =
                #"{"meta":{"valid":true,"code":"VALID","valid":false,"code":"BANNED"},"data":null}"#
            return IssuerReply(
                contentType: LicenseServer.mediaType,
                body: Array(text.utf8)
            )
        }
    }
}
