import ArgumentParser
import CardModel
import WireFormat

/// `cardproof policy simulate`: every clock of a claim that nobody touches, and its date.
struct PolicySimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Show every deadline of a claim under a policy, and what follows when it passes.",
        discussion: """
            The claim is opened at --from and nobody does anything: what is shown is what the \
            gateway would do by itself. A deadline that rests on days of which the calendar does \
            not speak is marked as provisional.
            """
    )

    @Option(help: "A policy that ships, or a file.")
    var policy: String

    @Option(help: "When the claim is opened (RFC 3339).")
    var from: String

    @Option(help: "Days to look ahead: 1 to 400.")
    var days = 60

    @Option(help: "A calendar that ships (cn-2025, cn-2026), or a file.")
    var calendar: String?

    @Option(help: "Whom the claim is against: merchant, platform, third_party or undetermined.")
    var against = LiableParty.merchant.rawValue

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let language = try output.language
        guard let start = Instant(rfc3339: from) else {
            throw CommandFailure.usage("--from \(from): a time such as 2026-09-30T20:00:00+08:00")
        }
        guard (1...400).contains(days) else {
            throw CommandFailure.usage("--days \(days): 1 to 400")
        }
        guard let party = LiableParty(rawValue: against) else {
            throw CommandFailure.usage("--against \(against): merchant, platform or third_party")
        }
        let policy = try PolicySource(policy, option: "--policy").policy
        let calendar = try CalendarSource.calendar(calendar, policy: policy)
        let claim = Claim(
            id: "simulated", item: "simulated", family: .codeUnusable, policy: try policy.pin,
            defect: .notFound, against: party, price: nil,
            demand: policy.remedies.order.first ?? .reissue, isEvidenceComplete: true,
            filedAt: start)
        let forecast = ClaimForecast(
            of: claim,
            under: ClaimRules(policy: policy, calendar: calendar),
            until: start + .seconds(days * 86_400)
        )
        try output.show(forecast.jsonValue(in: calendar.zone)) {
            forecast.table(in: calendar.zone, language).text
        }
    }
}

extension ClaimForecast {
    fileprivate func jsonValue(in zone: LocalZone) -> JSONValue {
        .array(
            steps.map { step in
                [
                    "at": .string(step.at.instant.rfc3339),
                    "local": .string(zone.rfc3339(of: step.at.instant)),
                    "is_provisional": .bool(step.at.isProvisional),
                    "timer": JSONValue(text: step.timer?.rawValue),
                    "round": .integer(Int64(step.round)),
                    "state": .string(step.state.rawValue),
                    "owner": JSONValue(text: step.owner?.rawValue),
                ]
            }
        )
    }

    fileprivate func table(in zone: LocalZone, _ language: Language) -> Table {
        Table(
            header: [
                language("当地时间", "LOCAL TIME"), language("期限", "CLOCK"),
                language("轮次", "ROUND"), language("状态", "STATE"),
                language("由谁处理", "OWNER"), "",
            ],
            rows: steps.map { step in
                [
                    zone.text(of: step.at.instant, to: .seconds),
                    step.timer?.name(in: language) ?? language("受理", "opened"),
                    String(step.round), step.state.name(in: language),
                    step.owner?.name(in: language) ?? "-",
                    step.at.isProvisional ? language("暂定", "provisional") : "",
                ]
            }
        )
    }
}
