import CardModel
import Foundation
import Testing

@testable import CardproofCLI

@Suite("Config/policies")
struct ShippedPolicyTests {
    private static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Config/policies")

    @Test("every built-in policy has a file that says the same, and no file says more")
    func files() throws {
        let shipped = WarrantyPolicy.presets + [WarrantyPolicy.platformMinimum]
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
            .filter { $0.hasSuffix(".yaml") }
        #expect(Set(names) == Set(shipped.map { "\($0.id).yaml" }))
        for policy in shipped {
            let faults = FaultList()
            let file = Self.folder.appending(path: "\(policy.id).yaml").path
            let root = try #require(ConfigurationNode.root(ofFile: file, faults: faults))
            #expect(try WarrantyPolicy(jsonValue: root.value) == policy, "\(policy.id)")
            #expect(faults.all.isEmpty)
        }
    }
}
