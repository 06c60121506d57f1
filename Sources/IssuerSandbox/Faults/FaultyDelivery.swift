import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import WireFormat

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Carries an answer to the caller, acting out the failures that stand between.
struct FaultyDelivery: Sendable {
    let faults: [SandboxFault]
    let issuer: any WireIssuer
    let request: IssuerRequest
    /// The code that was asked about, for failures that quote it.
    let code: String
    let askedAt: Instant

    /// Thrown to end a connection in the middle of an answer.
    private struct Interrupted: Error {}

    /// Waits as long as the faults say, then answers, or does not.
    func response(_ reply: IssuerReply, context: SandboxRequestContext) async throws -> Response {
        try await wait()
        let reply = finished(reply)
        guard let fault = faults.first(where: \.replacesDelivery) else { return Self.plain(reply) }
        switch fault {
        case .latency, .flip, .noCallback, .callbackTwice, .callbackBeforeAnswer,
            .callbackBadSignature, .callbackOtherOrder, .failureThenSuccess, .badSignature,
            .clockSkew:
            return Self.plain(reply)
        case .status(let status, let retryAfterSeconds):
            return Self.plain(failure(.named(status), retryAfterSeconds))
        case .html: return Self.plain(.page(.ok, "Maintenance"))
        case .truncated: return Self.truncated(reply)
        case .garbage: return Self.plain(Self.garbage(reply))
        case .reset, .requestLost: throw await Self.reset(context.channel)
        case .drip(let bytesPerSecond): return Self.dripping(reply, bytesPerSecond)
        case .silence:
            try await Self.pause(SandboxLimits.longestWait)
            throw await Self.reset(context.channel)
        case .empty: return Self.plain(Self.with(reply, body: []))
        case .wrongContentType: return Self.plain(Self.wronglyTyped(reply))
        case .oversized: return Self.oversized(reply)
        case .wrongShape: return Self.plain(finished(issuer.otherDocument))
        case .duplicateMembers: return Self.plain(finished(issuer.contradiction))
        case .invalidText: return Self.plain(Self.invalidText(reply))
        case .codeInError: return Self.plain(finished(issuer.error(quoting: code)))
        case .redirectToLoopback:
            let port = context.channel.localAddress?.port ?? 0
            return Self.redirect(to: "http://127.0.0.1:\(port)/sandbox/redirected/\(code)")
        case .redirectToMetadata:
            return Self.redirect(to: "http://169.254.169.254/latest/meta-data/?card=\(code)")
        }
    }

    private func finished(_ reply: IssuerReply) -> IssuerReply {
        issuer.finished(reply, to: request, faults: faults)
    }

    /// Pages come from the proxy in front, which knows nothing of the issuer's signatures.
    private func failure(_ status: HTTPResponse.Status, _ retryAfter: Int?) -> IssuerReply {
        var reply = issuer.failure(status, retryAfterSeconds: retryAfter, at: askedAt)
        if let retryAfter { reply.headers[.retryAfter] = String(retryAfter) }
        return reply.contentType.hasPrefix("text/html") ? reply : finished(reply)
    }

    private func wait() async throws {
        let milliseconds = faults.reduce(0) { sum, fault in
            if case .latency(let milliseconds) = fault { sum + milliseconds } else { sum }
        }
        guard milliseconds > 0 else { return }
        try await Self.pause(min(.milliseconds(milliseconds), SandboxLimits.longestWait))
    }

    /// A pause that a shutdown ends.
    private static func pause(_ duration: Duration) async throws {
        try await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
    }
}

extension FaultyDelivery {
    static func plain(_ reply: IssuerReply) -> Response {
        Response(
            status: reply.status,
            headers: head(reply),
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body))
        )
    }

    private static func head(_ reply: IssuerReply) -> HTTPFields {
        var headers = reply.headers
        headers[.contentType] = reply.contentType
        return headers
    }

    private static func truncated(_ reply: IssuerReply) -> Response {
        let half = ByteBuffer(bytes: reply.body.prefix(reply.body.count / 2))
        let body = ResponseBody(contentLength: reply.body.count) { writer in
            try await writer.write(half)
            throw Interrupted()
        }
        return Response(status: reply.status, headers: head(reply), body: body)
    }

    private static func dripping(_ reply: IssuerReply, _ bytesPerSecond: Int) -> Response {
        // Ten steps a second at most, so that fast drips do not become one syscall a byte.
        let step = max(1, bytesPerSecond / 10)
        let interval = Duration.seconds(step) / bytesPerSecond
        let body = ResponseBody(contentLength: reply.body.count) { writer in
            for start in stride(from: 0, to: reply.body.count, by: step) {
                let end = min(start + step, reply.body.count)
                try await writer.write(ByteBuffer(bytes: reply.body[start..<end]))
                try await pause(interval)
            }
            try await writer.finish(nil)
        }
        return Response(status: reply.status, headers: head(reply), body: body)
    }

    private static func oversized(_ reply: IssuerReply) -> Response {
        let chunk = ByteBuffer(repeating: UInt8(ascii: " "), count: 64 << 10)
        let body = ResponseBody { writer in
            for _ in 0..<(SandboxLimits.oversizedBytes / chunk.readableBytes) {
                try await writer.write(chunk)
            }
            try await writer.finish(nil)
        }
        return Response(status: reply.status, headers: head(reply), body: body)
    }

    /// With lingering switched off, closing a socket sends RST and drops what was not sent.
    private static func reset(_ channel: any Channel) async -> any Error {
        if let provider = channel as? any SocketOptionProvider {
            try? await provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try? await channel.close().get()
        return Interrupted()
    }

    private static func with(_ reply: IssuerReply, body: [UInt8]) -> IssuerReply {
        var changed = reply
        changed.body = body
        return changed
    }

    /// The bytes of a deflated stream, which no reader of text will take for an answer.
    private static func garbage(_ reply: IssuerReply) -> IssuerReply {
        with(reply, body: (0..<512).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) })
    }

    private static func wronglyTyped(_ reply: IssuerReply) -> IssuerReply {
        var changed = reply
        changed.contentType = "application/octet-stream"
        return changed
    }

    private static func invalidText(_ reply: IssuerReply) -> IssuerReply {
        let middle = reply.body.count / 2
        return with(
            reply,
            body: reply.body[..<middle] + [0xC3, 0x28] + reply.body[middle...]
        )
    }

    private static func redirect(to address: String) -> Response {
        var reply = IssuerReply.page(.found, "Moved")
        reply.headers[.location] = address
        return plain(reply)
    }
}
