/// One HTTP request to an issuer.
public struct OutboundRequest: Sendable {
    /// Upper case.
    public var method: String
    public var url: SecretURL
    public var headers: [OutboundHeader]
    public var body: [UInt8]
    public var timeout: Duration
    /// Bytes of the answer's body after which the transport gives up.
    public var responseBytesLimit: Int
    /// Connect to this socket file in place of the URL's host and port.
    public var unixSocketPath: String?

    public init(
        method: String,
        url: SecretURL,
        headers: [OutboundHeader] = [],
        body: [UInt8] = [],
        timeout: Duration,
        responseBytesLimit: Int,
        unixSocketPath: String? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.responseBytesLimit = responseBytesLimit
        self.unixSocketPath = unixSocketPath
    }
}

extension OutboundRequest {
    /// A request under an adapter's own limits.
    public init(
        method: String,
        url: SecretURL,
        headers: [OutboundHeader] = [],
        body: [UInt8] = [],
        limits: AdapterLimits
    ) {
        self.init(
            method: method,
            url: url,
            headers: headers,
            body: body,
            timeout: limits.timeout,
            responseBytesLimit: limits.responseBytes
        )
    }
}

/// One request header. Credentials are marked, and print as `••••`.
public struct OutboundHeader: Sendable, CustomStringConvertible, CustomReflectable {
    public var name: String
    public var value: String
    public var isSecret: Bool

    public init(name: String, value: String, isSecret: Bool = false) {
        self.name = name
        self.value = value
        self.isSecret = isSecret
    }

    public var description: String { "\(name): \(isSecret ? "••••" : value)" }
    public var customMirror: Mirror { Mirror(self, children: ["header": description]) }
}

extension OutboundRequest: CustomStringConvertible, CustomReflectable {
    /// Method and redacted URL; the body may hold the key and is only counted.
    public var description: String { "\(method) \(url.redacted) (\(body.count) bytes)" }
    public var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}
