import HTTPTypes
import Testing
import WireFormat

@testable import IssuerSandbox

@Suite("Encodings of the older issuers")
struct EncodingTests {
    @Test("GBK comes back as it went, and refuses what is not of it")
    func gbk() throws {
        for text in ["", "ascii", "充值卡 神州行", "，。《》", "１２３"] {
            let bytes = try #require(TextCharset.gbk.encode(text))
            #expect(TextCharset.gbk.decode(bytes) == text)
        }
        #expect(TextCharset.gbk.encode("🎁") == nil)
        #expect(TextCharset.gbk.decode([0xFF, 0xFF]) == nil)
        #expect(TextCharset.gbk.decode([0x81]) == nil)
    }

    @Test("forms keep order and bytes, and refuse doubled and malformed fields")
    func forms() throws {
        let form = try #require(FormFields(Array("b=%B3%E4&a=x+y&c".utf8)))
        #expect(form.fields.map(\.name) == ["b", "a", "c"])
        #expect(form.text("b", in: .gbk) == "充" && form["b"] == nil && form["a"] == "x y")
        #expect(form["c"]?.isEmpty == true && form["d"] == nil)
        for text in ["a=1&a=2", "a=%", "a=%4", "a=%zz", "%FF=1"] {
            #expect(FormFields(Array(text.utf8)) == nil, "\(text)")
        }
        let sent = FormFields([("k", "a&b=c 充")], in: .gbk)
        #expect(sent.encoded == "k=a%26b%3Dc%20%B3%E4")
    }

    @Test("HTTP dates are read back as they are written, on any day of the week")
    func dates() throws {
        #expect(
            HTTPDate.text(Instant(secondsSinceEpoch: 784_111_777))
                == "Sun, 06 Nov 1994 08:49:37 GMT"
        )
        for day in 0..<800 {
            let instant = Instant(secondsSinceEpoch: Int64(day) * 86_400 * 31 + 4_711)
            #expect(HTTPDate.instant(HTTPDate.text(instant)) == instant)
        }
        for text in [
            "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
            "1994-11-06T08:49:37Z", "Sun 06 Nov 1994 08:49:37 GMT",
        ] {
            #expect(HTTPDate.instant(text) == nil, "\(text)")
        }
    }

    @Test("amounts are read as they are written or not at all")
    func amounts() {
        #expect(DecimalAmount.minorUnits("50.00") == 5000)
        #expect(DecimalAmount.minorUnits("0.05") == 5)
        for text in ["50", "50.0", "50.000", "-1.00", "1.٥٥", ".50", "", "1.2.3", "1234567890.00"] {
            #expect(DecimalAmount.minorUnits(text) == nil, "\(text)")
        }
        #expect(IssuerRecord.major(5) == "0.05" && IssuerRecord.major(12_345) == "123.45")
    }

    @Test("a host is told from its port, in brackets too")
    func hosts() {
        for (authority, host) in [
            ("api.example:8080", "api.example"), ("api.example", "api.example"),
            ("[::1]:80", "[::1]"),
        ] {
            let request = IssuerRequest(
                method: .get,
                target: "/a/b%20c?x=1",
                authority: authority,
                headers: [:],
                body: []
            )
            #expect(request.host == host && request.lastSegment == "b c")
            #expect(request.query?["x"] == "1")
        }
    }
}
