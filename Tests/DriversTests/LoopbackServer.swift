import Glibc
import Synchronization

/// A server on loopback (or a unix socket) whose every move a test writes: it can also break off,
/// stall and talk nonsense, which a real one would not do on request. One thread a connection.
final class LoopbackServer: Sendable {
    struct CannotListen: Error {
        let number: Int32
    }

    private struct Log {
        var acceptedConnections = 0
        var requests: [String] = []
        var openDescriptors: Set<Int32> = []
        var isStopped = false
    }

    let port: Int
    private let listener: Int32
    private let log = Mutex(Log())

    var acceptedConnections: Int { log.withLock { $0.acceptedConnections } }
    /// Request heads with their bodies, in the order they arrived.
    var requests: [String] { log.withLock { $0.requests } }

    init(
        unixSocketPath: String? = nil,
        serve: @escaping @Sendable (ServerConnection) -> Void
    ) throws {
        listener =
            if let unixSocketPath {
                try Self.listen(unixSocketPath: unixSocketPath)
            } else {
                try Self.listenOnLoopback()
            }
        port = unixSocketPath == nil ? Self.port(of: listener) : 0
        startThread { [self] in acceptConnections(serve) }
    }

    /// Answers every request of every connection with the same bytes.
    convenience init(answer: String, unixSocketPath: String? = nil) throws {
        try self.init(unixSocketPath: unixSocketPath) { connection in
            while connection.readRequest() != nil { connection.write(answer) }
        }
    }

    func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// Closes everything; threads that serve end by themselves.
    func stop() {
        log.withLock { log in
            log.isStopped = true
            for descriptor in log.openDescriptors { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func acceptConnections(_ serve: @escaping @Sendable (ServerConnection) -> Void) {
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { break }
            let isWelcome = log.withLock { log in
                log.acceptedConnections += 1
                if !log.isStopped { log.openDescriptors.insert(descriptor) }
                return !log.isStopped
            }
            guard isWelcome else {
                close(descriptor)
                continue
            }
            startThread { [self] in
                serve(
                    ServerConnection(descriptor: descriptor) { [self] request in
                        log.withLock { $0.requests.append(request) }
                    }
                )
                log.withLock { _ = $0.openDescriptors.remove(descriptor) }
                close(descriptor)
            }
        }
        close(listener)
    }

    private static func listenOnLoopback() throws -> Int32 {
        let descriptor = try boundToLoopback()
        guard Glibc.listen(descriptor, 128) == 0 else { throw CannotListen(number: errno) }
        return descriptor
    }

    fileprivate static func boundToLoopback() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0 else { throw CannotListen(number: errno) }
        return descriptor
    }

    private static func listen(unixSocketPath: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: unixSocketPath.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, Glibc.listen(descriptor, 128) == 0 else {
            throw CannotListen(number: errno)
        }
        return descriptor
    }

    fileprivate static func port(of descriptor: Int32) -> Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = getsockname(descriptor, $0, &length)
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// A port of loopback that refuses connections and that nobody else can take meanwhile.
final class RefusingPort: Sendable {
    let number: Int
    private let descriptor: Int32

    init() throws {
        descriptor = try LoopbackServer.boundToLoopback()
        number = LoopbackServer.port(of: descriptor)
    }

    deinit {
        close(descriptor)
    }
}

/// The server's end of one connection.
struct ServerConnection: Sendable {
    let descriptor: Int32
    let record: @Sendable (String) -> Void

    /// The next request with its body, as text; nil when the client has closed.
    func readRequest() -> String? {
        var request: [UInt8] = []
        while !Self.isComplete(request) {
            guard let octet = readOctets(1) else { return nil }
            request += octet
        }
        let text = String(decoding: request, as: UTF8.self)
        record(text)
        return text
    }

    /// False when the client has gone.
    @discardableResult
    func write(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    /// Blocks until the client closes its end.
    func waitForClose() {
        while readOctets(4096) != nil {}
    }

    /// Closes with a reset instead of an orderly end.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_LINGER,
            &linger,
            socklen_t(MemoryLayout<linger>.size)
        )
    }

    private func readOctets(_ count: Int) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: count)
        let received = recv(descriptor, &buffer, count, 0)
        return received > 0 ? Array(buffer[..<received]) : nil
    }

    private static func isComplete(_ request: [UInt8]) -> Bool {
        let text = String(decoding: request, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return false }
        let head = text[..<end.lowerBound].lowercased()
        guard let name = head.firstRange(of: "\r\ncontent-length:") else { return true }
        let value = head[name.upperBound...].prefix { $0 != "\r" }.drop { $0 == " " }
        return text[end.upperBound...].utf8.count >= Int(value) ?? 0
    }
}

/// A detached thread; the server blocks in system calls and must not hold a thread of the
/// cooperative pool.
private func startThread(_ body: @escaping @Sendable () -> Void) {
    final class Start {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let context = Unmanaged.passRetained(Start(body)).toOpaque()
    pthread_create(
        &thread,
        nil,
        { context in
            guard let context else { return nil }
            Unmanaged<Start>.fromOpaque(context).takeRetainedValue().body()
            return nil
        },
        context
    )
    pthread_detach(thread)
}
