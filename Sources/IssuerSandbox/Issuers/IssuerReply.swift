import HTTPTypes
import WireFormat

/// An issuer's answer, before any failure is acted out on it.
struct IssuerReply: Sendable {
    var status: HTTPResponse.Status = .ok
    var contentType: String
    var headers = HTTPFields()
    var body: [UInt8]
}

/// What a question to an issuer comes to.
enum IssuerOutcome: Sendable {
    /// The right answer about `code`, what the books held when it was asked, and what the issuer
    /// tells by itself afterwards.
    case answered(
        IssuerReply,
        code: String,
        IssuerBooks.Finding,
        callbacks: CallbackPlan? = nil
    )
    /// An answer to a question that named no code.
    case refused(IssuerReply)
}

extension IssuerReply {
    static func text(_ status: HTTPResponse.Status, _ text: String) -> IssuerReply {
        IssuerReply(
            status: status,
            contentType: "text/plain; charset=utf-8",
            body: Array(text.utf8)
        )
    }

    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> IssuerReply {
        IssuerReply(status: status, contentType: "application/json", body: value.serialized())
    }

    /// JSON that no writer of JSON would write.
    static func rawJSON(_ text: String) -> IssuerReply {
        IssuerReply(contentType: "application/json", body: Array(text.utf8))
    }

    /// The page that a proxy or a maintenance mode puts in front of an issuer.
    static func page(_ status: HTTPResponse.Status, _ title: String) -> IssuerReply {
        IssuerReply(
            status: status,
            contentType: "text/html; charset=utf-8",
            body: Array(
                """
                <!DOCTYPE html>
                <html><head><title>\(title)</title></head>
                <body><h1>\(title)</h1><p>The service is under maintenance.</p></body></html>

                """.utf8
            )
        )
    }

    /// 502, 503 and 504 come from the proxy in front of a server.
    static func isProxyFailure(_ status: HTTPResponse.Status) -> Bool {
        (502...504).contains(status.code)
    }

    /// No further code can be remembered.
    static let booksAreFull = "The sandbox remembers no further codes; POST /sandbox/reset"

    /// The same under another header.
    func with(_ name: String, _ value: String) -> IssuerReply {
        guard let name = HTTPField.Name(name) else { return self }
        var changed = self
        changed.headers[name] = value
        return changed
    }
}

extension HTTPResponse.Status {
    /// With the phrases of RFC 9110 for the statuses of the published table.
    static func named(_ code: Int) -> HTTPResponse.Status {
        let phrase =
            switch code {
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
        return HTTPResponse.Status(code: code, reasonPhrase: phrase)
    }
}
