import AdapterKit

/// A request that has passed every check which needs no connection, in the form libcurl takes.
struct CurlRequest: Sendable {
    let method: String
    /// Holds card keys for some issuers: given to libcurl and to nobody else.
    let url: String
    let destination: OutboundDestination
    /// How messages name the destination; the host alone, and not even that where it is secret.
    let destinationLabel: String
    /// `Name: value`, `Name;` for an empty value, `Name:` to keep libcurl from adding its own.
    let headerLines: [String]
    let body: [UInt8]
    let timeout: Duration
    let responseBytesLimit: Int

    /// RFC 9110 §9.2.1: repeating these changes nothing at the issuer.
    var isSafe: Bool { method == "GET" || method == "HEAD" }

    /// - Throws: `badRequest` for what cannot be sent as it stands.
    init(
        _ request: OutboundRequest,
        limits: CurlConfiguration.ExchangeLimits
    ) throws(TransportError) {
        url = request.url.withUnredacted { $0 }
        destination = try Self.destination(of: url, unixSocketPath: request.unixSocketPath)
        destinationLabel = Self.label(destination, redactedURL: request.url.redacted)
        guard Self.isToken(request.method), request.method.utf8.count <= Self.methodBytesCeiling
        else { throw Self.defect("the method is not an HTTP token") }
        method = request.method
        headerLines = try Self.lines(request.headers)
        guard request.body.count <= limits.requestBytes else {
            throw Self.defect(
                "the body has \(request.body.count) bytes; at most \(limits.requestBytes) are sent"
            )
        }
        body = request.body
        timeout = min(request.timeout, limits.timeout)
        responseBytesLimit = min(
            max(0, request.responseBytesLimit),
            limits.responseBytes
        )
    }

    /// No registered method is longer than `UPDATEREDIRECTREF`.
    private static let methodBytesCeiling = 32

    /// What frames the message or steers the connection belongs to the transport: set from
    /// outside it could smuggle a second request or send a key in the clear.
    private static let reservedHeaders: Set<String> = [
        "connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization",
        "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    private static func destination(
        of url: String,
        unixSocketPath: String?
    ) throws(TransportError) -> OutboundDestination {
        guard url.utf8.count <= CurlConfiguration.urlBytesCeiling else {
            throw defect("the URL is longer than \(CurlConfiguration.urlBytesCeiling) bytes")
        }
        if let path = unixSocketPath {
            guard (1...CurlConfiguration.unixSocketPathBytesCeiling).contains(path.utf8.count),
                !path.utf8.contains(0)
            else {
                throw defect(
                    "a unix socket's path has 1 to"
                        + " \(CurlConfiguration.unixSocketPathBytesCeiling) bytes"
                )
            }
        }
        do {
            return try OutboundDestination(url: url, unixSocketPath: unixSocketPath)
        } catch {
            switch error {
            case .malformed: throw defect("the URL cannot be read")
            case .unsupportedScheme: throw defect("the URL's scheme is neither http nor https")
            case .holdsCredentials:
                throw defect("the URL holds a user name or password; send them in a header")
            }
        }
    }

    private static func label(_ destination: OutboundDestination, redactedURL: String) -> String {
        if let path = destination.unixSocketPath { return "the socket \(path)" }
        guard redactedURL.lowercased().contains(destination.host) else { return "the host" }
        return "\(destination.host):\(destination.port)"
    }

    private static func lines(_ headers: [OutboundHeader]) throws(TransportError) -> [String] {
        var lines: [String] = []
        var names: Set<String> = []
        var bytes = 0
        for header in headers {
            let name = header.name.lowercased()
            guard isToken(header.name) else { throw defect("a header's name is not a token") }
            guard !reservedHeaders.contains(name) else {
                throw defect("the header \(name) is set by the transport")
            }
            guard header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw defect("the value of the header \(name) holds control characters")
            }
            let isBlank = header.value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
            lines.append(isBlank ? "\(header.name);" : "\(header.name): \(header.value)")
            bytes += header.name.utf8.count + header.value.utf8.count
            names.insert(name)
        }
        guard bytes <= CurlConfiguration.requestHeaderBytesCeiling else {
            throw defect(
                "the headers have \(bytes) bytes; at most"
                    + " \(CurlConfiguration.requestHeaderBytesCeiling) are sent"
            )
        }
        // What libcurl would add by itself is not in the transcript.
        if !names.contains("accept") { lines.append("Accept:") }
        if !names.contains("content-type") { lines.append("Content-Type:") }
        return lines + ["Expect:"]
    }

    /// RFC 9110 §5.6.2.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { symbol in
                switch symbol {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(symbol)
                }
            }
    }

    private static func defect(_ reason: String) -> TransportError {
        TransportError(
            code: .badRequest,
            message: "the request cannot be sent: \(reason)",
            requestWasSent: false
        )
    }
}
