import AdapterKit
import Foundation
import Testing
import WireFormat

@Suite("What old gateways sign and write with")
struct LegacyCryptographyTests {
    @Test("MD5 and HMAC-MD5 agree with Python's hashlib and hmac")
    func digests() throws {
        var random = SeededBytes(seed: 11)
        var input = ""
        var mine: [String] = []
        for round in 0..<120 {
            let (key, text) = (random.bytes(1 + round % 90), random.bytes(round * 3))
            input += Hexadecimal.encode(key) + " " + Hexadecimal.encode(text) + "\n"
            mine.append(
                LegacyDigest.md5(text) + " " + LegacyDigest.hmacMD5(text, key: key)
            )
        }
        let script = """
            import hashlib, hmac, sys
            for line in sys.stdin:
                key, text = (bytes.fromhex(part) for part in line.rstrip("\\n").split(" "))
                print(hashlib.md5(text).hexdigest(), hmac.new(key, text, "md5").hexdigest())
            """
        let theirs = try #require(
            try ForeignProgram.lines(["python3", "-c", script], input: input)
        )
        #expect(theirs.map(String.init) == mine)
    }

    @Test("a signature matches in either case, and not when one digit is another")
    func comparison() {
        let digest = LegacyDigest.md5(Array("x".utf8))
        #expect(LegacyDigest.matches(digest, digest.uppercased()))
        #expect(!LegacyDigest.matches(digest, String(digest.dropLast()) + "0"))
        #expect(!LegacyDigest.matches(digest, ""))
        #expect(!LegacyDigest.matches(digest, digest + " "))
    }

    @Test("every character that Python's gbk writes is written and read alike")
    func gbk() throws {
        let script = """
            for number in list(range(0x80, 0xD800)) + list(range(0xE000, 0x10000)):
                try:
                    print(f"{number:x}", chr(number).encode("gbk").hex())
                except UnicodeEncodeError:
                    print(f"{number:x}", "-")
            """
        let lines = try #require(try ForeignProgram.lines(["python3", "-c", script]))
        var written = 0
        for line in lines {
            let parts = line.split(separator: " ")
            let scalar = try #require(UInt32(parts[0], radix: 16).flatMap(Unicode.Scalar.init))
            let text = String(Character(scalar))
            guard let bytes = Hexadecimal.decode(parts[1]) else { continue }
            written += 1
            #expect(GBKText.encode(text) == bytes, "U+\(parts[0])")
            #expect(GBKText.decode(bytes) == text, "U+\(parts[0])")
        }
        #expect(written > 21_000)
    }

    @Test("what GBK lacks is not written, and bytes that are none are not read")
    func notGBK() {
        #expect(GBKText.encode("卡😀") == nil)
        #expect(GBKText.encode("ไทย") == nil)
        #expect(GBKText.decode([0xB3]) == nil)
        #expect(GBKText.decode([0xB3, 0x20]) == nil)
        #expect(GBKText.decode([0x81, 0x30, 0x81, 0x30]) == nil)
        #expect(GBKText.decode([0xFF, 0xFE]) == nil)
        #expect(GBKText.encode("CP1") == Array("CP1".utf8))
    }

    /// A fresh key with its certificate (DER) and the file of the key.
    private func certificate(_ bits: Int) throws -> (der: [UInt8], key: String) {
        let key = FileManager.default.temporaryDirectory.appending(path: "rsa-\(UUID().uuidString)")
        _ = try ForeignProgram.output(["openssl", "genrsa", "-out", key.path, "\(bits)"])
        let der = try ForeignProgram.output([
            "openssl", "req", "-new", "-x509", "-key", key.path, "-subj", "/CN=synthetic", "-days",
            "30", "-outform", "DER",
        ])
        return (try #require(der), key.path)
    }

    @Test(
        "MD5withRSA signatures of OpenSSL verify, for every size of key",
        arguments: [1024, 2048, 3072, 4096])
    func rsa(bits: Int) throws {
        let (der, key) = try certificate(bits)
        defer { try? FileManager.default.removeItem(atPath: key) }
        let verifier = try #require(MD5RSAVerifier(certificate: der))
        let message = Array("b4bfcffa52f39adea8d92f7ec3d1e5e2".utf8)
        let sign = ["openssl", "dgst", "-md5", "-sign", key]
        let signature = try #require(try ForeignProgram.output(sign, input: message))
        #expect(verifier.isValid(signature, over: message))
        #expect(!verifier.isValid(signature, over: message + [0]))
        var flipped = signature
        flipped[flipped.count / 2] ^= 1
        #expect(!verifier.isValid(flipped, over: message))
        #expect(!verifier.isValid(Array(signature.dropLast()), over: message))
        #expect(!verifier.isValid([0] + signature, over: message))
        #expect(!verifier.isValid([UInt8](repeating: 0xFF, count: bits / 8), over: message))
        #expect(!verifier.isValid([UInt8](repeating: 0, count: bits / 8), over: message))
        let withSHA = ["openssl", "dgst", "-sha256", "-sign", key]
        let other = try #require(try ForeignProgram.output(withSHA, input: message))
        #expect(!verifier.isValid(other, over: message))
    }

    @Test("many signatures of one key verify, and none under another's certificate")
    func manySignatures() throws {
        let (der, key) = try certificate(1024)
        let (otherDER, otherKey) = try certificate(1024)
        defer {
            for path in [key, otherKey] { try? FileManager.default.removeItem(atPath: path) }
        }
        let verifier = try #require(MD5RSAVerifier(certificate: der))
        let other = try #require(MD5RSAVerifier(certificate: otherDER))
        for round in 0..<24 {
            let message = Array("message \(round)".utf8)
            let sign = ["openssl", "dgst", "-md5", "-sign", key]
            let signature = try #require(try ForeignProgram.output(sign, input: message))
            #expect(verifier.isValid(signature, over: message))
            #expect(!other.isValid(signature, over: message))
        }
    }

    @Test("what is no certificate with an RSA key is refused")
    func notACertificate() throws {
        let (der, key) = try certificate(1024)
        defer { try? FileManager.default.removeItem(atPath: key) }
        for length in [0, 1, 10, der.count / 2, der.count - 1] {
            #expect(MD5RSAVerifier(certificate: Array(der.prefix(length))) == nil)
        }
        #expect(MD5RSAVerifier(certificate: der + [0]) == nil)
        let curve = FileManager.default.temporaryDirectory
            .appending(path: "ec-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: curve) }
        _ = try ForeignProgram.output([
            "openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", curve,
        ])
        let elliptic = try #require(
            try ForeignProgram.output([
                "openssl", "req", "-new", "-x509", "-key", curve, "-subj", "/CN=synthetic",
                "-outform", "DER",
            ])
        )
        #expect(MD5RSAVerifier(certificate: elliptic) == nil)
    }
}

