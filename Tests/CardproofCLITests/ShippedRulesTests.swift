import CardModel
import Foundation
import Testing

@testable import CardproofCLI

@Suite("The rules that ship as files")
struct ShippedRulesTests {
    private static let rules = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Config/rules").path

    private func node(_ name: String) throws -> ConfigurationNode {
        let faults = FaultList()
        let node = ConfigurationNode.root(ofFile: "\(Self.rules)/\(name)", faults: faults)
        #expect(faults.all.isEmpty)
        return try #require(node)
    }

    @Test("Config/rules/liability.yaml is the built-in table (M3-19)")
    func liability() throws {
        #expect(try LiabilityTable(jsonValue: node("liability.yaml").value) == .standard)
    }

    @Test("Config/rules/coverage.yaml is the built-in table (M3-04 to M3-10)")
    func coverage() throws {
        #expect(try CoverageTable(jsonValue: node("coverage.yaml").value) == .standard)
    }

    @Test("Config/rules/tiers.yaml is the built-in table (M4-10)")
    func tiers() throws {
        #expect(try TierTable(jsonValue: node("tiers.yaml").value) == .standard)
    }

    @Test("Config/rules/penalties.yaml is the built-in table (M2-23)")
    func penalties() throws {
        #expect(try PenaltyLadder(jsonValue: node("penalties.yaml").value) == .standard)
    }

    @Test("Config/rules/law.yaml is the built-in library (M3-57)")
    func law() throws {
        #expect(try LawLibrary(jsonValue: node("law.yaml").value) == .standard)
    }
}
