import Crypto
import Testing
import WireFormat

@testable import CardModel

@Suite("CardFingerprinter")
struct CardFingerprinterTests {
    private let fingerprinter = CardFingerprinter(pepper: SymmetricKey(data: [UInt8](0..<32)))

    private func code(_ serial: String?, _ key: String) -> CardCode {
        CardCode(serial: serial.map { SerialNumber($0) }, key: CardKey(key))
    }

    @Test("the bytes are those that Python's hmac makes of the same message")
    func vectors() {
        let long = fingerprinter.fingerprints(
            issuer: "cmcc",
            code: code("10111281010000123", "110412000012345678")
        )
        #expect(
            Hexadecimal.encode(long.code.bytes)
                == "3e9ec9953c54021675762648e84450a5ee22306efcb4b11018b62980c12c3360"
        )
        #expect(
            long.key.map { Hexadecimal.encode($0.bytes) }
                == "703ffe053a1f86aef7acb9c11a16edecfeea04517777759d049fb364c84cad5d"
        )
        let short = fingerprinter.fingerprints(issuer: "平台", code: code(nil, "12345678"))
        #expect(
            Hexadecimal.encode(short.code.bytes)
                == "a37c2aab373b9e96ae120e502a80586cf6833c60b957541f656026386456c625"
        )
        #expect(short.key == nil)
    }

    @Test("keys of twelve symbols have a fingerprint of their own, shorter ones have none")
    func keyFingerprint() {
        #expect(fingerprinter.fingerprints(issuer: "i", code: code(nil, "12345678901")).key == nil)
        let first = fingerprinter.fingerprints(issuer: "i", code: code("1", "123456789012"))
        let second = fingerprinter.fingerprints(issuer: "i", code: code(nil, "123456789012"))
        #expect(first.key != nil)
        #expect(first.key == second.key)
        #expect(first.code != second.code)
        #expect(second.key != second.code)
    }

    @Test("moving a border between issuer, serial and key gives another fingerprint")
    func borders() {
        let codes = [("a", "bc", "d"), ("ab", "c", "d"), ("a", "b", "cd"), ("abc", "", "d")]
        let prints = codes.map { issuer, serial, key in
            fingerprinter.fingerprints(issuer: issuer, code: code(serial, key)).code
        }
        #expect(Set(prints).count == codes.count)
    }

    @Test("another pepper gives other fingerprints, and 32 bytes alone are one")
    func pepper() {
        let other = CardFingerprinter(pepper: SymmetricKey(data: [UInt8](repeating: 7, count: 32)))
        let mine = fingerprinter.fingerprints(issuer: "i", code: code(nil, "k")).code
        #expect(other.fingerprints(issuer: "i", code: code(nil, "k")).code != mine)
        #expect(CardFingerprint(bytes: mine.bytes) == mine)
        #expect(CardFingerprint(bytes: Array(mine.bytes.dropLast())) == nil)
    }
}
