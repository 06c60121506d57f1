import Testing
import WireFormat

@testable import IssuerSandbox

@Suite("What the books say at an instant")
struct IssuerRecordTests {
    private static let start = Instant(secondsSinceEpoch: 1_795_000_000)

    private func record(
        _ script: CodeScript,
        after seconds: Int = 0,
        count: Int = 2,
        asked: SandboxProtocol = .ericssonVSIP
    ) -> IssuerRecord {
        let times = AskTimes(
            start: Self.start,
            now: Self.start + .seconds(seconds),
            firstAsk: Self.start,
            count: count,
            ordinal: 1
        )
        return IssuerRecord(
            script: script,
            asked: asked,
            times: times,
            configuration: .init()
        )
    }

    private func state(_ name: String) throws -> SandboxState {
        try #require(SandboxState.named(name))
    }

    @Test("a code that is used five minutes after the first ask is good until then")
    func usedAfterFirstAsk() throws {
        let script = CodeScript(
            key: "1",
            state: try state("used_five_minutes_after_first_ask")
        )
        #expect(record(script, after: 299).voucher == .voucher(state: "available"))
        #expect(record(script, after: 299).usedAt == nil)
        #expect(record(script, after: 300).voucher == .voucher(state: "used"))
        #expect(record(script, after: 9999).usedAt == Self.start + .seconds(300))
    }

    @Test("a time that is relative to the start does not drift from ask to ask")
    func usedTwoDaysAgo() throws {
        let script = CodeScript(key: "1", state: try state("used_two_days_ago"))
        let expected = Self.start - .seconds(172_800)
        #expect(record(script, after: 0).usedAt == expected)
        #expect(record(script, after: 86_400).usedAt == expected)
    }

    @Test("a good code is expired from the end of its scripted term on, which its answers show")
    func scriptedTerm() throws {
        var script = CodeScript(key: "1", state: try state("good"))
        script.term = ScriptedTerm(
            start: .at(Self.start - .seconds(86_400)),
            end: .at(Self.start + .seconds(60))
        )
        let before = record(script, after: 59, asked: .keygen)
        #expect(before.license == .valid)
        #expect(before.issuedAt == Self.start - .seconds(86_400))
        let after = record(script, after: 60, asked: .keygen)
        #expect(after.license == .expired)
        #expect(after.condition == .expired)
        for found in [before, after] {
            let expiry = found.expiry(utcOffsetSeconds: 28_800, now: Self.start)
            #expect(expiry == Self.start + .seconds(60))
        }
    }

    @Test("a good code with a scripted use is good before it and used from it on")
    func scriptedUse() throws {
        let script = CodeScript(
            key: "1",
            state: try state("good"),
            usedAt: .at(Self.start + .seconds(60))
        )
        #expect(record(script, after: 59, asked: .keygen).license == .valid)
        #expect(record(script, after: 60, asked: .keygen).license == .seatsTaken)
        #expect(record(script, after: 60).stateName == "used")
    }

    @Test("the issue of a voucher always comes before its use")
    func issuedBeforeUse() throws {
        for state in SandboxState.all where state.use != nil {
            let found = record(CodeScript(key: "1", state: state), after: 100_000)
            #expect(found.issuedAt < (try #require(found.usedAt)), "\(state.name)")
        }
    }

    @Test("the first answer of a code that flips contradicts the later ones")
    func flips() throws {
        let badFirst = CodeScript(key: "1", state: try state("flip_used_then_good"))
        #expect(record(badFirst, count: 1).voucher == .voucher(state: "used"))
        #expect(record(badFirst, count: 2).voucher == .voucher(state: "available"))
        let goodFirst = CodeScript(key: "1", state: try state("flip_good_then_used"))
        #expect(record(goodFirst, count: 1, asked: .keygen).license == .valid)
        #expect(record(goodFirst, count: 2, asked: .keygen).license == .seatsTaken)
    }

    @Test("the last day counts on the issuer's clock, not in UTC")
    func expiryIsLocal() throws {
        // 2026-11-20T17:00:00Z is already the 21st at +08:00.
        let now = try #require(Instant(rfc3339: "2026-11-20T17:00:00Z"))
        let script = CodeScript(
            key: "1",
            state: try state("good"),
            expiresOn: CalendarDate(iso8601: "2026-11-20")
        )
        let times = AskTimes(start: now, now: now, firstAsk: now, count: 1, ordinal: 1)
        var configuration = SandboxConfiguration()
        let there = IssuerRecord(
            script: script,
            asked: .ericssonVSIP,
            times: times,
            configuration: configuration
        )
        #expect(there.isFlaggedExpired && there.license == .expired)
        configuration.utcOffsetSeconds = 0
        let inUTC = IssuerRecord(
            script: script,
            asked: .ericssonVSIP,
            times: times,
            configuration: configuration
        )
        #expect(!inUTC.isFlaggedExpired && inUTC.stateName == "good")
    }

    @Test("a row that is silent in a protocol leaves the code good there")
    func silentRows() throws {
        let script = CodeScript(key: "1", state: try state("reserved_by_another"))
        #expect(record(script, asked: .ericssonVSIP).voucher == .responseCode(108))
        #expect(record(script, asked: .keygen).license == .valid)
        #expect(record(script, asked: .keygen).stateName == "good")
    }

    @Test("values and currencies differ from what was sold where the row says so")
    func particulars() throws {
        #expect(
            record(CodeScript(key: "1", state: try state("good_half_value"))).valueMinorUnits
                == 2500
        )
        #expect(
            record(CodeScript(key: "1", state: try state("good_double_value"))).valueMinorUnits
                == 10_000
        )
        #expect(
            record(CodeScript(key: "1", state: try state("good_other_currency"))).currency == "USD"
        )
    }
}
