import Testing
import WireFormat

@testable import CardModel

@Suite("Money and FaceValue")
struct MoneyTests {
    private func money(_ minorUnits: Int64, _ currency: String = "CNY") throws -> Money {
        try #require(Money(minorUnits: minorUnits, currency: currency))
    }

    @Test(
        "a currency is three capital letters",
        arguments: ["cny", "CN", "CNYX", "C1Y", "", "元元元"]
    )
    func currency(text: String) {
        #expect(Money(minorUnits: 1, currency: text) == nil)
    }

    @Test("amounts in two currencies do not compare, not even zero")
    func comparison() throws {
        #expect(try money(1).compared(to: money(2)) == .less)
        #expect(try money(2).compared(to: money(2)) == .equal)
        #expect(try money(3).compared(to: money(2)) == .greater)
        #expect(try money(0).compared(to: money(0, "USD")) == .notComparable)
    }

    @Test("sums and differences that 64 bits do not hold are none")
    func arithmetic() throws {
        #expect(try money(.max).adding(money(1)) == nil)
        #expect(try money(.min).subtracting(money(1)) == nil)
        #expect(try money(2).adding(money(3)) == money(5))
        #expect(try money(2).subtracting(money(3)) == money(-1))
        #expect(try money(2).adding(money(3, "USD")) == nil)
    }

    @Test("the text has the digits of the currency, exactly")
    func text() throws {
        let cases: [(Int64, String, String)] = [
            (5000, "CNY", "50.00"), (5, "CNY", "0.05"), (-5, "CNY", "-0.05"), (0, "USD", "0.00"),
            (500, "JPY", "500"), (1_234, "KWD", "1.234"), (.min, "CNY", "-92233720368547758.08"),
        ]
        for (minorUnits, currency, text) in cases {
            #expect(try money(minorUnits, currency).decimalText == text)
        }
    }

    @Test("money reads back from its JSON, and from nothing else")
    func json() throws {
        #expect(try Money(jsonValue: money(5000).jsonValue) == money(5000))
        let wrong: [JSONValue] = [
            .null, [], ["amount_minor": .decimal("1.5"), "currency": "CNY"],
            ["amount_minor": "5", "currency": "CNY"], ["amount_minor": 5], ["currency": "CNY"],
        ]
        for value in wrong { #expect(Money(jsonValue: value) == nil) }
    }

    @Test("a face value is judged by the issuer's real value, in one currency")
    func faceValue() throws {
        let face = try #require(FaceValue(money: money(5000)))
        #expect(try face.judged(byActual: money(5000)) == .asSold)
        #expect(try face.judged(byActual: money(4999)) == .undervalued)
        #expect(try face.judged(byActual: money(5001)) == .moreThanSold)
        #expect(try face.judged(byActual: money(5000, "USD")) == .otherCurrency)
        #expect(try FaceValue(money: money(-1)) == nil)
    }
}
