import Dispatch
import Glibc

/// A blocking client without opinions: any bytes, to a port or a socket file. Its waiting is done
/// on threads of its own, so that it does not keep the server's tasks from running.
final class SocketClient: Sendable {
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "socket client")

    struct Failure: Error { let code: Int32 }

    /// Connects to 127.0.0.1.
    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let descriptor = descriptor
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(code: errno) }
    }

    /// Connects to a socket file.
    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let descriptor = descriptor
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw Failure(code: errno) }
    }

    deinit { close(descriptor) }

    private func onThread<Result: Sendable>(
        _ work: @escaping @Sendable () -> Result
    ) async -> Result {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }

    /// Whether all bytes were taken; false when the peer has closed.
    @discardableResult
    func send(_ bytes: [UInt8]) async -> Bool {
        let descriptor = descriptor
        return await onThread {
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count <= 0 { return false }
                sent += count
            }
            return true
        }
    }

    @discardableResult
    func send(_ text: String) async -> Bool { await send(Array(text.utf8)) }

    /// No more will be sent.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// What comes until `isEnough` says so, the peer closes, or `seconds` have passed without a
    /// byte.
    func receive(
        seconds: Int = 10,
        until isEnough: @escaping @Sendable ([UInt8]) -> Bool
    ) async -> (bytes: [UInt8], isClosed: Bool) {
        let descriptor = descriptor
        return await onThread {
            var timeout = timeval(tv_sec: seconds, tv_usec: 0)
            setsockopt(
                descriptor,
                SOL_SOCKET,
                SO_RCVTIMEO,
                &timeout,
                socklen_t(MemoryLayout<timeval>.size)
            )
            var received: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while !isEnough(received) {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                if count == 0 { return (received, true) }
                if count < 0 { return (received, errno == ECONNRESET || errno == EPIPE) }
                received += buffer[..<count]
            }
            return (received, false)
        }
    }

    /// One whole answer, as text; it must have a length.
    func answer(seconds: Int = 10) async -> String {
        let received = await receive(seconds: seconds) { Self.isWhole($0) }
        return String(decoding: received.bytes, as: UTF8.self)
    }

    /// Waits until the peer closes.
    func isClosed(within seconds: Int) async -> Bool {
        await receive(seconds: seconds) { _ in false }.isClosed
    }

    private static func isWhole(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        guard let end = text.firstRange(of: "\r\n\r\n") else { return false }
        guard let length = text.firstRange(of: "content-length: "),
            length.lowerBound < end.lowerBound
        else { return true }
        let digits = text[length.upperBound...].prefix { $0.isNumber }
        return text[end.upperBound...].utf8.count >= (Int(digits) ?? 0)
    }
}
