import Testing
import WireFormat

@testable import IssuerSandbox

@Suite("Words of faults and moments")
struct SandboxWordTests {
    @Test("every fault of the published table reads back from its own text")
    func faultsRoundTrip() {
        let faults = SandboxState.all.compactMap(\.conduct) + [.flip, .drip(bytesPerSecond: 200)]
        #expect(faults.count > 25)
        for fault in faults { #expect(SandboxFault(fault.description) == fault) }
    }

    @Test(
        "what is no fault is refused",
        arguments: [
            "", "latency", "latency:", "latency:0", "latency:600001", "latency:+5", "latency:5:6",
            "status:200", "status:600", "status:503:", "status:503:86401", "status:503:1:2",
            "Reset", "reset:1", "drip:0", "drip:x", "html ", ":", "latency:٥",
            "latency:99999999999999999999",
        ]
    )
    func otherWordsAreRefused(text: String) {
        #expect(SandboxFault(text) == nil)
    }

    @Test("moments are read relative to the instant of reading, or to the first ask")
    func moments() throws {
        let now = Instant(secondsSinceEpoch: 1_795_000_000)
        #expect(SandboxMoment("now", now: now) == .at(now))
        #expect(SandboxMoment("now-2d", now: now) == .at(now - .seconds(172_800)))
        #expect(SandboxMoment("now+90s", now: now) == .at(now + .seconds(90)))
        #expect(SandboxMoment("first_ask", now: now) == .afterFirstAsk(.zero))
        #expect(SandboxMoment("first_ask+5m", now: now) == .afterFirstAsk(.seconds(300)))
        let absolute = try #require(Instant(rfc3339: "2026-11-18T11:12:00+08:00"))
        #expect(SandboxMoment("2026-11-18T11:12:00+08:00", now: now) == .at(absolute))
    }

    @Test(
        "what is no moment is refused",
        arguments: [
            "", "yesterday", "now-", "now2d", "now-2", "now-2w", "now-d", "now+1d2h", "now +5m",
            "first_ask-5m", "now+3654d", "now+1000000000s", "2026-11-18",
        ]
    )
    func otherMomentsAreRefused(text: String) {
        #expect(SandboxMoment(text, now: Instant(secondsSinceEpoch: 0)) == nil)
    }

    @Test("credentials are a name, a colon and the rest, and do not print")
    func credentials() throws {
        let pair = try #require(BasicCredentials("name:pass:word"))
        #expect(pair == BasicCredentials("name:pass:word"))
        #expect(pair != BasicCredentials("name:pass"))
        #expect(BasicCredentials("name") == nil)
        #expect(BasicCredentials(":x") == nil)
        var dumped = ""
        dump(pair, to: &dumped)
        #expect(!"\(pair)\(dumped)".contains("pass"))
    }
}
