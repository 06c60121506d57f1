import CardModel
import Foundation
import Gateway
import WireFormat

/// The key `rules_directory`: tables of the operator's own, each in place of the one that ships.
struct RuleFolder {
    /// What cases are judged by; the shipped tables where a file is missing or wrong.
    let ruleSet: RuleSet

    init(folder: String?, faults: FaultList) {
        guard let folder else {
            ruleSet = .standard
            return
        }
        guard FileManager.default.fileExists(atPath: folder) else {
            faults.add(source: folder, "rules_directory: the folder cannot be read")
            ruleSet = .standard
            return
        }
        let files = Files(folder: folder, faults: faults)
        files.refuseOthers()
        let tables = RuleTables(
            liability: files.read("liability", LiabilityTable.init(jsonValue:)) ?? .standard,
            coverage: files.read("coverage", CoverageTable.init(jsonValue:)) ?? .standard
        )
        let tiers = files.read("tiers", TierTable.init(jsonValue:)) ?? .standard
        let law = files.read("law", LawLibrary.init(jsonValue:)) ?? .standard
        let missing = law.missing(from: tiers)
        if !missing.isEmpty {
            faults.add(
                source: folder,
                "tiers.yaml cites what is not in law.yaml: \(missing.joined(separator: ", "))"
            )
        }
        let risk = files.read("risk", RiskThresholds.init(jsonValue:)) ?? .standard
        let penalties = files.read("penalties", PenaltyLadder.init(jsonValue:)) ?? .standard
        do throws(JSONError) {
            ruleSet = try RuleSet(
                tables: tables, risk: risk, penalties: penalties, tiers: tiers, law: law)
        } catch {
            faults.add(source: folder, "rules_directory: a table has no canonical form: \(error)")
            ruleSet = .standard
        }
    }

    /// The tables of liability and coverage that a configuration judges by.
    /// - Throws: ``CommandFailure`` with everything that is wrong in its folder.
    static func tables(of sources: ConfigurationSources) throws -> RuleTables {
        let faults = FaultList()
        let folder = RuleFolder(folder: sources.text("rules_directory"), faults: faults)
        try faults.throwIfAny()
        return folder.ruleSet.tables
    }

    private struct Files {
        let folder: String
        let faults: FaultList

        private static let names = [
            "coverage", "law", "liability", "penalties", "risk", "tiers",
        ]

        /// A table whose name is misspelt would judge nothing, in silence.
        func refuseOthers() {
            let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for name in found.sorted() where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
                guard !Self.names.contains(where: { "\($0).yaml" == name }) else { continue }
                faults.add(
                    source: "\(folder)/\(name)",
                    "rules_directory: no table has this name; known are "
                        + Self.names.map { "\($0).yaml" }.joined(separator: ", "))
            }
        }

        /// Nil where there is no such file, or where it is wrong, which is told.
        func read<Table>(
            _ name: String,
            _ table: (JSONValue) throws(InvalidDocument) -> Table
        ) -> Table? {
            let path = "\(folder)/\(name).yaml"
            guard FileManager.default.fileExists(atPath: path),
                let root = ConfigurationNode.root(ofFile: path, faults: faults)
            else { return nil }
            do throws(InvalidDocument) {
                return try table(root.value)
            } catch {
                faults.add(error, in: root, source: path)
                return nil
            }
        }
    }
}
