import Testing
import WireFormat

@testable import IssuerSandbox

@Suite("The control endpoint")
struct SandboxControlTests {
    @Test("a code is good at delivery and used later, when its state is scripted")
    func stateChanges() async throws {
        let clock = ManualClock("2026-11-20T08:00:00Z")
        try await withSandbox(clock: clock.clock) { _, client in
            let code = "110412000012345678"
            #expect(try await client.askVoucherServer(code).voucherMember("state") == "available")
            let scripted = try await client.sendJSON(
                "/sandbox/codes",
                [
                    "codes": [
                        [
                            "key": .string(code), "serial": "10111281010000123", "state": "good",
                            "used_at": "now+10m", "expires_on": "2027-12-31", "value_minor": 3000,
                            "currency": "HKD",
                        ]
                    ]
                ]
            )
            #expect(scripted.status == 200 && scripted.json["scripted"] == 1)
            let before = try await client.askVoucherServer(code)
            #expect(before.voucherMember("state") == "available")
            #expect(before.voucherMember("serialNumber") == "10111281010000123")
            #expect(before.voucherMember("value") == "3000")
            #expect(before.voucherMember("currency") == "HKD")
            #expect(before.voucherMember("expiryDate") == "20271231T00:00:00+0800")
            clock.advance(seconds: 600)
            let after = try await client.askVoucherServer(code, "GetVoucherHistory")
            #expect(after.transactions.last == ["used", "20261120T16:10:00+0800"])
            let license = try await client.askLicenseServer(code)
            #expect(license.json.value(atPointer: "/meta/code") == "TOO_MANY_MACHINES")
        }
    }

    @Test("a script overrides what the digits select, and may carry a failure of its own")
    func scriptsOverrideDigits() async throws {
        try await withSandbox { _, client in
            _ = try await client.sendJSON(
                "/sandbox/codes",
                [
                    "codes": [
                        ["key": "990100000001", "state": "good"],
                        ["key": "12345678", "fault": "status:502"],
                        ["key": "87654321", "expires_on": "2020-01-01"],
                    ]
                ]
            )
            let good = try await client.askVoucherServer("990100000001")
            #expect(good.voucherMember("state") == "available")
            #expect(try await client.askVoucherServer("12345678").status == 502)
            let expired = try await client.askVoucherServer("87654321")
            #expect(expired.voucherMember("voucherExpired") == "true")
            let license = try await client.askLicenseServer("87654321")
            #expect(license.json.value(atPointer: "/meta/code") == "EXPIRED")
        }
    }

    @Test("switches apply to one protocol, for so many questions, until they are taken back")
    func switches() async throws {
        try await withSandbox { _, client in
            let set = try await client.sendJSON(
                "/sandbox/faults",
                ["faults": [["fault": "status:503:9", "protocol": "keygen", "times": 2], "html"]]
            )
            #expect(set.json.value(atPointer: "/faults/0/times") == 2)
            #expect(set.json.value(atPointer: "/faults/1/fault") == "html")
            let first = try await client.askLicenseServer("K-1")
            #expect(first.status == 503 && first.headers["retry-after"] == "9")
            #expect(try await client.askVoucherServer("12345678").text.contains("Maintenance"))
            #expect(try await client.askLicenseServer("K-1").status == 503)
            #expect(try await client.askLicenseServer("K-1").text.contains("Maintenance"))
            let cleared = try await client.send("DELETE", "/sandbox/faults")
            #expect(cleared.json["faults"] == [])
            #expect(try await client.askLicenseServer("K-1").json["data"] != nil)
        }
    }

