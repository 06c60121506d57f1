import Testing
import WireFormat

@testable import IssuerSandbox

@Suite("Failing on purpose")
struct SandboxFailureTests {
    private func code(_ name: String) throws -> String {
        try #require(SandboxState.named(name)?.code(number: 3))
    }

    @Test(
        "statuses arrive with Retry-After where the row says so",
        arguments: [
            ("http_401", 401, nil), ("http_429", 429, "30"), ("http_429_bare", 429, nil),
            ("http_500", 500, nil), ("http_502", 502, nil), ("http_503", 503, "30"),
        ] as [(String, Int, String?)]
    )
    func statuses(name: String, status: Int, retryAfter: String?) async throws {
        let code = try code(name)
        try await withSandbox { _, client in
            for answer in [
                try await client.askVoucherServer(code), try await client.askLicenseServer(code),
            ] {
                #expect(answer.status == status)
                #expect(answer.headers["retry-after"] == retryAfter)
                #expect(!answer.text.contains(code))
            }
        }
    }

    @Test("the licence server's 429 tells when its rate limit is reset")
    func rateLimit() async throws {
        let clock = ManualClock("2026-11-20T08:00:00Z")
        let code = try code("http_429")
        let answer = try await withSandbox(clock: clock.clock) { _, client in
            try await client.askLicenseServer(code)
        }
        #expect(answer.headers["x-ratelimit-remaining"] == "0")
        #expect(answer.headers["x-ratelimit-reset"] == "1795161630")
        #expect(answer.json.value(atPointer: "/errors/0/title") == "Too Many Requests")
    }

    @Test("a truncated answer keeps less than its head promised")
    func truncated() async throws {
        let code = try code("truncated")
        try await withSandbox { _, client in
            let vouchers = try await client.askVoucherServer(code)
            #expect(vouchers.status == 200 && vouchers.isCut && !vouchers.body.isEmpty)
            #expect(vouchers.voucher == .other)
            let licenses = try await client.askLicenseServer(code)
            #expect(licenses.isCut && licenses.json == .null)
        }
    }

    @Test("a reset comes instead of an answer, and the next question is answered")
    func reset() async throws {
        let code = try code("reset")
        try await withSandbox { _, client in
            let answer = try await client.askVoucherServer(code)
            #expect(answer.status == 0 && answer.isBroken)
            #expect(try await client.askVoucherServer("12345678").status == 200)
        }
    }

    @Test("a page, garbage, nothing, another document and bad text come with status 200")
    func contents() async throws {
        let names = ["html", "garbage", "empty", "wrong_shape", "invalid_text"]
        let codes = try names.map(code)
        try await withSandbox { _, client in
            for code in codes {
                let vouchers = try await client.askVoucherServer(code)
                #expect(vouchers.status == 200 && vouchers.voucher == .other)
                let licenses = try await client.askLicenseServer(code)
                #expect(licenses.status == 200)
                #expect(licenses.json.value(atPointer: "/meta/code") == nil)
            }
        }
    }

    @Test("contradicting members are seen as such by a strict reader")
    func duplicates() async throws {
        let code = try code("duplicate_members")
        try await withSandbox { _, client in
            #expect(try await client.askVoucherServer(code).voucher == .other)
            let licenses = try await client.askLicenseServer(code)
            #expect(licenses.text.contains("VALID") && licenses.json == .null)
        }
    }

    @Test("the right answer comes under the wrong content type")
    func contentType() async throws {
        let code = try code("wrong_content_type")
        try await withSandbox { _, client in
            let answer = try await client.askVoucherServer(code)
            #expect(answer.headers["content-type"] == "application/octet-stream")
            #expect(answer.voucherMember("state") == "available")
        }
    }

    @Test("the code is quoted in errors and in redirects, which are seen when followed")
    func quotesTheCode() async throws {
        let (inError, inRedirect) = (try code("code_in_error"), try code("code_in_redirect"))
        let toMetadata = try code("code_in_redirect_metadata")
        try await withSandbox { sandbox, client in
            #expect(try await client.askVoucherServer(inError).text.contains(inError))
            #expect(try await client.askLicenseServer(inError).text.contains(inError))
            let redirect = try await client.askLicenseServer(inRedirect)
            let path = "/sandbox/redirected/\(inRedirect)"
            #expect(redirect.status == 302)
            #expect(redirect.headers["location"] == "http://127.0.0.1:\(client.port)\(path)")
            #expect(sandbox.calls["redirects_followed"] == 0)
            _ = try await client.send("GET", path)
            #expect(sandbox.calls["redirects_followed"] == 1)
            let metadata = try await client.askVoucherServer(toMetadata)
            #expect(
                metadata.headers["location"]
                    == "http://169.254.169.254/latest/meta-data/?card=\(toMetadata)"
            )
        }
    }

    @Test("an oversized answer goes on past any limit a caller may have")
    func oversized() async throws {
        let code = try code("oversized")
        let answer = try await withSandbox { _, client in
            try await client.send(
                "POST",
                "/RPC2",
                headers: ["content-type": "text/xml", "authorization": SandboxClient.basic],
                body: SandboxClient.voucherCall(
                    "GetVoucherDetails",
                    SandboxClient.member("activationCode", code)
                ),
                upTo: 4 << 20
            )
        }
        #expect(answer.status == 200 && answer.headers["content-length"] == nil)
        #expect(answer.body.count > 3 << 20)
    }

    @Test("latency delays the right answer, and drip lets it trickle")
    func slow() async throws {
        var configuration = SandboxConfiguration()
        configuration.faults = [FaultSwitch(.latency(milliseconds: 300))]
        try await withSandbox(configuration) { sandbox, client in
            let clock = ContinuousClock()
            let late = try await clock.measure {
                let answer = try await client.askVoucherServer("12345678")
                #expect(answer.status == 200)
            }
            #expect(late >= .milliseconds(300))
            sandbox.setFaults([FaultSwitch(.drip(bytesPerSecond: 4000))])
            let dripped = try await clock.measure {
                let answer = try await client.askLicenseServer("K-1")
                #expect(answer.json.value(atPointer: "/meta/code") == "VALID")
            }
            #expect(dripped >= .milliseconds(300))
        }
    }

    @Test("answers flip: bad first, then good, by code and by switch")
    func flips() async throws {
        let (byCode, afterError) = (
            try code("flip_used_then_good"), try code("flip_error_then_good")
        )
        try await withSandbox { sandbox, client in
            let first = try await client.askVoucherServer(byCode)
            #expect(first.voucherMember("state") == "used")
            #expect(
                try await client.askVoucherServer(byCode).voucherMember("state") == "available"
            )
            #expect(try await client.askLicenseServer(afterError).status == 503)
            #expect(try await client.askLicenseServer(afterError).status == 200)
            sandbox.setFaults([FaultSwitch(.flip)])
            #expect(try await client.askVoucherServer("12345678").voucherMember("state") == "used")
            #expect(
                try await client.askVoucherServer("12345678").voucherMember("state")
                    == "available"
            )
        }
    }
}
