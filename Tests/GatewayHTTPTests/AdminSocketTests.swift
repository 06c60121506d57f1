import Foundation
import Glibc
import Testing

@testable import GatewayHTTP

@Suite("Admin socket", .serialized) struct AdminSocketTests {
    private let folder =
        NSTemporaryDirectory() + "cardproof-http-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"

    private func configuration(_ path: String) -> GatewayServer.Configuration {
        GatewayServer.Configuration(
            api: .init(host: "127.0.0.1", port: 0),
            adminSocketPath: path
        )
    }

    private func mode(of path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode : nil
    }

    init() { mkdir(folder, 0o700) }

    @Test("its file has mode 0600, a stale one is replaced, and it is gone at the end")
    func file() async throws {
        let path = folder + "/admin.sock"
        for _ in 1...2 {
            try await RunningServer.run(try await GatewayFixture(), configuration(path)) { _ in
                #expect(mode(of: path).map { $0 & S_IFMT } == S_IFSOCK)
                #expect(mode(of: path).map { $0 & 0o777 } == 0o600)
                #expect(mode(of: path + ".d") == nil)
                let client = try SocketClient(path: path)
                await client.send("GET /admin/status HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(await client.answer().contains("\"ready\":true"))
            }
            #expect(mode(of: path) == nil)
            leaveStaleSocket(at: path)
        }
        unlink(path)
        rmdir(folder)
    }

    @Test("another file at its path is left alone, and the server says so")
    func occupied() async throws {
        let path = folder + "/admin.sock"
        try "not a socket".write(toFile: path, atomically: true, encoding: .utf8)
        let fixture = try await GatewayFixture()
        await #expect(throws: AdminSocket.Failure.self) {
            try await RunningServer.run(fixture, configuration(path)) { _ in }
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "not a socket")
        unlink(path)
        rmdir(folder)
    }

    @Test("a path that no socket can have is refused by name")
    func tooLong() async throws {
        let path = folder + "/" + String(repeating: "a", count: 100)
        let fixture = try await GatewayFixture()
        await #expect(throws: AdminSocket.Failure.self) {
            try await RunningServer.run(fixture, configuration(path)) { _ in }
        }
        rmdir(folder)
    }

    /// As a killed process leaves it: a bound file that nobody listens on.
    private func leaveStaleSocket(at path: String) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        close(descriptor)
    }
}
