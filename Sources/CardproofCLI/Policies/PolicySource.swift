import CardModel
import Foundation

/// A warranty policy as a command names it: one that ships, or a file.
struct PolicySource {
    /// The policies that ship, with the platform's minimum.
    static let shipped = WarrantyPolicy.presets + [.platformMinimum]

    let policy: WarrantyPolicy
    /// For errors: the lines of the file; nil for a policy that ships.
    let node: ConfigurationNode?

    /// - Parameter references: by which what a file names in vain is told beside its faults.
    /// - Throws: ``CommandFailure`` with every fault and its line.
    init(_ name: String, option: String, references: PolicyReferences? = nil) throws {
        if let policy = Self.shipped.first(where: { $0.id == name }) {
            self.policy = policy
            node = nil
            return
        }
        guard FileManager.default.fileExists(atPath: name) else {
            let known = Self.shipped.map(\.id).joined(separator: ", ")
            throw CommandFailure.usage(
                "\(option) \(name): neither a file nor one of the policies that ship (\(known))"
            )
        }
        let faults = FaultList()
        guard let root = ConfigurationNode.root(ofFile: name, faults: faults) else {
            throw Self.failure(faults)
        }
        do throws(InvalidDocument) {
            policy = try WarrantyPolicy(jsonValue: root.value)
            node = root
        } catch {
            faults.add(error, in: root, source: name)
            for unknown in references?.unknown(in: root.value) ?? [] {
                faults.add(unknown, in: root, source: name)
            }
            throw Self.failure(faults)
        }
    }

    private static func failure(_ faults: FaultList) -> CommandFailure {
        .usage(faults.sorted.map(\.description).joined(separator: "\n"))
    }
}

extension FaultList {
    /// The issues of a document, each at the line where its field stands.
    func add(_ error: InvalidDocument, in root: ConfigurationNode, source: String) {
        for issue in error.issues {
            let place = issue.pointer.isEmpty ? "" : "\(issue.pointer): "
            add(
                source: source,
                line: root.line(atPointer: issue.pointer),
                place + issue.detail
            )
        }
    }
}

extension FaultList {
    func add(_ unknown: PolicyReferences.Unknown, in root: ConfigurationNode, source: String) {
        add(
            source: source,
            line: root.line(atPointer: unknown.pointer),
            "\(unknown.pointer): \(unknown.explanation.en)",
            suggestion: unknown.suggestion
        )
    }
}

/// The calendar of working days as a command names it: one that ships, or a file.
enum CalendarSource {
    static func calendar(_ name: String?, policy: WarrantyPolicy) throws -> WorkCalendar {
        guard let name else {
            return policy.calendar.flatMap { WorkCalendar.preset($0) } ?? .cn2026
        }
        if let calendar = WorkCalendar.preset(name) { return calendar }
        let faults = FaultList()
        if let root = ConfigurationNode.root(ofFile: name, faults: faults) {
            do throws(InvalidDocument) {
                return try WorkCalendar(jsonValue: root.value)
            } catch {
                faults.add(error, in: root, source: name)
            }
        }
        throw CommandFailure.usage(faults.sorted.map(\.description).joined(separator: "\n"))
    }
}
