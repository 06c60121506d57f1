import Testing
import WireFormat

@testable import IssuerSandbox

@Suite("Carriers that take a voucher's value")
struct CarrierTests {
    private func code(_ name: String) throws -> String {
        try #require(SandboxState.named(name)?.code(number: 5))
    }

    @Test("a refill takes the voucher once, and the voucher server tells when and by whom")
    func refill() async throws {
        let clock = ManualClock("2026-11-20T08:00:00Z")
        try await withSandbox(.seeded, clock: clock.clock) { sandbox, client in
            let good = try await client.refill("110412000012345678")
            #expect(good.voucherMember("responseCode") == "0")
            #expect(good.voucherMember("transactionAmount") == "5000")
            let details = try await client.askVoucherServer("110412000012345678")
            #expect(details.voucherMember("state") == "used")
            #expect(details.voucherMember("subscriberId") == "13900000000")
            #expect(details.voucherMember("timestamp") == "20261120T16:00:00+0800")
            let again = try await client.refill("110412000012345678")
            #expect(again.voucherMember("responseCode") == "107")
            let other = try await client.refill("110412000012345678", subscriber: "13911111111")
            #expect(other.voucherMember("responseCode") == "108")
            let counts = sandbox.calls["redemptions"]
            #expect(
                counts == [
                    "requests": 3, "codes_redeemed": 1, "submitted_again": 1, "redeemed_twice": 1,
                ]
            )
        }
    }

    @Test("every condition has its response code, a busy node its fault")
    func codes() async throws {
        try await withSandbox(.seeded) { _, client in
            for (name, number) in [
                ("used", "108"), ("not_activated", "109"), ("expired", "110"),
                ("damaged", "111"), ("reserved_by_another", "113"), ("unsupported", "114"),
                ("not_found", "119"), ("locked", "104"),
            ] {
                let answer = try await client.refill(code(name))
                #expect(answer.voucherMember("responseCode") == number, "\(name)")
            }
            #expect(try await client.refill(code("busy")).voucher == .fault(1007))
        }
    }

    @Test("a head that deviates from the protocol is refused before the body is read")
    func heads() async throws {
        try await withSandbox(.seeded) { sandbox, client in
            let code = "110412000012345678"
            let cases: [([String: String], Int)] = [
                (["date": ""], 400), (["content-type": "application/xml"], 400),
                (["user-agent": "cardproof"], 403), (["user-agent": "cardproof/3.1/1.0"], 403),
                (["authorization": ""], 401), (["authorization": SandboxClient.basic], 401),
            ]
            for (headers, status) in cases {
                #expect(try await client.refill(code, headers: headers).status == status)
            }
            let missing = try await client.refill(code, members: "")
            #expect(missing.voucher == .fault(1001))
            #expect(sandbox.calls.value(atPointer: "/redemptions/requests") == 0)
        }
    }

    @Test("a request that is lost takes nothing, an answer that is lost has taken all")
    func losses() async throws {
        try await withSandbox(.seeded) { sandbox, client in
            let (lost, reset) = (try code("request_lost"), try code("reset"))
            #expect(try await client.refill(lost).isBroken)
            #expect(try await client.askVoucherServer("110412000012345678").status == 200)
            #expect(sandbox.calls.value(atPointer: "/redemptions/codes_redeemed") == 0)
            #expect(try await client.refill(reset).isBroken)
            #expect(sandbox.calls.value(atPointer: "/redemptions/codes_redeemed") == 1)
            #expect(try await client.refill(code("http_500")).status == 500)
            #expect(sandbox.calls.value(atPointer: "/redemptions/codes_redeemed") == 2)
            #expect(try await client.refill(code("http_429")).status == 429)
            #expect(sandbox.calls.value(atPointer: "/redemptions/codes_redeemed") == 2)
        }
    }

    @Test("a voucher is taken once, however many ask at the same time")
    func concurrency() async throws {
        try await withSandbox(.seeded) { sandbox, client in
            try await withThrowingTaskGroup(of: String?.self) { tasks in
                for number in 0..<16 {
                    tasks.addTask {
                        try await client.refill(
                            "110412000012345678",
                            subscriber: "1390000000\(number)"
                        ).voucherMember("responseCode")
                    }
                }
                var codes: [String?] = []
                for try await code in tasks { codes.append(code) }
                #expect(codes.filter { $0 == "0" }.count == 1)
                #expect(codes.filter { $0 == "108" }.count == 15)
            }
        }
    }

    @Test("the load check counts a range of serial numbers without those that do not exist")
    func loadCheck() async throws {
        try await withSandbox { sandbox, client in
            try sandbox.script([
                CodeScript(
                    key: "110412000012345678",
                    state: try #require(SandboxState.named("not_found")),
                    serial: "0000000105"
                )
            ])
            func count(_ first: String, _ last: String) async throws -> SandboxClient.Answer {
                try await client.callVoucherServer(
                    SandboxClient.voucherCall(
                        "LoadVoucherCheck",
                        SandboxClient.member("serialNumberFirst", first)
                            + SandboxClient.member("serialNumberLast", last)
                    )
                )
            }
            let answer = try await count("0000000100", "0000000199")
            #expect(answer.voucherMember("numberOfVouchers") == "99")
            #expect(try await count("0000000199", "0000000100").voucher == .fault(1003))
            #expect(try await count("00000001", "0000000199").voucher == .fault(1003))
            #expect(try await count("A0000001", "A0000002").voucher == .fault(1003))
        }
    }
}
