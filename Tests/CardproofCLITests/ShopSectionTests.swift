import Gateway
import Testing

@testable import CardproofCLI

@Suite("The shops of a configuration")
struct ShopSectionTests {
    /// Shops of kind `generic`, by their members beside the common ones.
    private func outcome(_ shops: [String]) throws -> (shops: [ShopInbox], faults: String) {
        let folder = try ScratchFolder()
        try folder.write("secret", "synthetic")
        let lines = shops.map {
            "  - {kind: generic, merchant: m, secret_file: secret, \($0)}"
        }
        let yaml = (["shops:"] + lines).joined(separator: "\n")
        do {
            return (try folder.loader(yaml).configuration().shops, "")
        } catch let failure as CommandFailure {
            return ([], failure.message)
        }
    }

    @Test("a platform has one shop without an id, and any number with one each")
    func ids() throws {
        let (shops, faults) = try outcome([
            "platform: a, api_key: k1", "platform: a, api_key: k2, id: east",
            "platform: a, api_key: k3, id: west", "platform: b, api_key: k1",
            "platform: b, api_key: k2, id: east",
        ])
        #expect(faults.isEmpty)
        #expect(shops.map(\.id) == [nil, "east", "west", nil, "east"])
    }

    @Test(
        "shops that could be taken for each other are refused, with the reason",
        arguments: [
            ("platform: a, api_key: k2", "the platform has a shop without `id` already"),
            ("platform: a, api_key: k1, id: west", "the same key, account or token already"),
            ("platform: a, api_key: k2, id: east", "a shop of the id `east` already"),
            ("platform: a, api_key: k2, id: East", "lower-case letters, digits and dashes"),
            ("platform: a, api_key: k2, id: ''", "a single value is expected"),
        ]
    )
    func refused(second: String, reason: String) throws {
        let (shops, faults) = try outcome([
            "platform: a, api_key: k1", "platform: a, api_key: k9, id: east", second,
        ])
        #expect(shops.isEmpty)
        #expect(faults.contains("shops[2]") && faults.contains(reason), "\(faults)")
    }
}