    @Test(
        "a control request that cannot be meant is refused whole, with its member named",
        arguments: [
            ("codes", #"{"codes":[{"key":"1","stat":1}]}"#, 422, "/codes/0/stat"),
            ("codes", #"{"codes":[{"key":"1"},{"state":"used"}]}"#, 422, "/codes/1/key"),
            ("codes", #"{"codes":[{"key":""}]}"#, 422, "/codes/0/key"),
            ("codes", #"{"codes":[{"key":"1","state":"gone"}]}"#, 422, "/codes/0/state"),
            ("codes", #"{"codes":[{"key":"1","used_at":"soon"}]}"#, 422, "/codes/0/used_at"),
            (
                "codes", #"{"codes":[{"key":"1","state":"expired","used_at":"now"}]}"#, 422,
                "/codes/0/used_at"
            ),
            ("codes", #"{"codes":[{"key":"1","value_minor":-1}]}"#, 422, "/codes/0/value_minor"),
            ("codes", #"{"codes":[{"key":"1","currency":"yen"}]}"#, 422, "/codes/0/currency"),
            (
                "codes", #"{"codes":[{"key":"1","expires_on":"31.12."}]}"#, 422,
                "/codes/0/expires_on"
            ),
            ("codes", #"{"codes":[]}"#, 422, "/codes"),
            ("codes", #"{"codes":[],"more":1}"#, 422, "/more"),
            ("codes", "nonsense", 400, ""),
            ("faults", #"{"faults":["nonsense"]}"#, 422, "/faults/0"),
            ("faults", #"{"faults":[{"fault":"html","times":0}]}"#, 422, "/faults/0/times"),
            (
                "faults", #"{"faults":[{"fault":"html","protocol":"soap"}]}"#, 422,
                "/faults/0/protocol"
            ),
            ("faults", #"{"faults":[{}]}"#, 422, "/faults/0/fault"),
            ("faults", #"{}"#, 422, "/faults"),
        ]
    )
    func refusals(path: String, body: String, status: Int, pointer: String) async throws {
        try await withSandbox { sandbox, client in
            let answer = try await client.send(
                "POST",
                "/sandbox/" + path,
                headers: ["content-type": "application/json"],
                body: Array(body.utf8)
            )
            #expect(answer.status == status)
            #expect(answer.headers["content-type"] == "application/problem+json")
            #expect(answer.json["pointer"]?.stringValue == pointer)
            let faults = try await client.send("GET", "/sandbox/faults")
            #expect(faults.json["faults"] == [])
        }
    }

    @Test("control requests of another type, as a web page could send them, are refused")
    func otherTypes() async throws {
        try await withSandbox { _, client in
            for type in ["text/plain", "application/x-www-form-urlencoded"] {
                let answer = try await client.send(
                    "POST",
                    "/sandbox/faults",
                    headers: ["content-type": type],
                    body: Array(#"{"faults":["reset"]}"#.utf8)
                )
                #expect(answer.status == 415)
            }
        }
    }

    @Test("counts tell operations, states and failures, and never a code")
    func countsHoldNoCode() async throws {
        try await withSandbox { _, client in
            let codes = ["110412000012345678", "990100000123456789", "994290000123456789"]
            for code in codes {
                _ = try await client.askVoucherServer(code)
                _ = try await client.askLicenseServer(code)
            }
            _ = try await client.askVoucherServer("short")
            let calls = try await client.send("GET", "/sandbox/calls")
            #expect(calls.json["total"] == 7)
            let details = calls.json.value(
                atPointer: "/operations/ericsson-vsip GetVoucherDetails"
            )
            #expect(details?["total"] == 4)
            #expect(
                details?["states"] == ["good": 1, "http_429": 1, "not_found": 1, "refused": 1]
            )
            #expect(calls.json.value(atPointer: "/faults/status") == 2)
            for code in codes { #expect(!calls.text.contains(code.suffix(8))) }
            let cleared = try await client.send("DELETE", "/sandbox/calls")
            #expect(cleared.json["total"] == 0)
        }
    }

    @Test("a reset brings back the state and the failures of the start")
    func reset() async throws {
        var configuration = SandboxConfiguration()
        configuration.faults = [FaultSwitch(.html, remaining: 1)]
        try await withSandbox(configuration) { sandbox, client in
            try sandbox.script([
                CodeScript(key: "12345678", state: try #require(SandboxState.named("used")))
            ])
            #expect(try await client.askVoucherServer("12345678").text.contains("Maintenance"))
            #expect(try await client.askVoucherServer("12345678").voucherMember("state") == "used")
            #expect(try await client.send("POST", "/sandbox/reset").status == 200)
            #expect(try await client.askVoucherServer("12345678").text.contains("Maintenance"))
            #expect(
                try await client.askVoucherServer("12345678").voucherMember("state")
                    == "available"
            )
            #expect(sandbox.calls["total"] == 2)
        }
    }

    @Test("questions at one time are counted at their highest")
    func concurrency() async throws {
        try await withSandbox { sandbox, client in
            sandbox.setFaults([FaultSwitch(.latency(milliseconds: 1500))])
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<8 {
                    tasks.addTask { _ = try await client.askVoucherServer("1234567\(number)") }
                }
                try await tasks.waitForAll()
            }
            #expect(sandbox.calls["concurrent_max"] == 8)
        }
    }
}
