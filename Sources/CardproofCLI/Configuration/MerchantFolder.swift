import CardModel
import Foundation
import Gateway

/// The profiles of merchants that the operator keeps, one a file.
struct MerchantFolder {
    /// Profiles of one folder: each is read at every start.
    private static let mostFiles = 10_000

    private var profiles: [String: MerchantProfile] = [:]

    init(folder: String?, faults: FaultList) {
        guard let folder else { return }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            faults.add(source: folder, "merchants_directory: the folder cannot be read")
            return
        }
        let wanted = names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
        guard wanted.count <= Self.mostFiles else {
            faults.add(source: folder, "more than \(Self.mostFiles) merchants")
            return
        }
        for name in wanted { read("\(folder)/\(name)", faults) }
    }

    var book: MerchantBook { MerchantBook(Array(profiles.values)) }

    private mutating func read(_ path: String, _ faults: FaultList) {
        guard let root = ConfigurationNode.root(ofFile: path, faults: faults) else { return }
        do throws(InvalidDocument) {
            let profile = try MerchantProfile(jsonValue: root.value)
            guard profiles.updateValue(profile, forKey: profile.id) == nil else {
                faults.add(source: path, "merchant: `\(profile.id)` has another file already")
                return
            }
        } catch {
            faults.add(error, in: root, source: path)
        }
    }
}
