/// What an issuer sent back, or a part of the network in its name.
public struct OutboundResponse: Sendable {
    public var status: Int
    /// In the order received; names in any case.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// SHA-256 of the leaf certificate's DER; nil without TLS.
    public var peerCertificateSHA256: [UInt8]?
    /// The address actually connected to, without port.
    public var connectedAddress: String?
    public var timings: TransportTimings

    public init(
        status: Int,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        peerCertificateSHA256: [UInt8]? = nil,
        connectedAddress: String? = nil,
        timings: TransportTimings = TransportTimings()
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.peerCertificateSHA256 = peerCertificateSHA256
        self.connectedAddress = connectedAddress
        self.timings = timings
    }

    /// The first header of that name, in any case.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }

    /// Media type without parameters, in lower case; nil when the header is absent or empty.
    public var mediaType: String? {
        guard let value = header("content-type") else { return nil }
        let type = value.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }
        return type.isEmpty ? nil : type.lowercased()
    }
}

/// Where the time of one exchange went.
public struct TransportTimings: Sendable, Hashable {
    public var nameLookup: Duration
    public var connect: Duration
    public var tlsHandshake: Duration
    public var firstByte: Duration
    public var total: Duration

    public init(
        nameLookup: Duration = .zero,
        connect: Duration = .zero,
        tlsHandshake: Duration = .zero,
        firstByte: Duration = .zero,
        total: Duration = .zero
    ) {
        self.nameLookup = nameLookup
        self.connect = connect
        self.tlsHandshake = tlsHandshake
        self.firstByte = firstByte
        self.total = total
    }
}
