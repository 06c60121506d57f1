import CardModel
import Foundation

/// The warranty policies that products may name: those that ship and those of the operator.
struct PolicyFolder {
    /// Policies of one folder.
    private static let mostFiles = 1_000

    private var policies: [String: WarrantyPolicy]

    /// - Parameter folder: where policies of the operator's own lie, one a file.
    init(folder: String?, faults: FaultList) {
        policies = Dictionary(uniqueKeysWithValues: WarrantyPolicy.presets.map { ($0.id, $0) })
        guard let folder else { return }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            faults.add(source: folder, "policies_directory: the folder cannot be read")
            return
        }
        let wanted = names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
        guard wanted.count <= Self.mostFiles else {
            faults.add(source: folder, "more than \(Self.mostFiles) policies")
            return
        }
        for name in wanted { read("\(folder)/\(name)", faults) }
    }

    /// Ids that a product may name.
    var ids: [String] { policies.keys.sorted() }

    /// The newest version of a policy.
    subscript(id: String) -> WarrantyPolicy? { policies[id] }

    /// A later version replaces an earlier one; orders that pinned the earlier one keep it.
    private mutating func read(_ path: String, _ faults: FaultList) {
        guard let root = ConfigurationNode.root(ofFile: path, faults: faults) else { return }
        do throws(InvalidDocument) {
            let policy = try WarrantyPolicy(jsonValue: root.value)
            if let known = policies[policy.id] {
                guard known.version != policy.version else {
                    faults.add(
                        source: path,
                        line: root.line(atPointer: "/policy"),
                        "there is a policy \(policy.id)@\(policy.version) already"
                    )
                    return
                }
                guard known.version < policy.version else { return }
            }
            policies[policy.id] = policy
        } catch {
            for issue in error.issues {
                let place = issue.pointer.isEmpty ? "" : "\(issue.pointer): "
                faults.add(
                    source: path,
                    line: root.line(atPointer: issue.pointer),
                    place + issue.detail
                )
            }
        }
    }
}
