/// How adapters reach the world; a driver fills it, tests script it.
///
/// What an implementation owes:
/// - redirects are not followed: a 3xx is returned as it came;
/// - `request.timeout` covers everything from name lookup to the last byte;
/// - a body longer than `request.responseBytesLimit` is `bodyTooLarge`, never a cut body;
/// - the address actually connected to is checked (`refusedAddress`), and the certificate too;
/// - `requestWasSent` is false only when the issuer cannot have seen the request;
/// - nothing of the URL beyond the host, no header value and no body stands in an error's message.
public protocol HTTPTransport: Sendable {
    func send(_ request: OutboundRequest) async throws(TransportError) -> OutboundResponse
}
