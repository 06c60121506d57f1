import Testing
import WireFormat

@Suite("Encodings") struct EncodingTests {
    @Test(
        "base64 gives the vectors of RFC 4648 §10, both ways",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ]
    )
    func base64(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
        let unpadded = encoded.replacing("=", with: "")
        #expect(Base64.encodeURL(Array(text.utf8)) == unpadded)
        #expect(Base64.decodeURL(unpadded) == Array(text.utf8))
    }

    @Test(
        "base64 has one spelling for each value",
        arguments: [
            "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "Zm9v\n", " Zm9v", "Zm_v", "=", "Zg==Zg==",
        ]
    )
    func strictBase64(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("hexadecimal is read in either case and written in lower case")
    func hexadecimal() {
        #expect(Hexadecimal.decode("00fFA1") == [0, 255, 161])
        #expect(Hexadecimal.encode([0, 255, 161]) == "00ffa1")
        #expect(Hexadecimal.decode("0") == nil)
        #expect(Hexadecimal.decode("0g") == nil)
    }

    @Test(
        "RFC 3339 instants with any offset come back in UTC",
        arguments: [
            ("2026-11-20T08:00:00Z", "2026-11-20T08:00:00Z"),
            ("2026-11-20T08:00:00.120+08:00", "2026-11-20T00:00:00.120Z"),
            ("2026-01-01t00:30:00-01:00", "2026-01-01T01:30:00Z"),
            ("2024-02-29T23:59:60Z", "2024-03-01T00:00:00Z"),
            ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
            ("2026-11-20T08:00:00.1239Z", "2026-11-20T08:00:00.123Z"),
        ]
    )
    func instants(text: String, expected: String) {
        #expect(Instant(rfc3339: text)?.rfc3339 == expected)
    }

    @Test(
        "what is not an RFC 3339 date-time is refused",
        arguments: [
            "", "2026-11-20", "2026-11-20 08:00:00Z", "2026-02-29T00:00:00Z",
            "2026-11-20T24:00:00Z", "2026-11-20T08:60:00Z", "2026-11-20T08:00:00",
            "2026-11-20T08:00:00.Z", "2026-11-20T08:00:00+8:00", "2026-11-20T08:00:00Zx",
            "2026-11-20T08:00:00+24:00", "٢٠٢٦-11-20T08:00:00Z", "0001-01-01T00:00:00+08:00",
            "9999-12-31T23:59:59-00:01",
        ]
    )
    func badInstants(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test("an instant that RFC 3339 cannot write is written as the nearest that it can")
    func extremeInstants() {
        for milliseconds in [Int64.min, -62_135_596_800_001] {
            let instant = Instant(millisecondsSinceEpoch: milliseconds)
            #expect(instant.rfc3339 == "0001-01-01T00:00:00Z")
            #expect(instant.rfc3339Seconds == "0001-01-01T00:00:00Z")
        }
        for milliseconds in [Int64.max, 253_402_300_800_000] {
            let instant = Instant(millisecondsSinceEpoch: milliseconds)
            #expect(instant.rfc3339 == "9999-12-31T23:59:59.999Z")
        }
    }

    @Test("every day of eight centuries survives the round trip through its number")
    func dayNumbers() {
        var date = CalendarDate(year: 1600, month: 1, day: 1)
        var count = 0
        while let day = date, day.year < 2400 {
            let back = CalendarDate(dayNumber: day.dayNumber)
            if back != day || CalendarDate(iso8601: day.iso8601) != day {
                Issue.record("\(day.iso8601) became \(back.iso8601)")
                return
            }
            date = day.adding(days: 1)
            count += 1
        }
        #expect(count == 292_194)
    }

    @Test("the local day follows the offset")
    func localDay() throws {
        let instant = try #require(Instant(rfc3339: "2026-11-20T16:00:00Z"))
        #expect(CalendarDate(of: instant).iso8601 == "2026-11-20")
        #expect(CalendarDate(of: instant, offsetSeconds: 8 * 3600).iso8601 == "2026-11-21")
    }
}
