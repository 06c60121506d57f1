import AdapterKit
import EvidenceLog
import Gateway
import Synchronization
import WireFormat

/// Fetches revocation lists, and keeps each for a while: a certificate authority writes a new one
/// every few hours or days, and stamps are made every few minutes.
final class RevocationListSource: Sendable {
    enum Answer {
        /// DER.
        case found([UInt8])
        /// Why not, without what the other side wrote.
        case missing(String)
    }

    /// A list that is older is fetched again.
    static let freshFor = Duration.seconds(3_600)
    /// From the name's lookup to the last byte.
    static let timeout = Duration.seconds(15)
    /// Bytes of a list; public authorities' are below a mebibyte.
    static let largestByteCount = 8 * 1024 * 1024

    private struct Kept {
        let der: [UInt8]
        let fetchedAt: Instant
    }

    private let transport: any HTTPTransport
    private let time: any TimeSource
    private let kept = Mutex<[String: Kept]>([:])

    init(transport: any HTTPTransport, time: any TimeSource) {
        self.transport = transport
        self.time = time
    }

    /// The list at the first address that gives one; the kept one of before when none does now.
    func list(at addresses: [String]) async -> Answer {
        let now = time.now()
        let known = kept.withLock { kept in addresses.compactMap { kept[$0] } }.first
        if let known, known.fetchedAt <= now,
            now.duration(since: known.fetchedAt) < Self.freshFor
        {
            return .found(known.der)
        }
        var reason = "no revocation list has an address"
        for address in addresses {
            switch await fetch(address) {
            case .found(let der):
                kept.withLock { $0[address] = Kept(der: der, fetchedAt: now) }
                return .found(der)
            case .missing(let why): reason = why
            }
        }
        return known.map { .found($0.der) } ?? .missing(reason)
    }

    private func fetch(_ address: String) async -> Answer {
        let response: OutboundResponse
        do {
            response = try await transport.send(
                OutboundRequest(
                    method: "GET",
                    url: SecretURL(address),
                    timeout: Self.timeout,
                    responseBytesLimit: Self.largestByteCount
                )
            )
        } catch {
            return .missing("the revocation list was not had: \(error.code.rawValue)")
        }
        guard response.status == 200 else {
            return .missing("the revocation list was not had: HTTP status \(response.status)")
        }
        // RFC 5280 §4.2.1.13 asks for DER; some write PEM.
        guard response.body.starts(with: Array("-----BEGIN".utf8)) else {
            return .found(response.body)
        }
        let text = String(decoding: response.body, as: UTF8.self)
        guard let der = try? PEMText.blocks(PEMText.revocationList, in: text).first else {
            return .missing("the address of the revocation list gives something else")
        }
        return .found(der)
    }
}
