import CardModel
import Foundation
import Testing

@testable import CardproofCLI

@Suite("Calendars that ship")
struct CalendarFileTests {
    private static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Config/calendars")

    @Test("each file is the built-in calendar of its name", arguments: WorkCalendar.presets)
    func file(calendar: WorkCalendar) throws {
        let faults = FaultList()
        let path = Self.folder.appending(path: "\(calendar.id).yaml").path
        let root = try #require(ConfigurationNode.root(ofFile: path, faults: faults))
        #expect(try WorkCalendar(jsonValue: root.value) == calendar)
    }

    @Test("there is no other file")
    func files() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(names.sorted() == WorkCalendar.presets.map { "\($0.id).yaml" })
    }
}
