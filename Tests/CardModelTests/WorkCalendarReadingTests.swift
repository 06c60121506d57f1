import Testing
import WireFormat

@testable import CardModel

@Suite("WorkCalendar: documents")
struct WorkCalendarReadingTests {
    /// The document that `Config/calendars/cn-2026.yaml` holds.
    static let document: JSONValue = [
        "calendar": "cn-2026", "time_zone": "Asia/Shanghai", "valid_from": "2026-01-01",
        "valid_to": "2026-12-31", "weekend": ["saturday", "sunday"],
        "holidays": [
            ["from": "2026-01-01", "to": "2026-01-03"],
            ["from": "2026-02-15", "to": "2026-02-23"],
            ["from": "2026-04-04", "to": "2026-04-06"],
            ["from": "2026-05-01", "to": "2026-05-05"],
            ["from": "2026-06-19", "to": "2026-06-21"],
            ["from": "2026-09-25", "to": "2026-09-27"],
            ["from": "2026-10-01", "to": "2026-10-07"],
        ],
        "make_up_days": [
            "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
        ],
    ]

    private static func with(_ name: String, _ value: JSONValue?) -> JSONValue {
        let members = (document.objectValue?.members ?? []).filter { $0.name != name }
        let added = value.map { [JSONObject.Member(name: name, value: $0)] } ?? []
        return .object(JSONObject(members + added))
    }

    private func faults(_ document: JSONValue) -> [String] {
        do {
            _ = try WorkCalendar(jsonValue: document)
            return []
        } catch {
            return error.issues.map { "\($0.pointer) \($0.reason.rawValue)" }
        }
    }

    @Test("the document of 2026 is the built-in calendar")
    func builtIn() throws {
        #expect(try WorkCalendar(jsonValue: Self.document) == .cn2026)
        #expect(WorkCalendar.preset("cn-2026") == .cn2026)
        #expect(WorkCalendar.preset("cn-2024") == nil)
    }

    @Test("what is built in passes the rules of a calendar", arguments: WorkCalendar.presets)
    func rules(calendar: WorkCalendar) {
        let again = WorkCalendar(
            id: calendar.id,
            zone: calendar.zone,
            firstDay: calendar.firstDay,
            lastDay: calendar.lastDay,
            weekend: calendar.weekend,
            holidays: calendar.holidays,
            makeUpDays: calendar.makeUpDays
        )
        #expect(again == calendar)
        #expect(calendar.makeUpDays.allSatisfy { calendar.weekend.contains(Weekday(of: $0)) })
    }

    @Test("the lists may be absent, and the weekend may have no day")
    func absent() throws {
        let document: JSONValue = [
            "calendar": "always", "time_zone": "UTC", "valid_from": "2026-01-01",
            "valid_to": "2026-01-01", "weekend": [],
        ]
        let calendar = try WorkCalendar(jsonValue: document)
        #expect(calendar.weekend.isEmpty && calendar.holidays.isEmpty)
        #expect(calendar.isWorkingDay(calendar.firstDay))
    }

    static let faulty: [(name: String, value: JSONValue?, fault: String)] = [
        ("calendar", nil, "/calendar missing"),
        ("calendar", "CN 2026", "/calendar unknown_value"),
        ("time_zone", nil, "/time_zone missing"),
        ("time_zone", "Shanghai", "/time_zone unknown_value"),
        ("valid_from", nil, "/valid_from missing"),
        ("valid_from", "2026-13-01", "/valid_from unknown_value"),
        ("valid_to", nil, "/valid_to missing"),
        ("valid_to", "2025-12-31", "/valid_to contradiction"),
        ("valid_to", "2046-12-31", "/valid_to out_of_range"),
        ("weekend", nil, "/weekend missing"),
        ("weekend", "sunday", "/weekend wrong_type"),
        ("weekend", ["saturday", "sunday", "Samstag"], "/weekend/2 unknown_value"),
        ("weekend", ["saturday", "sunday", "saturday"], "/weekend/2 contradiction"),
        ("holidays", "2026-10-01", "/holidays wrong_type"),
        ("holidays", ["2026-10-01", "10-02"], "/holidays/1 unknown_value"),
        ("holidays", [["from": "2026-10-07", "to": "2026-10-01"]], "/holidays/0/to contradiction"),
        ("holidays", [["from": "2026-10-07"]], "/holidays/0/to missing"),
        ("holidays", [["to": "2026-10-07"]], "/holidays/0/from missing"),
        (
            "holidays", [["from": "2026-10-07", "to": "2026-10-07", "name": "x"]],
            "/holidays/0/name unknown_field"
        ),
        ("holidays", ["2026-10-01", "2026-10-01"], "/holidays/1 contradiction"),
        (
            "holidays", ["2026-10-03", ["from": "2026-10-01", "to": "2026-10-07"]],
            "/holidays/1 contradiction"
        ),
        ("holidays", ["2025-12-31"], "/holidays/0 out_of_range"),
        ("holidays", [["from": "2026-12-31", "to": "2027-01-01"]], "/holidays/0 out_of_range"),
        (
            "holidays", [["from": "2026-10-10", "to": "2026-10-11"]],
            "/make_up_days/5 contradiction"
        ),
        ("make_up_days", ["2027-01-03"], "/make_up_days/0 out_of_range"),
        ("make_up_days", ["2026-10-12"], "/make_up_days/0 contradiction"),
        ("make_up_days", ["2026-10-10", "2026-10-10"], "/make_up_days/1 contradiction"),
        (
            "make_up_days", [["from": "2026-10-10", "to": "2026-10-10"]],
            "/make_up_days/0 unknown_value"
        ),
        ("make_up_days", [20_261_010], "/make_up_days/0 unknown_value"),
        ("colour", "red", "/colour unknown_field"),
    ]

    @Test("every fault is found at its place", arguments: faulty)
    func fault(name: String, value: JSONValue?, fault: String) {
        #expect(faults(Self.with(name, value)) == [fault])
    }

    @Test("all faults are told at once, and no document is one of them")
    func allAtOnce() {
        #expect(
            faults(["holidays": ["x"], "make_up_days": ["y"], "extra": true]) == [
                "/calendar missing", "/time_zone missing", "/valid_from missing",
                "/valid_to missing", "/weekend missing", "/holidays/0 unknown_value",
                "/make_up_days/0 unknown_value", "/extra unknown_field",
            ]
        )
        #expect(faults(.array([])).first == " wrong_type")
        let week = Weekday.allCases.map { JSONValue.string($0.name) }
        #expect(faults(Self.with("weekend", .array(week))) == ["/weekend contradiction"])
        let many = JSONValue.array(Array(repeating: "2026-10-01", count: 1_001))
        #expect(faults(Self.with("holidays", many)) == ["/holidays out_of_range"])
    }
}
