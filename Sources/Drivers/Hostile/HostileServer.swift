public import AdapterKit
import CCurl
import CProcess
import Foundation
import Glibc
import Synchronization

/// A server on a free port of 127.0.0.1 that spoils every answer on the way: the wire cases of the
/// conformance suite run against it.
///
/// Sockets by hand, because the point is to break what an HTTP library would keep in order.
public struct HostileServer: HostileIssuer {
    /// The listening socket could not be had.
    public struct ListenError: Error, Sendable, CustomStringConvertible {
        public let reason: String
        public var description: String { "cannot listen on 127.0.0.1: \(reason)" }
    }

    public init() {}

    public func serve<Result: Sendable>(
        _ conduct: WireConduct,
        answer: OutboundResponse,
        while body: @Sendable (String) async -> Result
    ) async throws -> Result {
        let listener = try HostileListener(conduct: conduct, answer: answer)
        defer { listener.stop() }
        return await body("http://127.0.0.1:\(listener.port)")
    }
}

/// One listening socket and the threads of its connections.
private final class HostileListener: Sendable {
    let port: UInt16
    private let socket: Int32
    private let conduct: WireConduct
    private let answer: OutboundResponse
    private let isStopped = Mutex(false)

    /// Connections that may wait to be accepted.
    private static let backlog: Int32 = 64
    /// Linux's SOCK_STREAM: which C module owns the enumeration depends on the order of imports.
    private static let streamSocket: Int32 = 1
    /// How often a thread looks whether it should end.
    private static let pollMilliseconds: Int32 = 50

    init(conduct: WireConduct, answer: OutboundResponse) throws(HostileServer.ListenError) {
        self.conduct = conduct
        self.answer = answer
        if conduct == .compressionBomb { _ = HostileAnswer.packedBomb }
        (socket, port) = try Self.listen()
        Thread { [self] in acceptConnections() }.start()
    }

    func stop() { isStopped.withLock { $0 = true } }

    private var goesOn: Bool { isStopped.withLock { !$0 } }

    private static func listen() throws(HostileServer.ListenError) -> (Int32, UInt16) {
        let socket = Glibc.socket(AF_INET, streamSocket, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(socket, generic, length) == 0 && Glibc.listen(socket, backlog) == 0
                    && getsockname(socket, generic, &length) == 0
            }
        }
        guard socket >= 0, isListening else {
            let reason = String(cString: strerror(errno))
            close(socket)
            throw HostileServer.ListenError(reason: reason)
        }
        return (socket, UInt16(bigEndian: address.sin_port))
    }

    private func acceptConnections() {
        defer { close(socket) }
        while goesOn {
            var ready = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, Self.pollMilliseconds) == 1 else { continue }
            let connection = accept(socket, nil, nil)
            guard connection >= 0 else { continue }
            Thread { [self] in
                misbehave(HostileConnection(connection))
                close(connection)
            }.start()
        }
    }

    private func misbehave(_ connection: HostileConnection) {
        if conduct == .closed { return }
        guard connection.readRequest(while: { goesOn }) else { return }
        switch conduct {
        case .closed: break
        case .silence: connection.wait { goesOn }
        case .slowDrip:
            connection.drip(
                HostileAnswer.head(answer, more: spaces.count) + answer.body + spaces
            ) { goesOn }
        case .reset:
            connection.write(HostileAnswer.head(answer) + answer.body.prefix(answer.body.count / 2))
            connection.resetAtClose()
        case .cutBody:
            connection.write(HostileAnswer.head(answer) + answer.body.prefix(answer.body.count / 2))
        case .endlessBody:
            connection.write(HostileAnswer.chunkedHead(answer))
            connection.repeated(HostileAnswer.chunk) { goesOn }
        case .compressionBomb: connection.write(HostileAnswer.compressionBomb(answer))
        case .hugeHeader:
            connection.write(HostileAnswer.head(answer, padding: HostileAnswer.hugeHeader))
            connection.write(answer.body)
        case .endlessHeaders:
            connection.write(Array("HTTP/1.1 200 OK\r\n".utf8))
            connection.repeated(HostileAnswer.headerLine) { goesOn }
        case .noHTTP: connection.write(Array("220 mail.example ESMTP\r\n".utf8) + answer.body)
        }
    }

    /// Blanks after the document are allowed in JSON and XML: the drip never ends by itself.
    private var spaces: [UInt8] { [UInt8](repeating: 0x20, count: HostileAnswer.dripBytes) }
}

/// One accepted connection.
private struct HostileConnection {
    private let socket: Int32
    /// A request's head and body are read up to here; adapters send a few kilobytes.
    private static let longestRequest = 1 << 20
    private static let pollMilliseconds: Int32 = 50

    init(_ socket: Int32) {
        self.socket = socket
    }

    /// Reads until the body is there; false when the peer went away or the bench ended.
    func readRequest(while goesOn: () -> Bool) -> Bool {
        var request: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while goesOn(), request.count < Self.longestRequest {
            var ready = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, Self.pollMilliseconds) == 1 else { continue }
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { return false }
            request += buffer.prefix(count)
            if HostileAnswer.isWhole(request) { return true }
        }
        return false
    }

    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Until the peer goes away or the bench ends.
    func wait(while goesOn: () -> Bool) {
        var byte: UInt8 = 0
        while goesOn() {
            var ready = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, Self.pollMilliseconds) == 1 else { continue }
            if recv(socket, &byte, 1, 0) <= 0 { return }
        }
    }

    func drip(_ bytes: [UInt8], while goesOn: () -> Bool) {
        for byte in bytes where goesOn() {
            guard write([byte]) else { return }
            poll(nil, 0, Self.pollMilliseconds)
        }
    }

    func repeated(_ bytes: [UInt8], while goesOn: () -> Bool) {
        while goesOn(), write(bytes) {}
    }

    /// The peer sees a reset instead of an end.
    func resetAtClose() {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            socket,
            SOL_SOCKET,
            SO_LINGER,
            &linger,
            socklen_t(MemoryLayout<Glibc.linger>.size)
        )
    }
}
