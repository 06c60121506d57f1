import AdapterKit
import CardModel
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
}
