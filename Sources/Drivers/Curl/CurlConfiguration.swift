/// What a `CurlTransport` may do and how much of it at a time.
public struct CurlConfiguration: Sendable, Hashable {
    /// Which certificate authorities vouch for a server. Verification itself has no switch.
    public enum TrustAnchors: Sendable, Hashable {
        /// Those the system's libcurl was built with.
        case system
        /// A PEM file, and nothing beside it.
        case file(String)
    }

    /// How much an exchange may take, whatever its request allows.
    public struct ExchangeLimits: Sendable, Hashable {
        /// Bytes of a request's body.
        public var requestBytes: Int
        /// Bytes of an answer's body.
        public var responseBytes: Int
        /// Longer deadlines are shortened to this: a request nobody waits for holds a connection.
        public var timeout: Duration

        public init(requestBytes: Int, responseBytes: Int, timeout: Duration) {
            self.requestBytes = requestBytes
            self.responseBytes = responseBytes
            self.timeout = timeout
        }

        /// An inquiry is a few hundred bytes, a batch of them a few hundred KB.
        public static let issuers = ExchangeLimits(
            requestBytes: 4 << 20,
            responseBytes: 16 << 20,
            timeout: .seconds(300)
        )
    }

    /// Where connections may lead.
    public var addressPolicy: OutboundAddressPolicy
    public var trustAnchors: TrustAnchors
    /// Sent as `User-Agent` unless the request brings its own.
    public var userAgent: String
    /// Connections to one host at a time, 1 ... `hostConnectionsCeiling`.
    public var connectionsPerHost: Int
    /// Connections at a time to all hosts together, 1 ... `totalConnectionsCeiling`.
    public var totalConnections: Int
    /// Requests that may wait for a connection before further ones are refused.
    public var waitingRequests: Int
    /// The longest a connection, TLS included, may take to be made.
    public var connectTimeout: Duration
    public var exchangeLimits: ExchangeLimits

    /// libcurl searches a host's connections one after the other: measured, it falls behind
    /// beyond this many.
    public static let hostConnectionsCeiling = 64
    /// Each connection is a file descriptor and, while its name is looked up, a thread.
    public static let totalConnectionsCeiling = 1024
    /// The longest that a connection may be set to take.
    public static let timeoutCeiling: Duration = .seconds(300)
    /// The status line and the headers of one answer together.
    public static let responseHeaderBytesCeiling = 64 * 1024
    /// A request's headers, names and values together.
    public static let requestHeaderBytesCeiling = 32 * 1024
    /// libcurl itself takes longer URLs; issuers do not.
    public static let urlBytesCeiling = 16 * 1024
    /// `sun_path` of Linux holds 108 bytes with its terminating zero.
    public static let unixSocketPathBytesCeiling = 107
    /// A connection is not reused past this age, so that a moved host is looked up again and its
    /// certificate checked again.
    public static let connectionLifetime: Duration = .seconds(600)
    /// Leaf certificates are 1-3 KB; one above this has no digest in the evidence.
    public static let certificateBytesCeiling = 64 * 1024

    public init(
        addressPolicy: OutboundAddressPolicy = .publicOnly,
        trustAnchors: TrustAnchors = .system,
        userAgent: String = "cardproof",
        connectionsPerHost: Int = 32,
        totalConnections: Int = 256,
        waitingRequests: Int = 4096,
        connectTimeout: Duration = .seconds(10),
        exchangeLimits: ExchangeLimits = .issuers
    ) {
        self.addressPolicy = addressPolicy
        self.trustAnchors = trustAnchors
        self.userAgent = userAgent
        self.connectionsPerHost = connectionsPerHost
        self.totalConnections = totalConnections
        self.waitingRequests = waitingRequests
        self.connectTimeout = connectTimeout
        self.exchangeLimits = exchangeLimits
    }

    /// The first thing wrong with the values, nil when there is none.
    func defect() -> CurlStartError? {
        if !(1...Self.hostConnectionsCeiling).contains(connectionsPerHost) {
            return .invalidConfiguration(
                "connections per host: \(connectionsPerHost) is not in"
                    + " 1 ... \(Self.hostConnectionsCeiling)"
            )
        }
        if !(1...Self.totalConnectionsCeiling).contains(totalConnections) {
            return .invalidConfiguration(
                "connections in all: \(totalConnections) is not in"
                    + " 1 ... \(Self.totalConnectionsCeiling)"
            )
        }
        if waitingRequests < 0 {
            return .invalidConfiguration("waiting requests: \(waitingRequests) is below 0")
        }
        if connectTimeout <= .zero || connectTimeout > Self.timeoutCeiling {
            return .invalidConfiguration(
                "connect timeout: \(connectTimeout) is not above 0 and up to"
                    + " \(Self.timeoutCeiling)"
            )
        }
        if userAgent.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            return .invalidConfiguration("user agent: control characters cannot be sent")
        }
        return nil
    }
}

/// Why a `CurlTransport` could not be made.
public enum CurlStartError: Error, Sendable, Hashable, CustomStringConvertible {
    case invalidConfiguration(String)
    /// The CA file is missing or unreadable, or holds no PEM certificate.
    case trustAnchorsUnusable(path: String, reason: String)
    /// The libcurl in use lacks something that the evidence or the safety of requests needs.
    case unsuitableLibrary(String)
    /// The process has no room for libcurl's handles: memory or file descriptors.
    case outOfResources

    public var description: String {
        switch self {
        case .invalidConfiguration(let reason):
            "outbound HTTP is misconfigured: \(reason)"
        case .trustAnchorsUnusable(let path, let reason):
            "the CA file \(path) cannot be used: \(reason); name a PEM file with the certificates"
                + " of the authorities to trust"
        case .unsuitableLibrary(let reason):
            "this libcurl cannot be used: \(reason)"
        case .outOfResources:
            "libcurl could not start: no memory or no file descriptors are left"
                + " (see `ulimit -n`)"
        }
    }
}
