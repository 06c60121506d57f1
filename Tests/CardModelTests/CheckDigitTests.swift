import Foundation
import Testing
import WireFormat

@testable import CardModel

@Suite("CheckDigit")
struct CheckDigitTests {
    /// Published examples of each algorithm.
    static let vectors: [(CheckDigit, String)] = [
        (.luhn, "79927398713"), (.luhn, "4539578763621486"), (.gs1Mod10, "4006381333931"),
        (.gs1Mod10, "73513537"), (.verhoeff, "2363"), (.verhoeff, "123451"), (.damm, "5724"),
        (.mod97And10, "79444"), (.mod11And2, "0000000218250097"), (.mod11And2, "000000012146438X"),
        (.mod11And2, "079X"), (.mod37And36, "A12425GABC1234002M"),
    ]

    @Test("a published example is valid", arguments: vectors)
    func published(algorithm: CheckDigit, text: String) {
        #expect(algorithm.isValid(Array(text.utf8)))
    }

    @Test("the vectors' numbers pass Luhn")
    func protocolVectors() throws {
        let tests = URL(filePath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: tests.appending(path: "Vectors/protocol-vectors.json"))
        let numbers = try #require(try JSONValue.parse(Array(data))["luhn"]?.objectValue).members
        #expect(numbers.count >= 3)
        for number in numbers {
            #expect(
                CheckDigit.luhn.isValid(Array(number.name.utf8)) == number.value.boolValue,
                "\(number.name)"
            )
        }
    }

    @Test("any other check symbol is not valid", arguments: vectors)
    func otherCheckSymbol(algorithm: CheckDigit, text: String) {
        let symbols = Array(text.utf8)
        for digit in UInt8(ascii: "0")...UInt8(ascii: "9") where digit != symbols.last {
            #expect(!algorithm.isValid(symbols.dropLast() + [digit]))
        }
    }

    @Test("symbols that an algorithm does not know are not valid", arguments: CheckDigit.allCases)
    func foreignSymbols(algorithm: CheckDigit) {
        for text in ["", "0", "12*4", "ab12", "1２3"] {
            #expect(!algorithm.isValid(Array(text.utf8)))
        }
    }
}
