public import AdapterKit
import CCurl
import Foundation

/// Outbound HTTP over libcurl: the only way the gateway speaks to issuers.
///
/// This room (`Drivers/Curl`) holds the transport and what it decides by: `OutboundAddressPolicy`
/// (where a connection may lead), `CurlConfiguration` (every limit), `CurlFailure` (what went
/// wrong, in words without secrets). One thread runs all exchanges (`CurlLoop`); callers reach it
/// through `CurlInbox`.
///
/// Holds for every request: HTTP/1.1 on reused connections; redirects are answers, not followed;
/// proxies of the environment are ignored; certificates are always verified; each resolved
/// address is judged before a socket is opened to it and again before a request goes out on a
/// reused connection; a request that is not safe (RFC 9110 §9.2.1) is sent at most once.
public final class CurlTransport: HTTPTransport {
    private let inbox: CurlInbox
    private let exchangeLimits: CurlConfiguration.ExchangeLimits

    /// `curl_global_init` once per process, whichever transport is made first.
    private static let globalInitialisation = curl_global_init(ccurl_global_default)

    /// Starts the transport's thread.
    ///
    /// - Throws: `CurlStartError` for a configuration outside its limits, an unusable CA file, a
    ///   libcurl without OpenSSL or asynchronous name lookup, or no room for its handles.
    public init(_ configuration: CurlConfiguration = CurlConfiguration()) throws(CurlStartError) {
        if let defect = configuration.defect() { throw defect }
        exchangeLimits = configuration.exchangeLimits
        guard Self.globalInitialisation == CURLE_OK else { throw .outOfResources }
        try Self.checkLibrary()
        try Self.checkTrustAnchors(configuration.trustAnchors)
        let certificateReader = try PeerCertificateReader()
        guard let multi = curl_multi_init() else { throw .outOfResources }
        ccurl_multi_set_integer(multi, CURLMOPT_MAXCONNECTS, configuration.totalConnections)
        ccurl_multi_set_integer(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
        let inbox = CurlInbox(multi: multi)
        self.inbox = inbox
        let thread = Thread {
            CurlLoop(configuration, certificateReader: certificateReader, inbox: inbox).run()
        }
        thread.name = "cardproof-curl"
        thread.start()
    }

    deinit {
        inbox.close(at: .now)
    }

    /// Sends `request` and returns the answer, whatever its status.
    ///
    /// The deadline counts from this call, waiting for a connection included. A cancelled task
    /// gets `cancelled` and its connection is closed.
    ///
    /// - Throws: `TransportError`; its `requestWasSent` is false only when no connection has
    ///   carried any of the request.
    public func send(
        _ request: OutboundRequest
    ) async throws(TransportError) -> OutboundResponse {
        let prepared = try CurlRequest(request, limits: exchangeLimits)
        let submittedAt = ContinuousClock.now
        let ticket = CurlTicket()
        let outcome: CurlOutcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let submission = CurlSubmission(
                    ticket: ticket,
                    request: prepared,
                    submittedAt: submittedAt,
                    continuation: continuation
                )
                if !inbox.submit(submission) {
                    submission.refuse(.cancelled, "the transport was shut down")
                }
            }
        } onCancel: {
            ticket.cancel()
            inbox.cancel(ticket)
        }
        return try outcome.get()
    }

    /// Takes no more requests, gives those under way `grace` to finish, breaks off the rest, and
    /// returns when the thread has ended. May be called again, with a shorter grace.
    public func shutdown(grace: Duration) async {
        inbox.close(at: .now + grace)
        await inbox.waitForEnd()
    }

    private static func checkLibrary() throws(CurlStartError) {
        guard let version = curl_version_info(ccurl_version_now)?.pointee else {
            throw .unsuitableLibrary("it does not tell its version")
        }
        let oldest: UInt32 = 0x07_57_00
        guard version.version_num >= oldest else {
            throw .unsuitableLibrary("it is older than 7.87")
        }
        guard version.features & CURL_VERSION_ASYNCHDNS != 0 else {
            throw .unsuitableLibrary(
                "it looks names up synchronously: one slow name would stop all"
            )
        }
        guard version.features & CURL_VERSION_SSL != 0 else {
            throw .unsuitableLibrary("it has no TLS")
        }
    }

    /// libcurl would report a bad file only at the first request.
    private static func checkTrustAnchors(
        _ anchors: CurlConfiguration.TrustAnchors
    ) throws(CurlStartError) {
        guard case .file(let path) = anchors else { return }
        let content: Data
        do {
            content = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw .trustAnchorsUnusable(path: path, reason: "it cannot be read")
        }
        guard content.range(of: Data("-----BEGIN ".utf8)) != nil else {
            throw .trustAnchorsUnusable(path: path, reason: "it holds no PEM certificate")
        }
    }
}
