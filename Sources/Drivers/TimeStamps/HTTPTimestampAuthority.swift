public import AdapterKit
public import EvidenceLog
public import Gateway
import WireFormat

/// A stamping authority that is asked over HTTP (RFC 3161 §3.4).
///
/// The answer is trusted for its signature, not for the way it came: plain `http`, which many
/// authorities offer alone, is as good as `https`. Where connections may lead is the transport's
/// to decide, for the authority as for an issuer.
public struct HTTPTimestampAuthority: TimestampAuthority {
    /// Where and how an authority is asked, and by what it is believed.
    public struct Configuration: Sendable {
        /// One word.
        public var name: String
        public var url: SecretURL
        /// Credentials are marked as secret.
        public var headers: [OutboundHeader]
        /// The wanted policy; nil leaves it to the authority.
        public var policy: String?
        public var algorithm: ImprintAlgorithm
        public var trust: TimeStampTrust
        /// Nil takes the address in the signer's certificate.
        public var revocationListURL: String?

        public init(
            name: String,
            url: SecretURL,
            headers: [OutboundHeader] = [],
            policy: String? = nil,
            algorithm: ImprintAlgorithm = .sha256,
            trust: TimeStampTrust,
            revocationListURL: String? = nil
        ) {
            self.name = name
            self.url = url
            self.headers = headers
            self.policy = policy
            self.algorithm = algorithm
            self.trust = trust
            self.revocationListURL = revocationListURL
        }
    }

    /// From the name's lookup to the last byte of a stamp. An authority signs in milliseconds.
    public static let timeout = Duration.seconds(15)
    /// By how much our clock and the authority's may differ: beyond it one of the two is wrong,
    /// and a stamp would bracket entries with a time that nobody believes.
    public static let largestClockDifference = Duration.seconds(3_600)

    private let configuration: Configuration
    private let transport: any HTTPTransport
    private let lists: RevocationListSource
    private let time: any TimeSource
    private let random: any RandomSource

    public init(
        _ configuration: Configuration,
        transport: any HTTPTransport,
        time: any TimeSource,
        random: any RandomSource
    ) {
        self.configuration = configuration
        self.transport = transport
        self.time = time
        self.random = random
        lists = RevocationListSource(transport: transport, time: time)
    }

    public var name: String { configuration.name }

    public func stamp(_ bytes: [UInt8]) async throws(StampingFailure) -> IssuedTimeStamp {
        let nonce = random.bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let askedAt = time.now()
        let token = try await token(over: bytes, nonce: nonce)
        let answeredAt = time.now()
        let earliest = askedAt - Self.largestClockDifference
        let latest = max(askedAt, answeredAt) + Self.largestClockDifference
        let stamp = try await verified { () async throws(EvidenceError) in
            try await configuration.trust.verify(
                token,
                over: bytes,
                nonce: nonce,
                within: earliest...latest
            )
        }
        let checked = try await checkRevocation(of: token, stamp, over: bytes)
        return IssuedTimeStamp(
            token: token.der,
            stamp: checked.stamp,
            revocationLists: checked.lists,
            revocationNote: checked.note,
            askedAt: askedAt,
            answeredAt: answeredAt
        )
    }

    private func token(
        over bytes: [UInt8],
        nonce: UInt64
    ) async throws(StampingFailure) -> TimeStampToken {
        let request: TimeStampRequest
        do {
            request = try TimeStampRequest(
                over: bytes,
                algorithm: configuration.algorithm,
                nonce: nonce,
                policy: configuration.policy
            )
        } catch {
            throw StampingFailure(.refused, "\(error)")
        }
        let answer = try await answer(to: request)
        do {
            return try TimeStampResponse(der: answer).token
        } catch {
            let isRefusal = error.code == .timeStampNotGranted
            throw StampingFailure(isRefusal ? .refused : .unverified, "\(error)")
        }
    }

    private func answer(to request: TimeStampRequest) async throws(StampingFailure) -> [UInt8] {
        let response: OutboundResponse
        do {
            response = try await transport.send(
                OutboundRequest(
                    method: "POST",
                    url: configuration.url,
                    headers: configuration.headers + [
                        OutboundHeader(name: "content-type", value: TimeStampRequest.contentType),
                        OutboundHeader(name: "accept", value: TimeStampRequest.answerContentType),
                    ],
                    body: request.der,
                    timeout: Self.timeout,
                    responseBytesLimit: TimeStampToken.largestByteCount
                )
            )
        } catch {
            throw StampingFailure(.unavailable, error.code.rawValue)
        }
        switch response.status {
        case 200: break
        case 400..<500 where response.status != 408 && response.status != 429:
            throw StampingFailure(.refused, "HTTP status \(response.status)")
        default: throw StampingFailure(.unavailable, "HTTP status \(response.status)")
        }
        guard response.mediaType == TimeStampRequest.answerContentType else {
            throw StampingFailure(
                .unverified,
                "the answer is no \(TimeStampRequest.answerContentType)"
            )
        }
        return response.body
    }

    /// Verifies again with the list of the signer's issuer, when there is one that settles it.
    private func checkRevocation(
        of token: TimeStampToken,
        _ stamp: VerifiedTimeStamp,
        over bytes: [UInt8]
    ) async throws(StampingFailure) -> (stamp: VerifiedTimeStamp, lists: [[UInt8]], note: String?) {
        let addresses =
            configuration.revocationListURL.map { [$0] } ?? stamp.revocationListAddresses
        guard !addresses.isEmpty else { return (stamp, [], nil) }
        let list: [UInt8]
        switch await lists.list(at: addresses) {
        case .found(let der): list = der
        case .missing(let reason): return (stamp, [], reason)
        }
        do {
            let checked = try await configuration.trust.verify(
                token,
                over: bytes,
                revocationLists: [list]
            )
            return (checked, [list], nil)
        } catch {
            guard error.code != .revokedCertificate else {
                throw StampingFailure(.unverified, "\(error)")
            }
            return (stamp, [], "\(error)")
        }
    }

    private func verified(
        _ body: () async throws(EvidenceError) -> VerifiedTimeStamp
    ) async throws(StampingFailure) -> VerifiedTimeStamp {
        do {
            return try await body()
        } catch {
            throw StampingFailure(.unverified, "\(error)")
        }
    }
}
