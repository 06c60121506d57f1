import Testing
import WireFormat

@testable import IssuerSandbox

@Suite("The voucher server")
struct VoucherServerTests {
    @Test("an unknown code is good, and its answer has the members of VSIP")
    func goodVoucher() async throws {
        let clock = ManualClock("2026-11-20T08:00:00Z")
        let answer = try await withSandbox(clock: clock.clock) { _, client in
            try await client.askVoucherServer("110412000012345678")
        }
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/xml; charset=utf-8")
        let expected = """
            <?xml version="1.0" encoding="UTF-8"?>
            <methodResponse><params><param><value><struct>\
            <member><name>responseCode</name><value><i4>0</i4></value></member>\
            <member><name>state</name><value><string>available</string></value></member>\
            <member><name>value</name><value><string>5000</string></value></member>\
            <member><name>currency</name><value><string>CNY</string></value></member>\
            <member><name>expiryDate</name><value>\
            <dateTime.iso8601>20271120T00:00:00+0800</dateTime.iso8601></value></member>\
            <member><name>voucherGroup</name><value><string>STD1</string></value></member>\
            <member><name>batchId</name><value><string>SANDBOX-1</string></value></member>\
            <member><name>agent</name><value><string>sandbox</string></value></member>\
            </struct></value></param></params></methodResponse>

            """
        #expect(answer.text == expected)
    }

    @Test("every row answers as the published table says")
    func everyRow() async throws {
        try await withSandbox { _, client in
            for state in SandboxState.all where state.conduct == nil && state.first == nil {
                guard let expected = state.voucher, state.use == nil else { continue }
                let code = try #require(state.code(number: 7))
                let answer = try await client.askVoucherServer(code)
                switch expected {
                case .voucher(let word):
                    #expect(answer.voucherMember("state") == word, "\(state.name)")
                    #expect(answer.voucherMember("responseCode") == "0", "\(state.name)")
                case .responseCode(let code):
                    #expect(answer.voucherMember("responseCode") == String(code))
                    #expect(answer.voucherMember("state") == nil, "\(state.name)")
                case .fault(let code):
                    #expect(answer.voucher == .fault(code), "\(state.name)")
                }
                #expect(answer.status == 200)
            }
        }
    }

    @Test("the history of a used voucher tells when it was used, on the issuer's clock")
    func historyTellsFirstUse() async throws {
        let clock = ManualClock("2026-11-20T20:00:00Z")
        try await withSandbox(clock: clock.clock) { _, client in
            let code = try #require(SandboxState.named("used_two_days_ago")?.code(number: 1))
            let answer = try await client.askVoucherServer(code, "GetVoucherHistory")
            #expect(
                answer.transactions == [
                    ["unavailable", "20261019T04:00:00+0800"],
                    ["available", "20261020T04:00:00+0800"], ["used", "20261119T04:00:00+0800"],
                ]
            )
            #expect(answer.voucherMember("timestamp") == "20261119T04:00:00+0800")
            let untold = try #require(SandboxState.named("number_used")?.code(number: 1))
            let history = try await client.askVoucherServer(untold, "GetVoucherHistory")
            #expect(history.transactions.map(\.first) == ["5", "0"])
        }
    }

    @Test("offsets west of UTC and of half an hour are written as such")
    func otherOffsets() async throws {
        var configuration = SandboxConfiguration()
        configuration.utcOffsetSeconds = -(3 * 3600 + 1800)
        let clock = ManualClock("2026-11-20T02:00:00Z")
        let answer = try await withSandbox(configuration, clock: clock.clock) { _, client in
            try await client.askVoucherServer("997020000000", "GetVoucherHistory")
        }
        #expect(answer.transactions.last == ["used", "20261119T21:30:00-0330"])
    }

    @Test("a code asked about by serial number is the scripted one, and its serial is not repeated")
    func askedBySerial() async throws {
        try await withSandbox { sandbox, client in
            let used = try #require(SandboxState.named("used"))
            try sandbox.script([
                CodeScript(key: "110412000012345678", state: used, serial: "A1B2C3D4")
            ])
            let bySerial = try await client.askVoucherServer("A1B2C3D4", by: "serialNumber")
            #expect(bySerial.voucherMember("state") == "used")
            #expect(bySerial.voucherMember("serialNumber") == nil)
            #expect(!bySerial.text.contains("110412000012345678"))
            let byCode = try await client.askVoucherServer("110412000012345678")
            #expect(byCode.voucherMember("serialNumber") == "A1B2C3D4")
            let missing = try await client.askVoucherServer("99010000", by: "serialNumber")
            #expect(missing.voucherMember("responseCode") == "10")
        }
    }

    @Test(
        "a request outside the protocol earns the fault for it",
        arguments: [
            ("GetVoucherDetails", "", 1001),
            (
                "GetVoucherDetails",
                SandboxClient.member("serialNumber", "12345678")
                    + SandboxClient.member("activationCode", "12345678"), 1000
            ),
            ("GetVoucherDetails", SandboxClient.member("pin", "12345678"), 1000),
            ("GetVoucherDetails", SandboxClient.member("activationCode", "1234567"), 1003),
            ("GetVoucherDetails", SandboxClient.member("activationCode", "1234567A"), 1003),
            (
                "GetVoucherHistory",
                SandboxClient.member("activationCode", "123456789012345678901"), 1003
            ),
            (
                "GetVoucherHistory",
                "<member><name>activationCode</name><value><i4>12345678</i4></value></member>", 1002
            ),
            ("UpdateVoucherState", SandboxClient.member("activationCode", "12345678"), 1004),
        ]
    )
    func faults(method: String, members: String, code: Int) async throws {
        try await withSandbox { _, client in
            let answer = try await client.callVoucherServer(
                SandboxClient.voucherCall(method, members)
            )
            #expect(answer.voucher == .fault(code))
            let broken = try await client.callVoucherServer(Array("<methodCall>".utf8))
            #expect(broken.voucher == .fault(1000))
        }
    }

    @Test("credentials are demanded, and compared when a pair is set")
    func credentials() async throws {
        let body = SandboxClient.voucherCall(
            "GetVoucherDetails",
            SandboxClient.member("activationCode", "12345678")
        )
        try await withSandbox { _, client in
            for authorization in [nil, "Basic", "Basic !!!", "Bearer c2FuZGJveDo="] {
                let answer = try await client.callVoucherServer(body, authorization: authorization)
                #expect(answer.status == 401)
                #expect(answer.headers["www-authenticate"] == "Basic realm=\"/RPC2\"")
            }
        }
        var configuration = SandboxConfiguration()
        configuration.credentials = BasicCredentials("sandbox:secret")
        try await withSandbox(configuration) { _, client in
            let right = try await client.callVoucherServer(body)
            #expect(right.status == 200)
            let other = "Basic " + Base64.encode(Array("sandbox:other".utf8))
            #expect(try await client.callVoucherServer(body, authorization: other).status == 401)
        }
    }

    @Test("a body that is too long or of another type is refused, and the next one answered")
    func bodiesAreBounded() async throws {
        try await withSandbox { _, client in
            let long = [UInt8](repeating: 0x20, count: SandboxLimits.questionBytes + 1)
            #expect(try await client.callVoucherServer(long).status == 413)
            let typed = try await client.callVoucherServer([], contentType: "application/json")
            #expect(typed.status == 415)
            #expect(try await client.askVoucherServer("12345678").status == 200)
        }
    }
}
