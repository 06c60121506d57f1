import HTTPTypes
import WireFormat

/// What failing looks like.
extension LicenseServer {
    func errorReply(_ status: HTTPResponse.Status, _ text: String) -> IssuerReply {
        Self.errors(status, status.reasonPhrase, text)
    }

    func failure(
        _ status: HTTPResponse.Status,
        retryAfterSeconds: Int?,
        at now: Instant
    ) -> IssuerReply {
        guard !IssuerReply.isProxyFailure(status) else {
            return .page(status, "\(status.code) \(status.reasonPhrase)")
        }
        let reply = errorReply(status, "The request could not be completed")
        guard let retryAfterSeconds, status.code == 429 else { return reply }
        return Self.rateLimited(reply, resetAt: now + .seconds(retryAfterSeconds))
    }

    /// Keygen's rate limit headers, with the limit used up; the reset is in epoch seconds.
    private static func rateLimited(_ reply: IssuerReply, resetAt reset: Instant) -> IssuerReply {
        reply.with("X-RateLimit-Window", "1m").with("X-RateLimit-Count", "60")
            .with("X-RateLimit-Limit", "60").with("X-RateLimit-Remaining", "0")
            .with("X-RateLimit-Reset", String(reset.secondsAndMilliseconds.seconds))
    }

    func error(quoting code: String) -> IssuerReply {
        Self.errors(
            .internalServerError,
            "Internal server error",
            "license with key '\(code)' could not be read",
            code: "INTERNAL"
        )
    }

    var otherDocument: IssuerReply { Self.reply(["data": [], "meta": ["pages": 0]]) }

    var contradiction: IssuerReply {
        let text =
            #"{"meta":{"valid":true,"code":"VALID","valid":false,"code":"BANNED"},"data":null}"#
        return IssuerReply(contentType: Self.mediaType, body: Array(text.utf8))
    }
}
