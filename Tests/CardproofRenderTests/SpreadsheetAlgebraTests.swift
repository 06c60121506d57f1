import Testing
import WireFormat

@testable import CardproofRender

/// Columns, dates and numbers as workbooks write them.
@Suite("Spreadsheet algebra") struct SpreadsheetAlgebraTests {
    @Test("every column A to XFD has one name, and the name gives the column back")
    func columns() {
        var seen: Set<String> = []
        for column in 1...CellReference.mostColumns {
            let letters = CellReference.letters(ofColumn: column)
            #expect(seen.insert(letters).inserted)
            #expect(CellReference("\(letters)7".utf8) == CellReference(column: column, row: 7))
        }
        #expect(CellReference.letters(ofColumn: 26) == "Z")
        #expect(CellReference.letters(ofColumn: 27) == "AA")
        #expect(CellReference.letters(ofColumn: 703) == "AAA")
        #expect(CellReference.letters(ofColumn: CellReference.mostColumns) == "XFD")
    }

    @Test(
        "what is no cell of a sheet is no reference",
        arguments: [
            "", "A", "7", "A0", "A01", "XFE1", "A1048577", "1A", "A1B", "a1", "Ａ1", "AAAAAAAAAAA1",
            "A99999999999999999999",
        ]
    )
    func noReference(text: String) {
        #expect(CellReference(text.utf8) == nil)
    }

    @Test(
        "serial numbers are the days that spreadsheets show",
        arguments: [
            (1, "1900-01-01"), (59, "1900-02-28"), (61, "1900-03-01"), (25_569, "1970-01-01"),
            (36_526, "2000-01-01"), (46_387, "2026-12-31"), (2_958_465, "9999-12-31"),
        ]
    )
    func from1900(serial: Int, day: String) {
        #expect(DateSystem.from1900.date(ofSerial: serial)?.iso8601 == day)
    }

    @Test("29 February 1900 never was, and no day lies outside of the calendar")
    func noDay() {
        for serial in [-1, 0, 60, 2_958_466] {
            #expect(DateSystem.from1900.date(ofSerial: serial) == nil)
        }
        for serial in [-1, 2_957_004] {
            #expect(DateSystem.from1904.date(ofSerial: serial) == nil)
        }
    }

    @Test("the two systems lie 1462 days apart from March 1900 on")
    func systems() {
        #expect(DateSystem.from1904.date(ofSerial: 0)?.iso8601 == "1904-01-01")
        for serial in stride(from: 0, through: 2_957_003, by: 997) {
            #expect(
                DateSystem.from1904.date(ofSerial: serial)
                    == DateSystem.from1900.date(ofSerial: serial + 1462)
            )
        }
    }

    @Test(
        "a number is shown with the digits that are exact",
        arguments: [
            ("0", "0"), ("-0", "0"), ("12", "12"), ("-5", "-5"), ("1E3", "1000"),
            ("1.5", "1.5"), ("0.30000000000000004", "0.3"), ("99.999999999999999", "100"),
            ("1.1E-2", "0.011"), ("1E-12", "1E-12"), ("100000000000000", "100000000000000"),
            ("999999999999999", "999999999999999"), ("1.1041200001234E14", "110412000012340"),
            ("007", "7"), ("1.50", "1.5"), ("+3", "3"),
        ]
    )
    func shown(stored: String, text: String) {
        #expect(SpreadsheetNumber(stored.utf8)?.text() == text)
    }

    @Test(
        "a whole number of more than 15 digits is known by its exponent",
        arguments: [
            ("1.1041200001234568E17", "1.1041200001234568E+17"),
            ("1.1041200001234568E+17", "1.1041200001234568E+17"),
            ("110412000012345680", "1.1041200001234568E+17"),
            ("1000000000000000", "1E+15"), ("4111111111111110", "4.11111111111111E+15"),
            ("1234567890123456.5", "1.23456789012346E+15"),
        ]
    )
    func damaged(stored: String, text: String) {
        #expect(SpreadsheetNumber(stored.utf8)?.text() == text)
        #expect(SpreadsheetNumber(stored.utf8)?.text(width: 20) == text)
    }

    @Test("any whole number up to 15 digits comes back as it was written, and padded to its format")
    func wholeNumbers() {
        var generator = SplitMix(seed: 20_261_120)
        for _ in 0..<2_000 {
            let count = Int.random(in: 1...15, using: &generator)
            let number = Int.random(in: 0..<Self.power(of: 10, count), using: &generator)
            let text = String(number)
            #expect(SpreadsheetNumber(text.utf8)?.text() == text)
            #expect(SpreadsheetNumber("\(text).0".utf8)?.text() == text)
            let padded = String(repeating: "0", count: 20 - text.utf8.count) + text
            #expect(SpreadsheetNumber(text.utf8)?.text(width: 20) == padded)
        }
    }

    @Test(
        "what is no number is none", arguments: ["", "-", ".", "E5", "1E", "NaN", "1e999", "1 2"])
    func noNumber(text: String) {
        #expect(SpreadsheetNumber(text.utf8) == nil)
    }

    @Test("days are counted without their time")
    func days() {
        #expect(SpreadsheetNumber("46387.999".utf8)?.wholeDays == 46_387)
        #expect(SpreadsheetNumber("0.75".utf8)?.wholeDays == 0)
        #expect(SpreadsheetNumber("-1".utf8)?.wholeDays == nil)
        #expect(SpreadsheetNumber("1E300".utf8)?.wholeDays == nil)
    }

    @Test(
        "a format is known as a date by its letters outside of quotes and brackets",
        arguments: [
            ("yyyy-mm-dd", CellFormat.date), ("yyyy\"年\"m\"月\"d\"日\"", .date),
            ("[$-804]yyyy/m/d h:mm AM/PM", .date), ("mmm", .date), ("General", .general),
            ("h:mm AM/PM", .general), ("[h]:mm:ss", .general), ("0.00\"day\"", .general),
            ("[Red]0", .general), ("0\\d", .general), ("#,##0;[Red]yyyy", .general),
            ("00000000", .zeros(8)), ("[$-804]0000", .zeros(4)), ("0", .general), ("@", .general),
        ]
    )
    func formats(code: String, format: CellFormat) {
        #expect(CellFormat(code: code) == format)
    }

    @Test("built-in dates are known by their number")
    func builtInFormats() {
        let dates = (0...60).filter { CellFormat(builtIn: $0) == .date }
        #expect(dates == Array(14...22) + Array(27...36) + Array(45...47) + Array(50...58))
    }

    private static func power(of base: Int, _ exponent: Int) -> Int {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }
}

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014).
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
