import AdapterKit
import CCurl
import Glibc

/// Turns libcurl's result into a `TransportError`. Pure; its texts name the host and nothing
/// else of the URL, and quote nothing that was sent or received.
enum CurlFailure {
    /// What was seen of a failed exchange.
    struct Facts {
        var destinationLabel: String
        var isUnixSocket: Bool
        /// For the connection while there was none, else for the whole exchange.
        var timeout: Duration
        var responseBytesLimit: Int
        var requestMayHaveBeenSent: Bool
        var stop: CurlExchange.Stop?
        /// The last address refused, when no other was connected to.
        var refusal: (address: String, reason: OutboundAddressPolicy.Refusal?)?
        var errorNumber: Int32
        /// OpenSSL's `X509_V_ERR_*`, 0 when the chain itself was good.
        var certificateVerification: Int
    }

    static func error(_ code: CURLcode, _ facts: Facts) -> TransportError {
        let (kind, message) = facts.stop.map { stopped($0, facts) } ?? described(code, facts)
        return TransportError(
            code: kind,
            message: message,
            requestWasSent: facts.requestMayHaveBeenSent
        )
    }

    private typealias Description = (TransportError.Code, String)

    private static func stopped(_ stop: CurlExchange.Stop, _ facts: Facts) -> Description {
        let place = facts.destinationLabel
        switch stop {
        case .refusedAddress:
            return refused(facts)
        case .repeatedRequest:
            return (
                .connectionBroken,
                "\(place) closed the connection under the request; it is not repeated, because"
                    + " it may have arrived"
            )
        case .bodyTooLarge:
            return tooLarge(facts)
        case .headersTooLarge:
            return (
                .bodyTooLarge,
                "\(place) answered with more than"
                    + " \(CurlConfiguration.responseHeaderBytesCeiling) bytes of headers"
            )
        }
    }

    private static func described(_ code: CURLcode, _ facts: Facts) -> Description {
        let place = facts.destinationLabel
        switch code {
        case CURLE_OPERATION_TIMEDOUT:
            return timedOut(facts)
        case CURLE_COULDNT_RESOLVE_HOST:
            return (.resolveFailed, "the name of \(place) could not be resolved")
        case CURLE_COULDNT_CONNECT, CURLE_NO_CONNECTION_AVAILABLE:
            return facts.refusal == nil ? notConnected(facts) : refused(facts)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_INVALIDCERTSTATUS:
            return (
                .untrustedCertificate,
                "the certificate of \(place) is not trusted:"
                    + " \(certificateDefect(facts.certificateVerification))"
            )
        case CURLE_SSL_CACERT_BADFILE:
            return (.untrustedCertificate, "the CA file could not be read")
        case CURLE_SSL_CLIENTCERT:
            return (.connectFailed, "\(place) asks for a client certificate")
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER:
            return (.connectFailed, "the TLS handshake with \(place) failed")
        case CURLE_FILESIZE_EXCEEDED:
            return tooLarge(facts)
        case CURLE_URL_MALFORMAT:
            return (.badRequest, "the request cannot be sent: libcurl cannot read the URL")
        case CURLE_PARTIAL_FILE:
            return (.connectionBroken, "the answer of \(place) broke off")
        case CURLE_GOT_NOTHING:
            return (.connectionBroken, "\(place) closed the connection without an answer")
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY:
            return (.connectionBroken, "\(place) did not answer in HTTP")
        case CURLE_OUT_OF_MEMORY:
            return (
                facts.requestMayHaveBeenSent ? .connectionBroken : .connectFailed,
                "no memory was left for the exchange with \(place)"
            )
        default:
            return other(code, facts)
        }
    }

    /// SEND_ERROR, RECV_ERROR and whatever a later libcurl may add.
    private static func other(_ code: CURLcode, _ facts: Facts) -> Description {
        let place = facts.destinationLabel
        let reason = systemReason(facts.errorNumber).map { ": \($0)" } ?? ""
        if facts.requestMayHaveBeenSent {
            return (
                .connectionBroken,
                "the exchange with \(place) broke off (libcurl \(code.rawValue))\(reason)"
            )
        }
        return (
            .connectFailed,
            "the connection to \(place) failed (libcurl \(code.rawValue))\(reason)"
        )
    }

    private static func refused(_ facts: Facts) -> Description {
        let address = facts.refusal?.address ?? "it resolves to"
        let reason = facts.refusal?.reason.map { " (\($0.rawValue))" } ?? ""
        return (
            .refusedAddress,
            "\(facts.destinationLabel) leads to the address \(address)\(reason), which is not"
                + " public; an operator can allow its network by CIDR"
        )
    }

    private static func tooLarge(_ facts: Facts) -> Description {
        (
            .bodyTooLarge,
            "\(facts.destinationLabel) answered with more than \(facts.responseBytesLimit) bytes"
        )
    }

    private static func timedOut(_ facts: Facts) -> Description {
        let place = facts.destinationLabel
        let limit = "\(facts.timeout.wholeMilliseconds) ms"
        return facts.requestMayHaveBeenSent
            ? (.timedOut, "\(place) gave no complete answer within \(limit)")
            : (.timedOut, "\(place) could not be reached within \(limit)")
    }

    private static func notConnected(_ facts: Facts) -> Description {
        let reason = systemReason(facts.errorNumber).map { ": \($0)" } ?? ""
        let advice =
            facts.isUnixSocket && [ENOENT, ECONNREFUSED].contains(facts.errorNumber)
            ? "; nothing listens there" : ""
        return (
            .connectFailed, "no connection to \(facts.destinationLabel)\(reason)\(advice)"
        )
    }

    private static func systemReason(_ number: Int32) -> String? {
        switch number {
        case ECONNREFUSED: "connection refused"
        case ECONNRESET: "connection reset"
        case EPIPE: "connection closed"
        case ETIMEDOUT: "no answer"
        case EHOSTUNREACH, ENETUNREACH: "no route"
        case EMFILE, ENFILE: "no file descriptors are left (see `ulimit -n`)"
        case EACCES, EPERM: "not permitted"
        case ENOENT: "no such socket"
        default: nil
        }
    }

    /// OpenSSL's `x509_vfy.h`. libcurl compares the name before it asks for OpenSSL's result,
    /// which then is 0, or the 1 that libcurl begins with.
    private static func certificateDefect(_ code: Int) -> String {
        switch code {
        case 9: "it is not valid yet"
        case 10: "it has expired"
        case 18, 19: "it is self-signed"
        case 2, 20, 21, 27: "its authority is not known"
        case 23: "it has been revoked"
        case 0, 1, 62, 64: "it is not for this host"
        case 66, 67, 68: "its key or signature is too weak"
        default: "verification error \(code)"
        }
    }
}
