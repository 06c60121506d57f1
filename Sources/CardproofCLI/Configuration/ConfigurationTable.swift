import CardModel
import Gateway
import GatewayHTTP
import Logging

/// Every key of the configuration. `config print`, the errors and the docs page follow from it.
enum ConfigurationTable {
    static let keys: [ConfigurationKey] = [
        ConfigurationKey(
            "listen",
            .address,
            default: "127.0.0.1:8080",
            "Address of the API. TLS is terminated by a proxy in front of it."
        ),
        ConfigurationKey(
            "public_url",
            .origin,
            "Where issuers reach the API to report about orders: https://host, port if it has one."
        ),
        ConfigurationKey(
            "metrics.listen",
            .address,
            default: "127.0.0.1:9464",
            "Address of /metrics. Whoever reaches it is the operator."
        ),
        ConfigurationKey(
            "data",
            .path,
            default: "/var/lib/cardproof",
            "Folder of the store, its lock and the admin socket."
        ),
        ConfigurationKey(
            "keys.master",
            .path,
            "File of the master key; without it the credential master.key of systemd."
        ),
        ConfigurationKey(
            "log.origin",
            .text,
            "Host and path before a platform's name in the origin of its evidence log."
        ),
        ConfigurationKey(
            "log.level",
            .choice(Logger.Level.allCases.map(\.rawValue)),
            default: "info",
            "What the gateway's own log on standard error holds at least."
        ),
        ConfigurationKey(
            "retention_days",
            .integer(0...36_500),
            default: "1126",
            "Days after completion in which a delivery is restricted, not erased, when it is asked."
        ),
        ConfigurationKey(
            "outbound.allow_private",
            .addressBlocks,
            default: "",
            "Blocks the gateway may connect to although they are not public."
        ),
        ConfigurationKey(
            "outbound.ca_file",
            .path,
            "PEM file with the only certificate authorities to trust; the system's otherwise."
        ),
        ConfigurationKey(
            "access_log",
            .choice(GatewayServer.AccessLog.allCases.map(\.rawValue)),
            default: GatewayServer.AccessLog.problems.rawValue,
            "Which requests the log has a line for: all, or only answers of 400 and above."
        ),
        ConfigurationKey(
            "client_address_header",
            .text,
            "Header in which your reverse proxy names the client; its last element is taken."
        ),
        ConfigurationKey(
            "event_loop_threads",
            .integer(1...64),
            "Threads that read and write sockets; one per processor otherwise."
        ),
        ConfigurationKey(
            "adapters_directory",
            .path,
            "Folder with adapters of your own: NAME.yaml, or NAME/NAME.yaml."
        ),
        ConfigurationKey(
            "policies_directory",
            .path,
            "Folder with warranty policies of your own (*.yaml)."
        ),
        ConfigurationKey(
            "minimum_policy",
            .text,
            default: WarrantyPolicy.platformMinimum.id,
            "The platform's minimum: a policy that protects the buyer less is refused; or none."
        ),
        ConfigurationKey(
            "calendars_directory",
            .path,
            "Folder with calendars of working days of your own (*.yaml)."
        ),
        ConfigurationKey(
            "rules_directory",
            .path,
            "Folder with tables of your own, by name: coverage.yaml, liability.yaml, tiers.yaml, "
                + "law.yaml, risk.yaml, penalties.yaml; one that is missing is the built-in one."
        ),
        ConfigurationKey(
            "default_calendar",
            .text,
            default: WorkCalendar.cn2026.id,
            "Working days of policies that name no calendar."
        ),
        ConfigurationKey(
            "merchants_directory",
            .path,
            "Folder with merchants' profiles (*.yaml): identity, qualifications, human channel."
        ),
        ConfigurationKey(
            "products_file",
            .path,
            "File with a list of products, beside the key `products`."
        ),
        ConfigurationKey(
            "default_policy",
            .text,
            default: "w7",
            "Policy of products that name none, and of unknown products."
        ),
        ConfigurationKey(
            "checks.reask",
            .durations,
            default: joined(ReaskSchedule.standard.pauses),
            "Pauses before an undecided code is asked again; the last one repeats."
        ),
        ConfigurationKey(
            "checks.breaker",
            .durations,
            default: joined(PauseLadder.failingIssuer.pauses),
            "Pauses before an issuer that keeps failing is tried again; the last one repeats."
        ),
        ConfigurationKey(
            "checks.own_fault",
            .durations,
            default: joined(PauseLadder.ownFault.pauses),
            "Pauses after an issuer refused our account or requests; the last one repeats."
        ),
        ConfigurationKey(
            "events.retry",
            .durations,
            default: joined(EventSchedule.standard.pauses),
            "Pauses before an event that was not taken is sent again; then it is given up."
        ),
        ConfigurationKey(
            "renderer",
            .path,
            "Program that draws PDF and QR; otherwise cardproof-render beside this program."
        ),
        ConfigurationKey(
            "selftest.budget_per_code",
            .integer(1...1_000),
            default: String(SelfTestBudget.default.inquiriesPerCode),
            "Inquiries at an issuer that a buyer has for each code a day."
        ),
        ConfigurationKey(
            "stock.recall_least",
            .integer(1...1_000_000),
            default: String(RecallRule.standard.leastBad),
            "Bad codes below which no batch of registered stock is recalled by itself."
        ),
        ConfigurationKey(
            "stock.recall_per_thousand",
            .integer(0...1_000),
            default: String(RecallRule.standard.badPerThousand),
            "Bad codes for each thousand good ones at which a batch is recalled by itself."
        ),
        ConfigurationKey(
            "witness_quorum",
            .integer(1...WitnessRoster.largestCount),
            "Witnesses that must cosign a checkpoint; more than half of them otherwise."
        ),
        ConfigurationKey(
            "witness_interval",
            .duration,
            default: DurationText.text(WitnessRoster.defaultInterval),
            "From one look for newer checkpoints to cosign to the next."
        ),
        ConfigurationKey(
            "witness_time_limit",
            .duration,
            default: DurationText.text(WitnessRoster.defaultTimeLimit),
            "Time that a witness has for one answer."
        ),
    ]

    /// Members of the file that are no single values.
    static let structures = [
        "adapters", "contacts", "products", "shops", "time_stamps", "witnesses",
    ]

    static func key(_ name: String) -> ConfigurationKey? { keys.first { $0.name == name } }

    /// Whether `name` only groups keys: `metrics`.
    static func isSection(_ name: String) -> Bool {
        keys.contains { $0.name.hasPrefix(name + ".") }
    }

    /// Words that may stand in the section `prefix` ("" is the whole file).
    static func members(of prefix: String) -> [String] {
        let head = prefix.isEmpty ? "" : prefix + "."
        let words = keys.map(\.name).filter { $0.hasPrefix(head) }.compactMap {
            $0.dropFirst(head.count).split(separator: ".").first.map { String($0) }
        }
        return Array(Set(words + (prefix.isEmpty ? structures : []))).sorted()
    }

    private static func joined(_ pauses: [Duration]) -> String {
        pauses.map { DurationText.text($0) }.joined(separator: ",")
    }
}
