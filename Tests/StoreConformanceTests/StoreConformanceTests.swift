import Gateway
import GatewayTesting
import Testing

/// Every driver passes the one suite of the store port.
@Suite("Store conformance", .serialized)
struct StoreConformanceTests {
    @Test("in memory", arguments: StoreConformance.cases)
    func memory(_ conformance: StoreConformance.Case) async {
        let findings = await conformance.run(on: .memory)
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }

    @Test("in SQLite", arguments: StoreConformance.cases)
    func sqlite(_ conformance: StoreConformance.Case) async throws {
        let folder = try TemporaryFolder()
        let findings = await conformance.run(on: .sqlite(in: folder))
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }

    @Test("every case has a sentence of its own")
    func names() {
        let names = StoreConformance.cases.map(\.name)
        #expect(names.count >= 45)
        #expect(Set(names).count == names.count)
    }
}
