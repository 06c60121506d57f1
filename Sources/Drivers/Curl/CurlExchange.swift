import AdapterKit
import CCurl
import Glibc

/// One request on one easy handle, from start to answer. Lives on the loop's thread alone.
final class CurlExchange {
    /// Why a callback stopped the transfer.
    enum Stop: Sendable, Hashable {
        case refusedAddress
        case repeatedRequest
        case bodyTooLarge
        case headersTooLarge
    }

    let submission: CurlSubmission
    let easy: UnsafeMutableRawPointer
    private let configuration: CurlConfiguration
    let certificateReader: PeerCertificateReader
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var holdsAllHeaders = true
    private let body: UnsafeMutableRawBufferPointer

    var head = ResponseHead()
    var received: [UInt8] = []
    var peerCertificateSHA256: [UInt8]?
    var connectedAddress: String?
    /// Set as soon as a connection is about to carry the request: from there on nobody can say
    /// that the issuer has not seen it.
    var requestMayHaveBeenSent = false
    var stop: Stop?
    var socketsOpened = 0
    var socketErrorNumber: Int32 = 0
    var lastRefusal: (address: String, reason: OutboundAddressPolicy.Refusal?)?

    var request: CurlRequest { submission.request }
    var addressPolicy: OutboundAddressPolicy { configuration.addressPolicy }

    init(
        _ submission: CurlSubmission,
        easy: UnsafeMutableRawPointer,
        configuration: CurlConfiguration,
        certificateReader: PeerCertificateReader
    ) {
        self.submission = submission
        self.easy = easy
        self.configuration = configuration
        self.certificateReader = certificateReader
        body = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(1, submission.request.body.count),
            alignment: 1
        )
        body.copyBytes(from: submission.request.body)
        for line in submission.request.headerLines {
            guard let longer = curl_slist_append(headerList, line) else {
                holdsAllHeaders = false
                break
            }
            headerList = longer
        }
    }

    deinit {
        // The body holds a card key for most issuers.
        if let start = body.baseAddress { explicit_bzero(start, body.count) }
        body.deallocate()
        var entry = headerList
        while let current = entry {
            if let text = current.pointee.data { explicit_bzero(text, strlen(text)) }
            entry = current.pointee.next
        }
        curl_slist_free_all(headerList)
    }

    /// Sets every option; false when libcurl refuses one, which only lack of memory explains.
    func configure(now: ContinuousClock.Instant) -> Bool {
        guard holdsAllHeaders else { return false }
        var options = CurlOptions(easy)
        options.setConnection(configuration)
        options.setDestination(request)
        options.setMethod(request, body: body)
        options.setDeadlines(
            remaining: submission.deadline - now,
            connect: configuration.connectTimeout
        )
        options.setCallbacks(Unmanaged.passUnretained(self).toOpaque())
        options.check(ccurl_set_headers(easy, headerList))
        return options.allAccepted
    }

    /// What the callbacks and libcurl have seen, for `CurlFailure`.
    private var facts: CurlFailure.Facts {
        CurlFailure.Facts(
            destinationLabel: request.destinationLabel,
            isUnixSocket: request.destination.unixSocketPath != nil,
            timeout: timeoutInForce,
            responseBytesLimit: request.responseBytesLimit,
            requestMayHaveBeenSent: requestMayHaveBeenSent,
            stop: stop,
            refusal: socketsOpened == 0 || stop == .refusedAddress ? lastRefusal : nil,
            errorNumber: socketErrorNumber != 0
                ? socketErrorNumber
                : Int32(truncatingIfNeeded: CurlOptions.integer(CURLINFO_OS_ERRNO, of: easy)),
            certificateVerification: CurlOptions.integer(CURLINFO_SSL_VERIFYRESULT, of: easy)
        )
    }

    private var timeoutInForce: Duration {
        requestMayHaveBeenSent
            ? request.timeout : min(request.timeout, configuration.connectTimeout)
    }

    /// What the caller gets for libcurl's result.
    func outcome(_ code: CURLcode, at now: ContinuousClock.Instant) -> CurlOutcome {
        guard code == CURLE_OK else { return .failure(CurlFailure.error(code, facts)) }
        guard head.isComplete else {
            return .failure(CurlFailure.error(CURLE_PARTIAL_FILE, facts))
        }
        return .success(response(at: now))
    }

    private func response(at now: ContinuousClock.Instant) -> OutboundResponse {
        OutboundResponse(
            status: CurlOptions.integer(CURLINFO_RESPONSE_CODE, of: easy),
            headers: head.headers,
            body: received,
            peerCertificateSHA256: peerCertificateSHA256,
            connectedAddress: connectedAddress,
            timings: CurlOptions.timings(of: easy, total: now - submission.submittedAt)
        )
    }
}
