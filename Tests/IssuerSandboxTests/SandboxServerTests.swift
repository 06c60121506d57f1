import Foundation
import Logging
import ServiceLifecycle
import Testing
import WireFormat

@testable import IssuerSandbox

@Suite("Starting and stopping")
struct SandboxServerTests {
    @Test("the addresses name the port that was bound")
    func endpoints() async throws {
        try await withSandbox { sandbox, client in
            let endpoints = try await sandbox.endpoints
            #expect(endpoints.port == client.port && client.port > 0)
            let origin = "http://127.0.0.1:\(client.port)"
            let json = endpoints.json
            #expect(json["vsip"]?.stringValue == origin + "/RPC2")
            #expect(json["keygen"]?.stringValue == origin + "/v1")
            #expect(json["control"]?.stringValue == origin + "/sandbox")
            #expect(json["port"] == .integer(Int64(client.port)))
            #expect(json["issuers"]?["keygen"]?.stringValue == origin)
            #expect(json["issuers"]?["ericsson-ucip"]?.stringValue == origin + "/Air")
        }
        #expect(SandboxEndpoints(host: "::1", port: 8).voucherServer == "http://[::1]:8/RPC2")
    }

    @Test("a port that is taken is an error for whoever runs it and for whoever waits")
    func portTaken() async throws {
        try await withSandbox { _, client in
            var configuration = SandboxConfiguration()
            configuration.port = client.port
            let second = SandboxServer(
                configuration: configuration,
                logger: Logger(label: "sandbox-tests")
            )
            let waiting = Task { try await second.port }
            await #expect(throws: SandboxListenError.self) { try await second.run() }
            await #expect(throws: SandboxListenError.self) { try await waiting.value }
        }
    }

    @Test("whoever waits for the port can give up")
    func waitingIsCancelled() async throws {
        let sandbox = SandboxServer(
            configuration: .init(),
            logger: Logger(label: "sandbox-tests")
        )
        let waiting = Task { try await sandbox.port }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }

    @Test("a graceful shutdown ends at once, even while an answer is withheld")
    func gracefulShutdown() async throws {
        var logger = Logger(label: "sandbox-tests")
        logger.logLevel = .critical
        let sandbox = SandboxServer(configuration: .init(), logger: logger)
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: sandbox)], logger: logger)
        )
        let elapsed = try await ContinuousClock().measure {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                let client = SandboxClient(port: try await sandbox.port)
                tasks.addTask {
                    let answer = try await client.askVoucherServer("998030000001")
                    #expect(answer.status != 200)
                }
                while sandbox.calls["total"] == 0 { try await Task.sleep(for: .milliseconds(10)) }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
        #expect(elapsed < .seconds(10))
    }

    @Test("no code is written to the log, at any level, whatever goes wrong")
    func logHoldsNoCode() async throws {
        let log = CapturedLog()
        var logger = Logger(label: "sandbox-tests") { _ in log.handler }
        logger.logLevel = .trace
        let codes = SandboxState.all.filter {
            $0.conduct.map { $0.replacesDelivery && $0 != .silence } ?? true
        }.filter { $0.conduct != .drip(bytesPerSecond: 1) && $0.conduct != .oversized }
            .compactMap { $0.code(number: 4_711_004_711) }
        try await withSandbox(.seeded, logger: logger) { _, client in
            for (place, code) in codes.enumerated() {
                // The older two have a row for most codes, the others a word for one in ten.
                for issuer in SandboxProtocol.allCases
                where [.ericssonVSIP, .keygen].contains(issuer) || place.isMultiple(of: 5) {
                    _ = try await ask(issuer, code, client)
                }
                _ = try await client.send("GET", "/sandbox/redirected/\(code)")
                _ = try await client.sendJSON("/sandbox/codes", ["codes": [["key": .string(code)]]])
                _ = try await client.sendJSON("/sandbox/codes/\(code)", [])
            }
        }
        let text = log.text
        #expect(codes.count > 100)
        #expect(text.contains("Server started"))
        #expect(!text.contains("4711004711"))
    }

    @Test("the published page lists every state as the sandbox answers it")
    func pageIsCurrent() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/sandbox.md").standardizedFileURL
        let text = try String(contentsOf: page, encoding: .utf8)
        for state in SandboxState.all {
            let row = state.json
            let cells = ["digits", "name", "ericsson_vsip", "keygen", "meaning", "condition"]
                .map { row[$0]?.stringValue ?? "–" }
            #expect(text.contains("| " + cells.joined(separator: " | ") + " |"), "\(state.name)")
        }
        for issuer in SandboxState.wordings.objectValue?.members ?? [] {
            let words = (issuer.value.objectValue?.members ?? [])
                .map { "**\($0.name)**: \($0.value.stringValue ?? "")" }
            let row = "| \(issuer.name) | " + words.joined(separator: "; ") + " |"
            #expect(text.contains(row), "\(row)")
        }
    }
}
