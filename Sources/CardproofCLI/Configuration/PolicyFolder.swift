import CardModel
import Foundation

/// The warranty policies that products may name: those that ship and those of the operator.
struct PolicyFolder {
    /// Policies of one folder.
    private static let mostFiles = 1_000

    private var policies: [String: WarrantyPolicy]
    private let minimum: WarrantyPolicy?
    private let calendars: CalendarFolder

    /// - Parameters:
    ///   - folder: where policies of the operator's own lie, one a file.
    ///   - minimum: what no policy of the operator's may fall below; nil for nothing.
    ///   - calendars: that a policy may name.
    init(
        folder: String?,
        minimum: WarrantyPolicy?,
        calendars: CalendarFolder,
        faults: FaultList
    ) {
        self.minimum = minimum
        self.calendars = calendars
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
            if let minimum { try policy.requireProtection(of: minimum) }
            if let id = policy.calendar, calendars[id] == nil {
                faults.add(
                    source: path,
                    line: root.line(atPointer: "/calendar"),
                    "there is no calendar `\(id)`",
                    suggestion: NearestWord.to(id, among: calendars.ids)
                )
                return
            }
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
            faults.add(error, in: root, source: path)
        }
    }
}
