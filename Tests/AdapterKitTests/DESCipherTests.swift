import AdapterKit
import Foundation
import Testing
import WireFormat

@Suite("DES")
struct DESCipherTests {
    /// Key, plaintext block, ciphertext block. NIST SP 800-17, appendices A and B (variable
    /// plaintext, variable key, permutation and substitution tables), and FIPS 81's sample.
    private static let blocks: [(String, String, String)] = [
        ("0101010101010101", "8000000000000000", "95f8a5e5dd31d900"),
        ("0101010101010101", "4000000000000000", "dd7f121ca5015619"),
        ("0101010101010101", "0000000000000001", "166b40b44aba4bd6"),
        ("8001010101010101", "0000000000000000", "95a8d72813daa94d"),
        ("0101010101010102", "0000000000000000", "869efd7f9f265a09"),
        ("1046913489980131", "0000000000000000", "88d55e54f54c97b4"),
        ("7ca110454a1a6e57", "01a1d6d039776742", "690f5b0d9a26939b"),
        ("0131d9619dc1376e", "5cd54ca83def57da", "7a389d10354bd271"),
        ("07a1133e4a0b2686", "0248d43806f67172", "868ebb51cab4599a"),
        ("0123456789abcdef", "4e6f772069732074", "3fa40e8a984d4815"),
    ]

    @Test("blocks encrypt as NIST published them", arguments: blocks)
    func published(key: String, plain: String, encrypted: String) throws {
        let cipher = try #require(Hexadecimal.decode(key).flatMap { DESCipher(key: $0) })
        let block = try #require(Hexadecimal.decode(plain))
        let result = try #require(cipher.encrypt(block))
        #expect(Hexadecimal.encode(result.prefix(8)) == encrypted)
        #expect(result.count == 16, "a whole block of padding follows a whole block of text")
        #expect(cipher.decrypt(result) == block)
    }

    @Test("every seed agrees with OpenSSL's legacy provider, both ways", arguments: 1...48)
    func openSSL(seed: UInt64) throws {
        var random = SeededBytes(seed: seed)
        let key = random.bytes(8)
        let text = random.bytes(Int(seed) * 3 % 70)
        let cipher = try #require(DESCipher(key: key))
        let encrypted = try #require(cipher.encrypt(text))
        let openssl = [
            "openssl", "enc", "-des-ecb", "-K", Hexadecimal.encode(key), "-provider", "legacy",
            "-provider", "default",
        ]
        let foreign = try #require(try ForeignProgram.output(openssl, input: text))
        #expect(encrypted == foreign)
        #expect(cipher.decrypt(foreign) == text)
    }

    @Test(
        "a text that was tampered with, cut or padded otherwise does not decrypt", arguments: 1...32
    )
    func broken(seed: UInt64) throws {
        var random = SeededBytes(seed: seed)
        let cipher = try #require(DESCipher(key: random.bytes(8)))
        let text = random.bytes(21)
        let encrypted = try #require(cipher.encrypt(text))
        #expect(cipher.decrypt(Array(encrypted.dropLast())) == nil)
        #expect(cipher.decrypt([]) == nil)
        var flipped = encrypted
        flipped[Int(seed) % encrypted.count] ^= 1 << UInt8(seed % 8)
        #expect(cipher.decrypt(flipped) != text)
        let other = try #require(DESCipher(key: random.bytes(8)))
        #expect(other.decrypt(encrypted) != text)
    }

    @Test("the complement of a key encrypts the complement of a block to the complement")
    func complement() throws {
        var random = SeededBytes(seed: 7)
        for _ in 0..<64 {
            let (key, block) = (random.bytes(8), random.bytes(8))
            let plain = try #require(DESCipher(key: key)?.encrypt(block)).prefix(8)
            let turned = try #require(DESCipher(key: key.map(~))?.encrypt(block.map(~))).prefix(8)
            #expect(plain.map(~) == Array(turned))
        }
    }

    @Test("keys have eight bytes, and texts an end")
    func limits() throws {
        #expect(DESCipher(key: [1, 2, 3]) == nil)
        #expect(DESCipher(key: [UInt8](repeating: 1, count: 9)) == nil)
        let cipher = try #require(DESCipher(key: [UInt8](repeating: 1, count: 8)))
        #expect(cipher.encrypt([UInt8](repeating: 0, count: DESCipher.longestBytes)) != nil)
        #expect(cipher.encrypt([UInt8](repeating: 0, count: DESCipher.longestBytes + 1)) == nil)
    }
}
