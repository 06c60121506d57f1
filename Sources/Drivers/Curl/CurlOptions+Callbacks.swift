import CCurl
import CProcess
import Glibc

// libcurl calls these on the loop's thread, inside `curl_multi_perform`. The context is the
// exchange, which the loop keeps alive for as long as its easy handle is in the multi handle.
extension CurlOptions {
    mutating func setCallbacks(_ context: UnsafeMutableRawPointer) {
        check(ccurl_set_open_socket(easyHandle, Self.openSocket))
        check(ccurl_set_pointer(easyHandle, CURLOPT_OPENSOCKETDATA, context))
        check(ccurl_set_before_request(easyHandle, Self.beforeRequest))
        check(ccurl_set_pointer(easyHandle, CURLOPT_PREREQDATA, context))
        check(ccurl_set_data_callback(easyHandle, CURLOPT_HEADERFUNCTION, Self.receiveHeader))
        check(ccurl_set_pointer(easyHandle, CURLOPT_HEADERDATA, context))
        check(ccurl_set_data_callback(easyHandle, CURLOPT_WRITEFUNCTION, Self.receiveBody))
        check(ccurl_set_pointer(easyHandle, CURLOPT_WRITEDATA, context))
    }

    private static let openSocket: ccurl_open_socket_callback = { context, _, address in
        guard let exchange = exchange(context), let address else { return ccurl_no_socket }
        return exchange.openSocket(address)
    }

    private static let beforeRequest: ccurl_before_request_callback = {
        context,
        peerAddress,
        _,
        _,
        _ in
        guard let exchange = exchange(context) else { return Int32(ccurl_before_request_abort) }
        let address = peerAddress.map { String(cString: $0) } ?? ""
        let mayProceed = exchange.mayRequest(peerAddress: address)
        return Int32(mayProceed ? ccurl_before_request_proceed : ccurl_before_request_abort)
    }

    private static let receiveHeader: ccurl_data_callback = { data, size, count, context in
        guard let exchange = exchange(context), let data else { return 0 }
        let line = UnsafeRawBufferPointer(start: data, count: size * count)
        return exchange.receive(headerLine: line) ? line.count : 0
    }

    private static let receiveBody: ccurl_data_callback = { data, size, count, context in
        guard let exchange = exchange(context), let data else { return 0 }
        let part = UnsafeRawBufferPointer(start: data, count: size * count)
        return exchange.receive(body: part) ? part.count : 0
    }

    private static func exchange(_ context: UnsafeMutableRawPointer?) -> CurlExchange? {
        context.map { Unmanaged<CurlExchange>.fromOpaque($0).takeUnretainedValue() }
    }
}

extension CurlExchange {
    /// Opens the socket for a resolved address, or refuses before any packet could leave.
    fileprivate func openSocket(_ target: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        let family = target.pointee.family
        if family != AF_UNIX || request.destination.unixSocketPath == nil {
            // `addr` is the first octets of a longer structure; `addrlen` says how long.
            guard let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr),
                let address = InternetAddress(
                    socketAddress: UnsafeRawPointer(target) + offset,
                    length: Int(target.pointee.addrlen)
                )
            else {
                lastRefusal = ("of an unknown family", nil)
                return ccurl_no_socket
            }
            if let refusal = addressPolicy.refusal(of: address) {
                lastRefusal = (address.description, refusal)
                return ccurl_no_socket
            }
        }
        let descriptor = socket(
            family,
            target.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue),
            target.pointee.protocol
        )
        guard descriptor >= 0 else {
            socketErrorNumber = errno
            return ccurl_no_socket
        }
        socketsOpened += 1
        return descriptor
    }

    /// Runs before each request on each connection, new or reused.
    fileprivate func mayRequest(peerAddress: String) -> Bool {
        if request.destination.unixSocketPath == nil {
            guard let address = InternetAddress(peerAddress) else {
                lastRefusal = ("that cannot be read", nil)
                stop = .refusedAddress
                return false
            }
            if let refusal = addressPolicy.refusal(of: address) {
                lastRefusal = (address.description, refusal)
                stop = .refusedAddress
                return false
            }
            connectedAddress = address.description
        }
        // libcurl sends a request again by itself when a reused connection dies under it. The
        // issuer may have acted on the first one: only a safe request may go twice.
        if requestMayHaveBeenSent, !request.isSafe {
            stop = .repeatedRequest
            return false
        }
        peerCertificateSHA256 = certificateReader.digest(easy)
        requestMayHaveBeenSent = true
        return true
    }

    fileprivate func receive(headerLine: UnsafeRawBufferPointer) -> Bool {
        guard head.append(line: headerLine) else {
            stop = .headersTooLarge
            return false
        }
        return true
    }

    fileprivate func receive(body part: UnsafeRawBufferPointer) -> Bool {
        guard received.count + part.count <= request.responseBytesLimit else {
            stop = .bodyTooLarge
            return false
        }
        received.append(contentsOf: part)
        return true
    }
}
