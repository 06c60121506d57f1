import AdapterKit
import CardModel
import Foundation
import Testing
import WireFormat

/// The strict issuers from which fixtures are recorded, asked by the adapters themselves: what an
/// adapter sends is what the protocol's documents say, and what comes back means the same.
@Suite("Against the strict issuers that the fixtures are recorded from")
struct RecordedIssuerTests {
    private static let recordings =
        ShippedAdapters.root.appending(path: "Tests/BlackBox/recordings")

    /// The adapters that have a recording plan.
    static let ids: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: recordings.path)) ?? []
        return files.filter { $0.hasSuffix(".py") && $0 != "__init__.py" && $0 != "plan.py" }
            .map { String($0.dropLast(3)).replacing("_", with: "-") }.sorted()
    }()

    @Test("there are plans")
    func somePlans() { #expect(!Self.ids.isEmpty) }

    @Test(
        "every question is as the issuer wants it, and its answer means what it should",
        arguments: ids)
    func asked(id: String) async throws {
        let server = try PythonIssuer("../record_fixtures.py", ["--serve", id])
        let fixtures = try ShippedAdapters.fixtures(id)
        let adapter = try adapter(id, fixtures.configuration, at: server.address)
        for fixture in fixtures.cases {
            let expected = fixture.expected
            guard let result = try await answer(to: fixture, by: adapter) else { continue }
            #expect(result.state == expected.state, "\(fixture.name)")
            if let cause = expected.cause {
                #expect(result.cause == cause, "\(fixture.name): \(result.issuer)")
            }
            if let code = expected.issuerCode { #expect(result.issuer.code == code) }
            if let text = expected.issuerText { #expect(result.issuer.text == text) }
            if let requests = expected.requests { #expect(result.transcripts.count == requests) }
        }
        #expect(try await deviations(server) == .array([]))
    }

    /// What an inquiry or a redemption brought; nil for questions of another kind.
    private func answer(
        to fixture: ConformanceFixture,
        by adapter: any IssuerAdapter
    ) async throws -> InquiryResult? {
        switch fixture.question {
        case .inquire(let inquiry):
            return try await adapter.inquire(inquiry, using: LoopbackTransport())
        case .redeem(let order):
            let redeeming = try #require(adapter as? any RedeemingAdapter)
            let answer = try await redeeming.redeem(order, using: LoopbackTransport())
            #expect(answer.disposition == fixture.expected.disposition, "\(fixture.name)")
            return answer.result
        case .query, .callback: return nil
        }
    }

    /// The adapter with every address of its settings replaced by the server's.
    private func adapter(
        _ id: String,
        _ configuration: AdapterConfiguration,
        at address: String
    ) throws -> any IssuerAdapter {
        let factory = try ShippedAdapters.factory(id)
        var configuration = configuration
        for declaration in factory.descriptor.settings where declaration.kind == .url {
            let name = declaration.name
            guard let value = configuration.settings[name] ?? declaration.defaultValue
            else { continue }
            let path = try #require(URLComponents(string: value)).percentEncodedPath
            configuration.settings[name] = address + path
        }
        return try factory.adapter(configuredBy: configuration)
    }

    private func deviations(_ server: PythonIssuer) async throws -> JSONValue {
        let request = OutboundRequest(
            method: "GET",
            url: SecretURL(server.address + "/-/deviations"),
            timeout: .seconds(10),
            responseBytesLimit: 64 << 10
        )
        return try JSONValue.parse(await LoopbackTransport().send(request).body)
    }
}
