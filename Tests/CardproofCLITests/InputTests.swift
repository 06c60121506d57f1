import CardModel
import Foundation
import Testing
import WireFormat

@testable import CardproofCLI

// The secret is the synthetic one of the Standard Webhooks specification.
@Suite("What a command reads")
struct InputTests {
    @Test(
        "a code is serial----key, another separator, or a bare key",
        arguments: [
            ("s----k", "s", "k"), ("s|k", "s", "k"), ("s,k", "s", "k"), ("s\tk", "s", "k"),
            ("s k", "s", "k"), ("ABC-DEF", nil, "ABC-DEF"), ("  k  ", nil, "k"),
            ("s ---- a-b", "s", "a-b"),
        ] as [(String, String?, String)]
    )
    func code(line: String, serial: String?, key: String) throws {
        let codes = try CodeFile.codes(in: line + "\n\n", name: "x")
        #expect(codes.count == 1)
        #expect(codes[0].serial?.text == serial)
        #expect(codes[0].key.withUnredacted { $0 } == key)
    }

    @Test("a line that is no code is named by its number and never shown")
    func badLine() throws {
        let failure = try #require(throws: CommandFailure.self) {
            _ = try CodeFile.codes(in: "good\n----SECRETKEY\n", name: "codes")
        }
        #expect(failure.message.contains("line 2"))
        #expect(!failure.message.contains("SECRETKEY"))
        #expect(throws: CommandFailure.self) { _ = try CodeFile.codes(in: "\n", name: "x") }
    }

    @Test(
        "durations are exact, positive and at most a year",
        arguments: [
            ("500ms", Duration.milliseconds(500)), ("1s", .seconds(1)), ("5m", .seconds(300)),
            ("2h", .seconds(7_200)), ("1d", .seconds(86_400)), ("0s", nil), ("-1s", nil),
            ("1", nil), ("s", nil), ("1.5s", nil), ("400d", nil), ("999999999999999d", nil),
        ] as [(String, Duration?)]
    )
    func duration(text: String, expected: Duration?) {
        #expect(DurationText.duration(text) == expected)
        if let expected { #expect(DurationText.duration(DurationText.text(expected)) == expected) }
    }

    @Test(
        "an address is host and port",
        arguments: [
            ("127.0.0.1:0", "127.0.0.1:0"), ("[::1]:80", "[::1]:80"), ("host:65535", "host:65535"),
            ("host", nil), (":80", nil), ("::1:80", nil), ("h:65536", nil), ("h:x", nil),
            ("[h]:1", nil), ("a b:1", nil),
        ] as [(String, String?)]
    )
    func address(text: String, expected: String?) {
        #expect(ListenAddress(text)?.description == expected)
    }

    @Test("a secret file is one line, and is not quoted when it is not")
    func secretLine() throws {
        let folder = try ScratchFolder()
        let good = try folder.write("good", "  token \n")
        #expect(try SecretInput.line(from: good, name: "--token") == "token")
        let bad = try folder.write("bad", "one\ntwo\n")
        let failure = try #require(throws: CommandFailure.self) {
            _ = try SecretInput.line(from: bad, name: "--token")
        }
        #expect(!failure.message.contains("two"))
    }

    @Test("a secret that stands in place of its file is not repeated")
    func secretInPlaceOfItsFile() throws {
        let failure = try #require(throws: CommandFailure.self) {
            _ = try SecretInput.line(from: "hunter2-SYNTHETIC", name: "--token")
        }
        #expect(failure.message.contains("--token"))
        #expect(!failure.message.contains("hunter2"))
        let other = try #require(throws: CommandFailure.self) {
            _ = try SecretInput.bytes(from: "/nonexistent/proof", name: "verify")
        }
        #expect(other.message.contains("/nonexistent/proof"))
    }

    @Test("what a person says is trimmed, and must be text; what stands for its file is not told")
    func words() throws {
        let folder = try ScratchFolder()
        let said = try folder.write("said", " 已兑换\n第二行 \n")
        #expect(try SecretInput.words(from: said, name: "--reason") == "已兑换\n第二行")
        for text in ["", " \n\t"] {
            let empty = try folder.write("empty", text)
            #expect(throws: CommandFailure.self) {
                _ = try SecretInput.words(from: empty, name: "--reason")
            }
        }
        let failure = try #require(throws: CommandFailure.self) {
            _ = try SecretInput.words(from: "key 1234567890123456", name: "--reason")
        }
        #expect(failure.message.contains("--reason") && !failure.message.contains("1234"))
    }

    @Test("secrets are written for their owner alone and never overwritten")
    func protectedFile() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/secret"
        try ProtectedFile.create(path, "x")
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        #expect(throws: CommandFailure.self) { try ProtectedFile.create(path, "y") }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "x\n")
    }

    @Test("a delivery is signed as Standard Webhooks 1.0 signs its own example")
    func signature() throws {
        // The example of the specification's reference libraries.
        let signer = try WebhookSigner(secretText: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        let headers = signer.headers(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            at: Instant(secondsSinceEpoch: 1_614_265_330),
            body: Array(#"{"test": 2432232314}"#.utf8)
        )
        #expect(headers.map(\.1)[1] == "1614265330")
        #expect(headers.map(\.1)[2] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test("two processes cannot hold the lock of one data folder")
    func lock() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/lock"
        var first = try StoreLock(path: path)
        #expect(first != nil)
        #expect(try StoreLock(path: path) == nil)
        first = nil
        #expect(try StoreLock(path: path) != nil)
    }
}
