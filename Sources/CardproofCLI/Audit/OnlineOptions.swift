import ArgumentParser
import Gateway

/// What an audit asks the issuer.
struct OnlineOptions: ParsableArguments {
    @Option(
        help: "Ask the product's issuer about no code (none), about a sample of them, or all."
    )
    var online = "none"

    @Option(
        help: """
            What asking may do beside answering: leaves_trace, consumes, or discloses (a third \
            party sees the codes). May be given several times.
            """
    )
    var allow: [String] = []

    @Option(help: "Ask more slowly than the adapter's limits: 5/s or 30/min.")
    var rate: String?

    @Option(help: "Codes that may be asked at most.")
    var budget: Int?

    @Option(help: "sample: the share of bad codes that is acceptable, 0.2% or 0.002.")
    var maxBadShare: String = "0.2%"

    @Option(help: "sample: how certain the bound is to be, 95% or 0.95.")
    var confidence: String = "95%"

    @Option(help: "sample: the number that decides which codes are asked; random without it.")
    var seed: UInt64?

    @Option(help: "File that keeps the answers; the report's name with .journal without it.")
    var journal: String?

    @Flag(help: "Go on with the journal of a run that broke off; no code is asked twice.")
    var resume = false

    @Flag(help: "With --resume: ask again about codes whose answer decided nothing.")
    var askAgain = false

    /// What is to be asked.
    enum Extent: Equatable {
        case all
        case sample(SamplingPlan.Demand)
    }

    /// Nil when nobody is to be asked.
    /// - Throws: 64.
    var extent: Extent? {
        get throws {
            if let budget, budget < 1 {
                throw AuditExit.usage("--budget \(budget): a number from 1 on is expected")
            }
            switch online {
            case "none":
                if resume || askAgain || journal != nil {
                    throw AuditExit.usage("--resume, --ask-again and --journal go with --online")
                }
                return nil
            case "all": return .all
            case "sample":
                return .sample(
                    SamplingPlan.Demand(
                        maximumBadShare: try Self.share("--max-bad-share", maxBadShare, 0..<1),
                        confidence: try Self.share("--confidence", confidence, 0.5..<1),
                        budget: budget
                    )
                )
            default: throw AuditExit.usage("--online \(online): none, sample or all is expected")
            }
        }
    }

    /// `0.2%` or `0.002`, above the range's start and below its end.
    private static func share(
        _ option: String,
        _ text: String,
        _ range: Range<Double>
    ) throws -> Double {
        let isPercentage = text.hasSuffix("%")
        let number = Double(isPercentage ? text.dropLast() : text[...])
        let share = number.map { isPercentage ? $0 / 100 : $0 }
        guard let share, share > range.lowerBound, share < range.upperBound else {
            throw AuditExit.usage("\(option) \(text): a share such as 0.2% or 0.002 is expected")
        }
        return share
    }
}
