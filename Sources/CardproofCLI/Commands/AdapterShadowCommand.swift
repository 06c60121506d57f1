import AdapterKit
import ArgumentParser
import CardModel
import Foundation
import WireFormat

extension AdapterCommand {
    struct Shadow: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "shadow",
            abstract: "What shadow adapters would have said, since the gateway was started.",
            discussion: """
                With `adapters.OLD.shadow: {adapter: NEW}` the running gateway puts each live \
                question also to NEW, acts on OLD alone, and counts where they differ. This reads \
                the counters from the gateway's metrics.

                Exit: 0 no difference, 10 there are differences, 20 no gateway answers.
                """
        )

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let language = try output.language
            let configuration = try options.load()
            let address = AddressFiles.metricsAddress(in: configuration.dataFolder)
            let client = try GatewayClient(
                url: "http://\(address ?? "\(configuration.metricsListen)")"
            )
            let answer: GatewayAnswer
            do {
                answer = try await client.send("GET", "/metrics")
            } catch {
                await client.close()
                throw error
            }
            await client.close()
            let rows = ShadowCount.all(in: String(decoding: answer.body, as: UTF8.self))
            try output.show(["comparisons": .array(rows.map(\.jsonValue))]) {
                guard !rows.isEmpty else {
                    return language("还没有比对过", "nothing was compared yet")
                }
                return Table(
                    header: ["ADAPTER", "SHADOW", "OUTCOME", "STATE", "SHADOW STATE", "COUNT"],
                    rows: rows.map(\.cells)
                ).text
            }
            let differs = rows.contains { row in
                row.labels["outcome"] == ShadowComparison.Outcome.different.rawValue
            }
            if differs { throw CardproofExit.badCode.code }
        }
    }
}

/// One line of the counter that `ShadowReport` keeps.
struct ShadowCount {
    let labels: [String: String]
    let count: String

    private static let columns = ["adapter", "shadow", "outcome", "state", "shadow_state"]

    /// Every such line of a Prometheus text.
    static func all(in metrics: String) -> [ShadowCount] {
        metrics.split(separator: "\n").compactMap { line in
            guard line.hasPrefix(ShadowReport.metric + "{"), let end = line.lastIndex(of: "}")
            else { return nil }
            let inside = line[line.index(after: line.firstIndex(of: "{") ?? end)..<end]
            var labels: [String: String] = [:]
            for match in inside.matches(of: /([a-z_]+)="([^"\\]*)"/) {
                labels[String(match.1)] = String(match.2)
            }
            let count = line[line.index(after: end)...].split(separator: " ").first ?? "0"
            return ShadowCount(labels: labels, count: String(count))
        }.sorted { $0.cells.lexicographicallyPrecedes($1.cells) }
    }

    var cells: [String] { Self.columns.map { labels[$0] ?? "-" } + [count] }

    var jsonValue: JSONValue {
        var object = JSONObject()
        for column in Self.columns { object[column] = .string(labels[column] ?? "") }
        object["count"] = .integer(Int64(Double(count) ?? 0))
        return .object(object)
    }
}
