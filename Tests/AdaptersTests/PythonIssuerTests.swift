import AdapterKit
import CardModel
import Crypto
import Foundation
import Testing
import WireFormat

@Suite("Against servers written in Python, which share no code with the adapters")
struct PythonIssuerTests {
    private func inquiry(_ key: String, serial: String?, format: String) throws -> Inquiry {
        Inquiry(
            code: CardCode(serial: serial.map { SerialNumber($0) }, key: CardKey(key)),
            product: "test",
            faceValue: Money(minorUnits: 5000, currency: "CNY"),
            askedAt: try #require(Instant(rfc3339: "2026-11-20T08:00:00Z")),
            format: try #require(CardFormat.builtIn(format))
        )
    }

    private static let responseCodes: [(Int, VerdictState)] = [
        (10, .notFound), (11, .used), (12, .revoked), (13, .notActivated), (100, .used),
        (101, .indeterminate), (102, .expired), (104, .indeterminate), (105, .indeterminate),
        (106, .indeterminate), (107, .revoked), (108, .indeterminate), (109, .indeterminate),
        (110, .indeterminate), (111, .indeterminate), (200, .indeterminate),
        (201, .indeterminate), (999, .indeterminate),
    ]

    private static let states: [(String, VerdictState)] = [
        ("available", .okUnused), ("used", .used), ("unavailable", .notActivated),
        ("damaged", .revoked), ("stolen", .revoked), ("pending", .indeterminate),
        ("reserved", .indeterminate), ("melted", .indeterminate), ("0", .okUnused), ("1", .used),
        ("5", .notActivated),
    ]

