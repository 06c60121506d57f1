import ArgumentParser
import CardModel
import Foundation
import Gateway
import WireFormat

/// `cardproof policy cases`: the decisions of a store, as `cardproof policy replay` reads them.
struct PolicyCasesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cases",
        abstract: "Write the decisions of the store as cases to try another policy on.",
        discussion: """
            One line for each item whose verdict stands: what it was decided from, the policy \
            that its order pinned, and what was decided. No code, no order, no merchant and no \
            person. In the order in which the items came; deliveries that are restricted are \
            left out. Reads the store's file beside the gateway, or without one.
            """
    )

    @Option(help: "The platform whose decisions they are.")
    var platform: String

    @Option(help: "Only what was decided at or after this time (RFC 3339).")
    var since: String?

    @Option(help: "Only orders that were placed under the policy of this id.")
    var policy: String?

    @Option(help: "File to write; - is standard output.")
    var output = "-"

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let since = try Instant.given(since, for: "--since")
        guard let path = try options.sources().storePath,
            FileManager.default.fileExists(atPath: path)
        else { throw CommandFailure.usage("there is no store; look at the key `data`") }
        let count = try StoreReader(path: path).read { try write(from: $0, since: since) }
        guard output != "-" else { return }
        let language = try LanguageChoice.language(
            option: nil, environment: ProcessInfo.processInfo.environment)
        Terminal.say(language("已写出 \(count) 条判定", "\(count) decisions written"))
    }

    /// - Returns: how many lines.
    private func write(from inspection: any StoreInspection, since: Instant?) throws -> Int {
        let items = try inspection.decidedItems(of: try number(in: inspection))
        let file = try ReportOutput(path: output)
        var count = 0
        while let row = try items() {
            let item = try Self.readable(row)
            if let since, item.decision.decidedAt < since { continue }
            if let policy, item.terms.policy.id != policy { continue }
            try file.append(item.warrantyCase.jsonValue.serializedWithoutNullMembers() + [0x0a])
            count += 1
        }
        try file.finish()
        return count
    }

    private func number(in inspection: any StoreInspection) throws -> PlatformNumber {
        for case .row(let record) in try inspection.platforms() where record.name == platform {
            return record.number
        }
        throw CommandFailure.unknownPlatform(platform)
    }

    private static func readable(_ row: InspectedRow<DecidedItem>) throws -> DecidedItem {
        switch row {
        case .row(let item): return item
        case .unreadable(let place):
            throw CommandFailure.failed(
                "\(place.table).\(place.column) [\(place.key)] cannot be read: "
                    + "`cardproof log audit --deep` says what is damaged"
            )
        }
    }
}
