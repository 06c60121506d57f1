import AdapterKit
import Drivers
import Glibc
import Testing

@Suite("CurlTransport from start to end", .timeLimit(.minutes(2)))
struct CurlLifecycleTests {
    private let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    @Test("a cancelled request ends at once and its connection is closed")
    func cancellation() async throws {
        let server = try LoopbackServer { $0.waitForClose() }
        defer { server.stop() }
        let transport = try CurlTransport(.loopback)
        let task = Task { await failure(of: .get(server.url()), over: transport) }
        while server.acceptedConnections == 0 { try await Task.sleep(for: .milliseconds(5)) }
        let cancelledAt = ContinuousClock.now
        task.cancel()
        #expect(await task.value?.code == .cancelled)
        #expect(ContinuousClock.now - cancelledAt < .seconds(1))
    }

    @Test("a task that is cancelled already sends nothing")
    func cancelledBefore() async throws {
        let server = try LoopbackServer(answer: ok)
        defer { server.stop() }
        let transport = try CurlTransport(.loopback)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await failure(of: .get(server.url()), over: transport)
        }
        task.cancel()
        let error = await task.value
        #expect(error?.code == .cancelled)
        #expect(error?.requestWasSent == false)
        #expect(server.requests.isEmpty)
    }

    @Test("cancelled at any moment, every request ends, and the transport stays usable")
    func cancellationRace() async throws {
        let server = try LoopbackServer(answer: ok)
        defer { server.stop() }
        var configuration = CurlConfiguration.loopback
        configuration.connectionsPerHost = 4
        let transport = try CurlTransport(configuration)
        var tasks: [Task<TransportError?, Never>] = []
        for turn in 0..<300 {
            let task = Task { await failure(of: .get(server.url()), over: transport) }
            tasks.append(task)
            if turn.isMultiple(of: 3) { await Task.yield() }
            if turn.isMultiple(of: 2) { task.cancel() }
        }
        for (turn, task) in tasks.enumerated() {
            let code = await task.value?.code
            #expect(code == nil || turn.isMultiple(of: 2) && code == .cancelled)
        }
        #expect(try await transport.send(.get(server.url())).status == 200)
    }

    @Test("a shutdown lets what is under way finish and takes nothing more")
    func gracefulShutdown() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            usleep(200_000)
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        }
        defer { server.stop() }
        let transport = try CurlTransport(.loopback)
        async let underWay = transport.send(.get(server.url()))
        while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        await transport.shutdown(grace: .seconds(10))
        #expect(try await underWay.status == 200)
        #expect(await failure(of: .get(server.url()), over: transport)?.code == .cancelled)
        await transport.shutdown(grace: .seconds(10))
    }

    @Test("a shutdown without grace breaks off what is under way and what waits")
    func abruptShutdown() async throws {
        let server = try LoopbackServer { $0.waitForClose() }
        defer { server.stop() }
        var configuration = CurlConfiguration.loopback
        configuration.connectionsPerHost = 1
        let transport = try CurlTransport(configuration)
        async let first = failure(of: .get(server.url()), over: transport)
        async let second = failure(of: .get(server.url()), over: transport)
        while server.acceptedConnections == 0 { try await Task.sleep(for: .milliseconds(5)) }
        await transport.shutdown(grace: .milliseconds(50))
        #expect(await first?.code == .cancelled)
        #expect(await second?.code == .cancelled)
    }

    @Test("transports that are dropped end their threads and give back what they held")
    func noLeak() async {
        await #expect(processExitsWith: .success) {
            let server = try LoopbackServer(
                answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
            )
            func useAndDrop() async throws {
                _ = try await CurlTransport(.loopback).send(.get(server.url()))
            }
            for _ in 0..<5 { try await useAndDrop() }
            try await Task.sleep(for: .milliseconds(300))
            let (descriptors, threads) = (openDescriptorCount(), threadCount())
            for _ in 0..<30 { try await useAndDrop() }
            for _ in 0..<100 where openDescriptorCount() > descriptors + 2 {
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(openDescriptorCount() <= descriptors + 2)
            #expect(threadCount() <= threads + 2)
        }
    }

    @Test("without file descriptors a request fails with that reason, and later ones work")
    func noDescriptorsLeft() async {
        await #expect(processExitsWith: .success) {
            let server = try LoopbackServer(
                answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
            )
            let transport = try CurlTransport(.loopback)
            _ = try await transport.send(.get(server.url()))
            var held: [Int32] = []
            var limit = rlimit(rlim_cur: 256, rlim_max: 256)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            while case let descriptor = dup(0), descriptor >= 0 { held.append(descriptor) }
            let other = OutboundRequest.get("http://localhost:\(server.port)/")
            let error = await failure(of: other, over: transport)
            #expect([.connectFailed, .resolveFailed].contains(error?.code))
            #expect(error?.requestWasSent == false)
            // The connection that is open already still serves.
            #expect(try await transport.send(.get(server.url())).status == 200)
            for descriptor in held { close(descriptor) }
            #expect(try await transport.send(other).status == 200)
        }
    }

    @Test(
        "a configuration outside its limits is refused at the start",
        arguments: [
            CurlConfiguration(connectionsPerHost: 0), CurlConfiguration(connectionsPerHost: 65),
            CurlConfiguration(totalConnections: 0), CurlConfiguration(totalConnections: 100_000),
            CurlConfiguration(waitingRequests: -1), CurlConfiguration(connectTimeout: .zero),
            CurlConfiguration(userAgent: "a\r\nX-Smuggled: 1"),
        ]
    )
    func refusedConfiguration(configuration: CurlConfiguration) {
        #expect {
            _ = try CurlTransport(configuration)
        } throws: { error in
            guard case CurlStartError.invalidConfiguration = error else { return false }
            return true
        }
    }
}
