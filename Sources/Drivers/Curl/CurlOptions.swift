import AdapterKit
import CCurl

/// Sets and reads an easy handle's values, and remembers whether one was refused.
struct CurlOptions {
    let easyHandle: UnsafeMutableRawPointer
    private(set) var allAccepted = true

    init(_ easy: UnsafeMutableRawPointer) {
        easyHandle = easy
    }

    mutating func check(_ code: CURLcode) {
        if code != CURLE_OK { allAccepted = false }
    }

    private mutating func set(_ option: CURLoption, _ value: Int) {
        check(ccurl_set_integer(easyHandle, option, value))
    }

    private mutating func set(_ option: CURLoption, _ value: String) {
        check(ccurl_set_text(easyHandle, option, value))
    }

    /// What holds for every request.
    mutating func setConnection(_ configuration: CurlConfiguration) {
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        // Else `http_proxy` would lead around the address check: it would see the proxy's.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOPROXY, "*")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_VERBOSE, 0)
        // HTTP/2 of libcurl 7.88 fails at random against some servers (measured).
        set(CURLOPT_HTTP_VERSION, ccurl_http_1_1)
        set(CURLOPT_SSLVERSION, ccurl_tls_1_2_or_newer)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        // Without it, giving up a request whose name is still being looked up waits for the
        // resolver, and every other request of the loop with it.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_MAXLIFETIME_CONN, CurlConfiguration.connectionLifetime.wholeSeconds)
        set(CURLOPT_USERAGENT, configuration.userAgent)
        switch configuration.trustAnchors {
        case .system: break
        case .file(let path):
            set(CURLOPT_CAINFO, path)
            check(ccurl_set_text(easyHandle, CURLOPT_CAPATH, nil))
        }
    }

    mutating func setDestination(_ request: CurlRequest) {
        set(CURLOPT_URL, request.url)
        if let path = request.destination.unixSocketPath { set(CURLOPT_UNIX_SOCKET_PATH, path) }
        // 0 means "no limit" to libcurl; the body's callback holds that limit by itself.
        check(
            ccurl_set_large_integer(
                easyHandle,
                CURLOPT_MAXFILESIZE_LARGE,
                curl_off_t(request.responseBytesLimit)
            )
        )
    }

    /// `body` must stay where it is until the transfer is over: libcurl does not copy it.
    mutating func setMethod(_ request: CurlRequest, body: UnsafeMutableRawBufferPointer) {
        let hasBody = !request.body.isEmpty
        switch (request.method, hasBody) {
        case ("GET", false):
            set(CURLOPT_HTTPGET, 1)
        case ("HEAD", _):
            set(CURLOPT_NOBODY, 1)
        case (_, true), ("POST", false), ("PUT", false), ("PATCH", false):
            set(CURLOPT_POST, 1)
            check(
                ccurl_set_large_integer(
                    easyHandle,
                    CURLOPT_POSTFIELDSIZE_LARGE,
                    curl_off_t(request.body.count)
                )
            )
            check(ccurl_set_pointer(easyHandle, CURLOPT_POSTFIELDS, body.baseAddress))
            set(CURLOPT_CUSTOMREQUEST, request.method)
        case (_, false):
            set(CURLOPT_CUSTOMREQUEST, request.method)
        }
    }

    mutating func setDeadlines(remaining: Duration, connect: Duration) {
        // 0 would mean "never" to libcurl.
        set(CURLOPT_TIMEOUT_MS, max(1, remaining.wholeMilliseconds))
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, min(remaining, connect).wholeMilliseconds))
    }

    static func integer(_ info: CURLINFO, of easy: UnsafeMutableRawPointer) -> Int {
        var value = 0
        return ccurl_get_integer(easy, info, &value) == CURLE_OK ? value : 0
    }

    /// libcurl counts every phase from the start of the transfer; here each is its own length.
    static func timings(of easy: UnsafeMutableRawPointer, total: Duration) -> TransportTimings {
        func microseconds(_ info: CURLINFO) -> Int64 {
            var value: curl_off_t = 0
            return ccurl_get_large_integer(easy, info, &value) == CURLE_OK ? Int64(value) : 0
        }
        let lookedUp = microseconds(CURLINFO_NAMELOOKUP_TIME_T)
        let connected = microseconds(CURLINFO_CONNECT_TIME_T)
        let encrypted = microseconds(CURLINFO_APPCONNECT_TIME_T)
        return TransportTimings(
            nameLookup: .microseconds(lookedUp),
            connect: .microseconds(max(0, connected - lookedUp)),
            tlsHandshake: .microseconds(max(0, encrypted - connected)),
            firstByte: .microseconds(microseconds(CURLINFO_STARTTRANSFER_TIME_T)),
            total: total
        )
    }
}

extension Duration {
    /// Whole seconds, the rest dropped.
    var wholeSeconds: Int { Int(components.seconds) }

    /// Whole milliseconds, the rest dropped.
    var wholeMilliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
