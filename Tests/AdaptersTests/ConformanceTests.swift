import AdapterKit
import CardModel
import Drivers
import Testing

@Suite("Every adapter that ships conforms")
struct ConformanceTests {
    @Test(
        "recorded answers give their states, and no bent answer decides or shows a secret",
        arguments: ShippedAdapters.ids
    )
    func conforms(id: String) async throws {
        let transport = try CurlTransport(
            CurlConfiguration(
                addressPolicy: .init(allowed: [#require(AddressBlock("127.0.0.0/8"))]))
        )
        let findings = await AdapterConformance.run(
            try ShippedAdapters.factory(id),
            try ShippedAdapters.fixtures(id),
            wire: WireBench(transport: transport, issuer: HostileServer())
        )
        await transport.shutdown(grace: .zero)
        #expect(findings == [])
    }

    @Test("where nobody is asked, the table of what is found is held to, and the reason is true")
    func local() async throws {
        let results = await AdapterConformance.results(
            of: try ShippedAdapters.factory("offline"),
            try ShippedAdapters.fixtures("offline")
        )
        func result(_ name: String) -> ConformanceResult? {
            results.first { $0.case.name == name }
        }
        #expect(result("described-answers")?.outcome == .passed)
        #expect(result("wire-silence")?.absence?.en == "asks no issuer")
    }

    @Test("the catalogue names the folders that exist, and no others")
    func catalogue() throws {
        #expect(try ShippedAdapters.factoryIDs() == ShippedAdapters.foldersOnDisk())
    }

    @Test("what asks an issuer says that it was not tried on the real one")
    func candour() throws {
        for id in ShippedAdapters.ids {
            let descriptor = try ShippedAdapters.factory(id).descriptor
            #expect(descriptor.notTestedLive == (descriptor.kind != .local), "\(id)")
        }
    }
}
