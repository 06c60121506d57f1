import HTTPTypes

/// An issuer's answer, before any failure is acted out on it.
struct IssuerReply: Sendable {
    var status: HTTPResponse.Status = .ok
    var contentType: String
    var headers = HTTPFields()
    var body: [UInt8]
}

/// What a question to an issuer comes to.
enum IssuerOutcome: Sendable {
    /// The right answer about `code`, and what the books held when it was asked.
    case answered(IssuerReply, code: String, IssuerBooks.Finding)
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
}
