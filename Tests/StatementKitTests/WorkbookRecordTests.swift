import StatementKit
import Testing
import WireFormat

/// Sheets and rows on their way to the program that writes workbooks.
@Suite("Workbook records") struct WorkbookRecordTests {
    private static let sheet = WorkbookSheet(
        "问题",
        leads: true,
        columns: [.init("文件", width: 30), .init("Line", width: 255)]
    )

    @Test(
        "a record comes back as it was written",
        arguments: [
            .sheet(sheet), .row([]),
            .row([.empty, .text("=1+1\n\"x\""), .integer(-7), .integer(1_048_576)]),
            .row([0, 1, 3_333, 9_999, 10_000].map { .share(tenThousandths: $0) }),
        ] as [WorkbookRecord]
    )
    func roundTrip(record: WorkbookRecord) throws {
        #expect(try WorkbookRecord(json: record.jsonValue.serialized()) == record)
    }

    @Test(
        "what is no record is refused with its place",
        arguments: [
            ("[]", ""), (#"{"row":1}"#, "/row"), (#"{"row":[1.5]}"#, "/row/0"),
            (#"{"row":[],"more":1}"#, "/more"), (#"{"sheet":""}"#, "/sheet"),
            (#"{"sheet":"1234567890123456789012345","columns":[]}"#, "/sheet"),
            (#"{"sheet":"a:b","columns":[]}"#, "/sheet"),
            (#"{"sheet":"a","columns":[{"title":"x","width":256}]}"#, "/columns/0/width"),
        ]
    )
    func refused(line: String, place: String) throws {
        let fault = #expect(throws: StatementFault.self) {
            try WorkbookRecord(json: Array(line.utf8))
        }
        #expect(fault?.pointer == place)
    }

    @Test("a sheet's entry comes back as it was written")
    func entries() {
        for content in [SheetEntry.Content.rows, .empty, .hidden, .other] {
            let entry = SheetEntry(number: 3, name: "库存 \"1\"", content: content)
            #expect(SheetEntry(json: entry.jsonValue) == entry)
        }
        #expect(SheetEntry(json: ["number": 1, "name": "x", "content": "?"]) == nil)
    }
}
