import AdapterKit
import ArgumentParser
import CardModel
import Drivers
import Foundation
import WireFormat

extension AdapterCommand {
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test",
            abstract: "Run the conformance suite on an adapter.",
            discussion: """
                Replays the recorded answers of fixtures/answers.yaml, then bends the good one in \
                every way a network and an issuer can. Nobody is asked. The fixtures of built-in \
                adapters are not part of the program: run this in a checkout of its source, or \
                name them with --fixtures.

                Exit: 0 all cases pass, 10 one fails, 64 the adapter or its fixtures do not read.
                """
        )

        @Argument(help: "Id of an adapter, or its folder (with a slash: ./NAME).")
        var adapter: String?

        @Flag(help: "Every built-in adapter (in a checkout), every folder of adapters_directory.")
        var all = false

        @Option(help: "Folder of answers.yaml.")
        var fixtures: String?

        @Flag(help: "Say of every case why it matters, not only of those that fail.")
        var reasons = false

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            if all == (adapter != nil) {
                throw ValidationError("Name one adapter, or give --all.")
            }
            if all, fixtures != nil {
                throw ValidationError("--fixtures belongs to one adapter.")
            }
        }

        func run() async throws {
            let language = try output.language
            let programs = AdapterPrograms.ofThisMachine
            let reports: [ConformanceReport]
            do {
                reports = try await run(programs)
            } catch {
                await programs.shutdown()
                throw error
            }
            await programs.shutdown()
            let isGood = reports.allSatisfy(\.isGood)
            let value: JSONValue = [
                "conforms": .bool(isGood), "adapters": .array(reports.map(\.jsonValue)),
            ]
            if output.json {
                try Terminal.write(value.serialized() + [0x0a])
            } else {
                try Terminal.writeText(
                    reports.map { $0.text(in: language, withReasons: reasons) }
                        .joined(separator: "\n\n"),
                    isSafe: true
                )
            }
            if !isGood { throw CardproofExit.badCode.code }
        }

        private func run(_ programs: AdapterPrograms) async throws -> [ConformanceReport] {
            var reports: [ConformanceReport] = []
            for folder in try folders(programs) {
                reports.append(
                    try await ConformanceReport.run(folder, try folder.readFixtures())
                )
            }
            return reports
        }

        private func folders(_ programs: AdapterPrograms) throws -> [AdapterFolder] {
            guard let adapter else {
                let found = try AdapterFolder.all(options: options, programs: programs)
                guard !found.isEmpty else {
                    throw CommandFailure.usage(
                        "there is nothing to test: the fixtures of built-in adapters stand in a "
                            + "checkout of cardproof's source, and adapters_directory has no folder"
                    )
                }
                return found
            }
            guard adapter.contains("/") else {
                return [
                    try AdapterFolder.named(
                        adapter,
                        fixtures: fixtures,
                        options: options,
                        programs: programs
                    )
                ]
            }
            let found = try AdapterFolder.at(adapter, programs: programs)
            return [
                AdapterFolder(factory: found.factory, fixtures: fixtures ?? found.fixtures)
            ]
        }
    }
}
