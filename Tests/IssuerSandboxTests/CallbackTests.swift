import Testing
import WireFormat

@testable import IssuerSandbox

@Suite("Callbacks")
struct CallbackTests {
    private static let key = SandboxConfiguration.seededCredentials.yeepayKey

    private func isSigned(_ call: CallbackReceiver.Call) -> Bool {
        guard let query = call.query else { return false }
        let values = query.fields.dropLast().map { TextCharset.gbk.decode($0.value) ?? "" }
        return query["hmac"] == YeePaySignature.hmac(values, key: Self.key)
    }

    private func calls(
        _ fault: SandboxFault,
        answering: String = "success",
        expecting count: Int
    ) async throws -> [CallbackReceiver.Call] {
        try await CallbackReceiver.running(answering: answering) { receiver in
            try await withSandbox(.seeded) { sandbox, client in
                sandbox.setFaults([FaultSwitch(fault, issuerProtocol: .yeepayCard, remaining: 1)])
                let answer = try await client.charge(
                    "20000018",
                    order: "CP1",
                    callback: receiver.url
                )
                if fault.replacesDelivery {
                    #expect(answer.status != 200 || answer.isBroken)
                } else {
                    #expect(answer.lines["r1_Code"] == "1")
                }
                if fault == .callbackBeforeAnswer { #expect(receiver.calls.count == 1) }
                let calls = try await receiver.calls(atLeast: count)
                // The order is settled by asking, whatever became of its callback.
                #expect(try await client.queryCharge("CP1").lines["rb_PayStatus"] == "SUCCESS")
                return calls
            }
        }
    }

    @Test("a callback may come twice, before the answer, badly signed or about another order")
    func switches() async throws {
        let twice = try await calls(.callbackTwice, expecting: 2)
        #expect(twice.count == 2 && twice[0].target == twice[1].target)
        let early = try await calls(.callbackBeforeAnswer, expecting: 1)
        #expect(early.allSatisfy(isSigned))
        let forged = try await calls(.callbackBadSignature, expecting: 1)
        #expect(forged.first?.query?["p2_Order"] == "CP1")
        #expect(!forged.contains(where: isSigned))
        let other = try await calls(.callbackOtherOrder, expecting: 1)
        #expect(other.first?.query?["p2_Order"] == "SANDBOX-OTHER")
        #expect(other.allSatisfy(isSigned))
        let flip = try await calls(.failureThenSuccess, expecting: 2)
        #expect(flip.map { $0.query?["r1_Code"] } == ["2", "1"])
    }

    @Test("a callback comes although the answer to the order was lost")
    func answerLost() async throws {
        #expect(try await calls(.reset, expecting: 1).count == 1)
        #expect(
            try await calls(.status(code: 502, retryAfterSeconds: nil), expecting: 1).count == 1)
    }

    @Test("a callback that nobody acknowledges is repeated so often, then given up")
    func repeated() async throws {
        let calls = try await calls(.latency(milliseconds: 1), answering: "what?", expecting: 3)
        #expect(calls.count == 3)
    }

    @Test("without its callback an order is told by a query alone")
    func noCallback() async throws {
        try await CallbackReceiver.running(answering: "success") { receiver in
            try await withSandbox(.seeded) { sandbox, client in
                sandbox.setFaults([FaultSwitch(.noCallback, remaining: 1)])
                _ = try await client.charge("20000018", order: "CP1", callback: receiver.url)
                // A later order's callback is the proof that the earlier one's will not come.
                _ = try await client.charge("20000019", order: "CP2", callback: receiver.url)
                let calls = try await receiver.calls(atLeast: 1)
                #expect(calls.map { $0.query?["p2_Order"] } == ["CP2"])
                #expect(try await client.queryCharge("CP1").lines["rb_PayStatus"] == "SUCCESS")
            }
        }
    }

    @Test(
        "only addresses of this machine are called",
        arguments: [
            ("http://127.0.0.1:8080/cb?a=1", true), ("http://127.9.9.9/", true),
            ("http://[::1]:8080", true), ("http://localhost:1/x", true),
            ("http://10.0.0.1/", false), ("http://127.0.0.1.example/", false),
            ("http://example.invalid:80/cb", false),
        ]
    )
    func loopback(text: String, isLoopback: Bool) throws {
        #expect(try #require(CallbackAddress(text)).isLoopback == isLoopback)
    }

    @Test(
        "what is no address is not called",
        arguments: [
            "", "https://127.0.0.1/", "http://", "http://:80/", "http://a b/", "ftp://127.0.0.1/",
            "http://u@127.0.0.1/", "http://127.0.0.1:0/", "http://127.0.0.1:x/", "http://[::1/",
            "http://127.0.0.1/\r\nX: 1",
        ]
    )
    func notAnAddress(text: String) {
        #expect(CallbackAddress(text) == nil)
    }

    @Test("a query is added to an address with and without one")
    func queries() throws {
        #expect(
            try #require(CallbackAddress("http://[::1]:8/cb?a=1")).adding(query: "b=2")
                == "/cb?a=1&b=2")
        #expect(try #require(CallbackAddress("http://localhost")).adding(query: "b=2") == "/?b=2")
        #expect(try #require(CallbackAddress("http://[::1]:8/")).authority == "[::1]:8")
    }
}