    @Test("ericsson-vsip gives every state against Python's own xmlrpc.server")
    func vouchers() async throws {
        var vouchers: [String] = []
        var expected: [(key: String, state: VerdictState)] = []
        for (code, state) in Self.responseCodes {
            let key = "9000000000000\(10_000 + code)"
            vouchers.append(#"{"key":"\#(key)","serial":"\#(key)","response_code":\#(code)}"#)
            expected.append((key, state))
        }
        for (index, (name, state)) in Self.states.enumerated() {
            let key = "8000000000000\(10_000 + index)"
            vouchers.append(
                #"{"key":"\#(key)","serial":"\#(key)","state":"\#(name)","#
                    + #""history":[["used","2026-11-18T11:12:00+08:00"]]}"#
            )
            expected.append((key, state))
        }
        vouchers.append(
            #"{"key":"700000000000000000","serial":"1","fault":[1007,"overload"]}"#
        )
        expected.append(("700000000000000000", .indeterminate))
        let password = try PythonIssuer.file("mark-Zr41-Password")
        let file = try PythonIssuer.file("[\(vouchers.joined(separator: ","))]")
        defer {
            for path in [password, file] { try? FileManager.default.removeItem(atPath: path) }
        }
        let server = try PythonIssuer("vsip_server.py", ["0", "gateway", password, file])
        let adapter = try ShippedAdapters.factory("ericsson-vsip").adapter(
            configuredBy: AdapterConfiguration(
                id: "v",
                settings: ["endpoint": server.address + "/RPC2", "username": "gateway"],
                secrets: ["password": SecretValue("mark-Zr41-Password")]
            )
        )
        for (key, state) in expected {
            let asked = try inquiry(key, serial: nil, format: "ericsson-voucher")
            let result = try await adapter.inquire(asked, using: LoopbackTransport())
            #expect(result.state == state, "\(key)")
            if state == .used, key.hasPrefix("8") {
                #expect(result.issuer.at == Instant(rfc3339: "2026-11-18T03:12:00Z"))
            }
        }
        let wrong = try ShippedAdapters.factory("ericsson-vsip").adapter(
            configuredBy: AdapterConfiguration(
                id: "v",
                settings: ["endpoint": server.address + "/RPC2", "username": "gateway"],
                secrets: ["password": SecretValue("another password")]
            )
        )
        let refused = try await wrong.inquire(
            inquiry("900000000000010011", serial: nil, format: "ericsson-voucher"),
            using: LoopbackTransport()
        )
        #expect(refused.state == .indeterminate && refused.cause == .ourAccount)
    }

    @Test("ericsson-vsip tells who used a voucher and when, and counts what is loaded")
    func voucherHistory() async throws {
        let vouchers = #"""
            [{"key":"800000000000000001","serial":"00000101","state":"used","history":
              [["available","2026-11-01T09:00:00+08:00"],["used","2026-11-18T11:12:00+08:00"]]},
             {"key":"800000000000000002","serial":"00000102","state":"stolen","history":
              [["available","2026-11-01T09:00:00+08:00"],["stolen","2026-11-19T10:00:00+08:00"]]},
             {"key":"800000000000000003","serial":"00000199"}]
            """#
        let password = try PythonIssuer.file("mark-Zr41-Password")
        let file = try PythonIssuer.file(vouchers)
        defer {
            for path in [password, file] { try? FileManager.default.removeItem(atPath: path) }
        }
        let server = try PythonIssuer("vsip_server.py", ["0", "gateway", password, file])
        let adapter = try ShippedAdapters.factory("ericsson-vsip").adapter(
            configuredBy: AdapterConfiguration(
                id: "v",
                settings: ["endpoint": server.address + "/RPC2", "username": "gateway"],
                secrets: ["password": SecretValue("mark-Zr41-Password")]
            )
        )
        let used = try await adapter.inquire(
            inquiry("800000000000000001", serial: "00000101", format: "ericsson-voucher"),
            using: LoopbackTransport()
        )
        #expect(
            used.history == [
                UsageEvent(at: Instant(rfc3339: "2026-11-01T01:00:00Z"), kind: "available"),
                UsageEvent(
                    at: Instant(rfc3339: "2026-11-18T03:12:00Z"),
                    kind: "used",
                    actorHint: "0000"
                ),
            ]
        )
        let stolen = try await adapter.inquire(
            inquiry("800000000000000002", serial: "00000102", format: "ericsson-voucher"),
            using: LoopbackTransport()
        )
        #expect(stolen.state == .revoked)
        #expect(stolen.issuer.at == Instant(rfc3339: "2026-11-19T02:00:00Z"))
        let counter = try #require(adapter as? any StockCountingAdapter)
        let count = try await counter.countStock(
            SerialRange(first: SerialNumber("00000100"), last: SerialNumber("00000198")),
            askedAt: try #require(Instant(rfc3339: "2026-11-20T08:00:00Z")),
            using: LoopbackTransport()
        )
        #expect(count.outcome == .loaded(2) && count.issuer.code == "0")
        #expect(count.transcripts.map(\.label) == ["LoadVoucherCheck"])
        #expect(adapter.descriptor.operations[.stockCount] == .readOnly)
    }

    private static let licences: [(String, VerdictState)] = [
        ("VALID", .okUnused), ("NO_MACHINE", .okUnused), ("EXPIRED", .expired),
        ("TOO_MANY_MACHINES", .used), ("BANNED", .revoked), ("OVERDUE", .temporarilyUnusable),
        ("POLICY_SCOPE_MISMATCH", .wrongProduct), ("USER_SCOPE_REQUIRED", .indeterminate),
        ("NOT_FOUND", .notFound), ("SOMETHING_NEW", .indeterminate),
    ]

    @Test("keygen asks with the key's own dashes and case, against a JSON:API server")
    func licences() async throws {
        let keys = Self.licences.indices.map { "aB3dEf-GH7jkL-MNpQr\($0)-V3" }
        let entries = zip(keys, Self.licences).map { #"{"key":"\#($0)","code":"\#($1.0)"}"# }
        let file = try PythonIssuer.file("[\(entries.joined(separator: ","))]")
        defer { try? FileManager.default.removeItem(atPath: file) }
        let server = try PythonIssuer("keygen_server.py", ["0", file])
        let adapter = try ShippedAdapters.factory("keygen").adapter(
            configuredBy: AdapterConfiguration(
                id: "k",
                settings: ["endpoint": server.address, "account": "acct"]
            )
        )
        for (key, (code, state)) in zip(keys, Self.licences) {
            let asked = try inquiry(key, serial: nil, format: "generic")
            let result = try await adapter.inquire(asked, using: LoopbackTransport())
            #expect(result.state == state, "\(code)")
            #expect(result.issuer.code == code)
        }
    }

    @Test("keygen believes signed answers, and no others, once it has the account's key")
    func signedLicences() async throws {
        let key = "aB3dEf-GH7jkL-MNpQr0-V3"
        let file = try PythonIssuer.file(#"[{"key":"\#(key)","code":"EXPIRED"}]"#)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let seed = Curve25519.Signing.PrivateKey()
        let right = Hexadecimal.encode(Array(seed.publicKey.rawRepresentation))
        let other = Curve25519.Signing.PrivateKey().publicKey.rawRepresentation
        let signing = try PythonIssuer(
            "keygen_server.py",
            ["0", file, Hexadecimal.encode(Array(seed.rawRepresentation))]
        )
        let silent = try PythonIssuer("keygen_server.py", ["0", file])
        // The server signs the time of its own clock.
        let now = Int64(Date().timeIntervalSince1970)
        for (server, publicKey, offset, expected) in [
            (signing, right, Int64(0), IndeterminateCause?.none),
            (signing, right, 600, .badSignature),
            (signing, Hexadecimal.encode(Array(other)), 0, .badSignature),
            (silent, right, 0, .badSignature),
        ] {
            let adapter = try ShippedAdapters.factory("keygen").adapter(
                configuredBy: AdapterConfiguration(
                    id: "k",
                    settings: [
                        "endpoint": server.address, "account": "acct", "public_key": publicKey,
                    ]
                )
            )
            var asked = try inquiry(key, serial: nil, format: "generic")
            asked.askedAt = Instant(secondsSinceEpoch: now + offset)
            asked.nonce = 4_503_599_627_370_497
            let result = try await adapter.inquire(asked, using: LoopbackTransport())
            #expect(result.cause == expected)
            #expect(result.state == (expected == nil ? .expired : .indeterminate))
        }
    }

    @Test("a manifest's XML is read by Python's ElementTree, and the other way round")
    func elements() async throws {
        let server = try PythonIssuer("xml_server.py", ["0"])
        let manifest = """
            id: elements
            version: 1
            name: {en: Elements, zh: 元素}
            operations: {inquire: {effect: read_only}}
            settings: {endpoint: {kind: url, required: true}}
            request:
              method: POST
              url: "{settings.endpoint}/check"
              xml:
                check:
                  "@product": "{product}"
                  card: {"@serial": "{serial?}", "#text": "{key}"}
                  note: ["{product}", second]
            response:
              format: xml
              issuer_code: /answer/result/@code
              issuer_text: /answer/said/1
              rules: [{when: {xml: {/answer/said/2: second}}, state: ok_unused}]
            """
        let adapter = try AdapterFactory(manifest: AdapterManifest(yaml: manifest, file: "x.yaml"))
            .adapter(
                configuredBy: AdapterConfiguration(
                    id: "elements",
                    settings: ["endpoint": server.address]
                )
            )
        var asked = try inquiry("a<b>&\"c'-]]>", serial: "S\"<1", format: "generic")
        asked.product = "tab\there, quote\" & <tag> 好 🎫"
        let result = try await adapter.inquire(asked, using: LoopbackTransport())
        #expect(result.state == .okUnused, "\(result)")
        #expect(result.issuer.code == #"S"<1"#)
        #expect(result.issuer.text == asked.product.replacing("\t", with: ""))
    }
}
