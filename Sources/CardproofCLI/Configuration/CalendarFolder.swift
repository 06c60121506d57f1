import CardModel
import Foundation
import Gateway
import WireFormat

/// The calendars of working days that policies may name: those that ship and those of the operator.
struct CalendarFolder {
    /// Calendars of one folder.
    private static let mostFiles = 100

    private var calendars: [String: WorkCalendar]

    /// - Parameter folder: where calendars of the operator's own lie, one a file; one of an id that
    ///   ships takes its place.
    init(folder: String?, faults: FaultList) {
        calendars = Dictionary(uniqueKeysWithValues: WorkCalendar.presets.map { ($0.id, $0) })
        guard let folder else { return }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            faults.add(source: folder, "calendars_directory: the folder cannot be read")
            return
        }
        let wanted = names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
        guard wanted.count <= Self.mostFiles else {
            faults.add(source: folder, "more than \(Self.mostFiles) calendars")
            return
        }
        for name in wanted { read("\(folder)/\(name)", faults) }
    }

    var ids: [String] { calendars.keys.sorted() }

    subscript(id: String) -> WorkCalendar? { calendars[id] }

    /// The book of all of them and the tables, with the calendar that counts where a policy names
    /// none; nil when there is no such calendar.
    func book(
        standard id: String?,
        origin: String?,
        tables: RuleSet,
        faults: FaultList
    ) -> ClaimRuleBook? {
        guard let standard = id.flatMap({ calendars[$0] }) else {
            faults.add(
                source: origin,
                "default_calendar: there is no calendar `\(id ?? "")`",
                suggestion: NearestWord.to(id ?? "", among: ids)
            )
            return nil
        }
        return ClaimRuleBook(
            Array(calendars.values), standard: standard, tables: tables)
    }

    private mutating func read(_ path: String, _ faults: FaultList) {
        guard let root = ConfigurationNode.root(ofFile: path, faults: faults) else { return }
        do throws(InvalidDocument) {
            let calendar = try WorkCalendar(jsonValue: root.value)
            calendars[calendar.id] = calendar
        } catch {
            faults.add(error, in: root, source: path)
        }
    }
}
