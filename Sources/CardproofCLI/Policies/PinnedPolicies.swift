import CardModel
import Drivers
import Foundation
import Gateway
import WireFormat

/// The policies that orders may have pinned, by their hashes.
enum PinnedPolicies {
    /// Those that ship, those of the configured folder, and all that the store has ever kept: the
    /// folder has the newest version of each alone. A store that is not there has kept none.
    static func known(to sources: ConfigurationSources) throws -> [[UInt8]: WarrantyPolicy] {
        let faults = FaultList()
        // Whatever the minimum is by now, orders have pinned what they have pinned.
        let folder = PolicyFolder(sources, minimum: nil, faults: faults)
        try faults.throwIfAny()
        let configured = PolicySource.shipped + folder.ids.compactMap { folder[$0] }
        var policies: [[UInt8]: WarrantyPolicy] = [:]
        for policy in configured { policies[try policy.contentHash] = policy }
        guard let path = sources.storePath, FileManager.default.fileExists(atPath: path) else {
            return policies
        }
        return policies.merging(try kept(inStore: path)) { configured, _ in configured }
    }

    /// A text that is not what its hash says is left out: `log audit` tells of it.
    private static func kept(inStore path: String) throws -> [[UInt8]: WarrantyPolicy] {
        try StoreReader(path: path).read { inspection in
            var policies: [[UInt8]: WarrantyPolicy] = [:]
            let rows = try inspection.policies()
            while let row = try rows() {
                guard case .row(let (hash, text)) = row, let value = try? JSONValue.parse(text),
                    let policy = try? WarrantyPolicy(jsonValue: value),
                    try policy.contentHash == hash
                else { continue }
                policies[hash] = policy
            }
            return policies
        }
    }
}

/// A gateway's store as a command reads it beside the gateway, or without one.
struct StoreReader {
    let path: String

    /// - Throws: ``CommandFailure`` with what is wrong, and what to do.
    func read<Result>(_ body: (any StoreInspection) throws -> Result) throws -> Result {
        do {
            return try SQLiteAuditor.inspect(path: path, body)
        } catch let failure as InspectionFailure {
            throw CommandFailure.failed("\(path): \(failure.place.table): \(failure.detail)")
        } catch let error as AuditReportError {
            throw CommandFailure.failed(error.description)
        } catch {
            throw Deployment.failure(of: error, path: path)
        }
    }
}

extension ConfigurationSources {
    /// Nil when the key `data` is wrong.
    var storePath: String? { text("data").map { GatewayConfiguration.storePath(in: $0) } }
}
