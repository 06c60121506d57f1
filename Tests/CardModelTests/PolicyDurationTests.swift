import Testing

@testable import CardModel

@Suite("PolicyDuration")
struct PolicyDurationTests {
    @Test(
        "a duration is read and written back canonically",
        arguments: [
            ("PT2M", 120, "PT2M"), ("PT24H", 86_400, "P1D"), ("P7D", 604_800, "P7D"),
            ("P1W", 604_800, "P7D"), ("P1DT12H", 129_600, "P1DT12H"), ("PT90M", 5_400, "PT1H30M"),
            ("PT0S", 0, "PT0S"), ("P2W3DT4H5M6S", 1_483_506, "P17DT4H5M6S"),
        ]
    )
    func elapsed(text: String, seconds: Int64, canonical: String) throws {
        let duration = try #require(PolicyDuration(text))
        #expect(duration == .elapsed(seconds: seconds))
        #expect(duration.description == canonical)
        #expect(PolicyDuration(canonical) == duration)
    }

    @Test("working days are their own kind")
    func workingDays() {
        #expect(PolicyDuration("P3WD") == .workingDays(3))
        #expect(PolicyDuration.workingDays(3).description == "P3WD")
        #expect(PolicyDuration.workingDays(3).wholeDays == nil)
        #expect(PolicyDuration.workingDays(3).duration == nil)
    }

    @Test(
        "anything else is no duration",
        arguments: [
            "", "P", "PT", "7D", "P7", "PD", "P-7D", "P7.5D", "P1Y", "P1M", "PT5", "P1DT", "PT1S1M",
            "P1D1D", "P1D2W", "PT1H1H", "p7d", "P7D ", "P٧D", "P99999999999D", "P36501D", "PWD",
            "P1WDT1H", "PTT1H",
        ]
    )
    func malformed(text: String) {
        #expect(PolicyDuration(text) == nil)
    }

    @Test("only whole days are whole days")
    func wholeDays() {
        #expect(PolicyDuration("PT48H")?.wholeDays == 2)
        #expect(PolicyDuration("PT47H")?.wholeDays == nil)
    }
}
