import CardModel
import Foundation

/// The warranty policies that products may name: those that ship and those of the operator.
struct PolicyFolder {
    /// Policies of one folder.
    private static let mostFiles = 1_000

    private var policies: [String: WarrantyPolicy]
    /// The file of each `id@version` of the operator's own.
    private(set) var files: [String: String] = [:]
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
        if let unknown = calendars.unknown(in: root.value) {
            faults.add(unknown, in: root, source: path)
        }
        do throws(InvalidDocument) {
            let policy = try WarrantyPolicy(jsonValue: root.value)
            if let minimum { try policy.requireProtection(of: minimum) }
            if let place = place(of: policy.reference) {
                faults.add(
                    source: path,
                    line: root.line(atPointer: "/version"),
                    "the policy \(policy.reference) is in \(place) already: raise `version`, or "
                        + "give it an id of its own"
                )
                return
            }
            files[policy.reference] = path
            if let known = policies[policy.id], known.version > policy.version { return }
            policies[policy.id] = policy
        } catch {
            faults.add(error, in: root, source: path)
        }
    }

    private func place(of reference: String) -> String? {
        let isShipped = WarrantyPolicy.presets.contains { $0.reference == reference }
        return files[reference] ?? (isShipped ? "what ships with cardproof" : nil)
    }
}

extension PolicyFolder {
    /// The folder of a configuration, with the calendars of that.
    init(_ sources: ConfigurationSources, minimum: WarrantyPolicy?, faults: FaultList) {
        self.init(
            folder: sources.text("policies_directory"),
            minimum: minimum,
            calendars: CalendarFolder(
                folder: sources.text("calendars_directory"), faults: faults),
            faults: faults
        )
    }
}