@Suite("Forms and flat records")
struct RawFormTests {
    @Test("a form is written and read back byte for byte")
    func roundTrip() throws {
        var random = SeededBytes(seed: 3)
        for _ in 0..<200 {
            let fields = (0..<5).map { (name: "f\($0)", value: random.bytes(12)) }
            let form = RawForm(fields)
            let read = try #require(RawForm(parsing: form.encoded))
            #expect(read.fields.map(\.value) == fields.map(\.value))
        }
    }

    @Test("GBK stands in a form as the gateway writes it")
    func gbk() throws {
        let value = try #require(GBKText.encode("充值卡"))
        #expect(
            String(decoding: RawForm([("p5_Pid", value)]).encoded, as: UTF8.self)
                == "p5_Pid=%B3%E4%D6%B5%BF%A8"
        )
    }

    @Test(
        "a broken escape, a name twice, too many fields are refused",
        arguments: ["a=%4", "a=%zz", "a=1&a=2", "%E5=1"]
    )
    func refused(text: String) {
        #expect(RawForm(parsing: Array(text.utf8)) == nil)
    }

    @Test("a field without a value is empty, an absent one is absent")
    func emptyValues() throws {
        let form = try #require(RawForm(parsing: Array("a=&b&c=x+y%20z".utf8)))
        #expect(form["a"] == [] && form["b"] == [] && form["d"] == nil)
        #expect(form["c"] == Array("x y z".utf8))
    }

    @Test("a flat XML record is read; a name twice or a document type is refused")
    func records() {
        let record = Array("<r><a>1</a><b><c>2</c></b><d/></r>".utf8)
        #expect(XMLLeaves(record)?["a"] == "1")
        #expect(XMLLeaves(record)?["c"] == "2" && XMLLeaves(record)?["d"] == "")
        #expect(XMLLeaves(Array("<r><a>1</a><a>2</a></r>".utf8)) == nil)
        #expect(XMLLeaves(Array("<!DOCTYPE r><r><a>1</a></r>".utf8)) == nil)
        #expect(XMLLeaves(Array("<r>text<a>1</a></r>".utf8)) == nil)
        #expect(XMLLeaves(Array("200".utf8)) == nil)
    }
}
