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
                Replays the recorded answers of fixtures/answers.yaml, and of \
                fixtures/redemptions.yaml for an adapter that spends codes, then bends the good \
                ones in every way a network and an issuer can. Nobody is asked. The fixtures of \
                built-in adapters are not part of the program: run this in a checkout of its \
                source, or name them with --fixtures. What a program of your own writes to \
                standard error is shown when one of its cases fails.

                Exit: 0 all cases pass, 10 one fails, 64 the adapter or its fixtures do not read.
                """
        )

        @Argument(help: "Id of an adapter, or its folder (with a slash, as ./NAME, or a dot).")
        var adapter: String?

        @Flag(help: "Every built-in adapter (in a checkout), every adapter of adapters_directory.")
        var all = false

        @Option(help: "Folder of answers.yaml, redemptions.yaml, or both.")
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
            let words = ProgramWords()
            let programs = AdapterPrograms.ofThisMachine(heardBy: words)
            let reports: [ConformanceReport]
            let skipped: [String]
            do {
                let found = try folders(programs)
                reports = try await Self.reports(on: found.folders)
                skipped = found.skipped
            } catch {
                await programs.shutdown()
                throw error
            }
            await programs.shutdown()
            try show(reports, skipped: skipped, language)
            for report in reports where !report.isGood {
                for line in words.lines(of: report.id) {
                    Terminal.say(language("\(report.id) 的标准错误：", "\(report.id) says: ") + line)
                }
            }
            if !reports.allSatisfy(\.isGood) { throw CardproofExit.badCode.code }
        }

        private func show(
            _ reports: [ConformanceReport],
            skipped: [String],
            _ language: Language
        ) throws {
            guard !output.json else {
                let value: JSONValue = [
                    "conforms": .bool(reports.allSatisfy(\.isGood)),
                    "adapters": .array(reports.map(\.jsonValue)),
                    "skipped": .array(skipped.map { .string($0) }),
                ]
                return try Terminal.write(value.serialized() + [0x0a])
            }
            try Terminal.writeText(
                reports.map { $0.text(in: language, withReasons: reasons) }
                    .joined(separator: "\n\n"),
                isSafe: true
            )
            guard !skipped.isEmpty else { return }
            Terminal.say(
                language(
                    "未测试（录制的应答只在源码目录中）：",
                    "not tested, for their recorded answers are in a checkout of the source only: ")
                    + skipped.joined(separator: ", ")
            )
        }

        /// All that is wrong with any fixtures is told before the first case runs.
        private static func reports(
            on folders: [AdapterFolder]
        ) async throws -> [ConformanceReport] {
            var readable: [(AdapterFolder, ConformanceFixtures)] = []
            var faults: [String] = []
            for folder in folders {
                do {
                    readable.append((folder, try folder.readFixtures()))
                } catch let failure as CommandFailure {
                    faults.append(failure.message)
                }
            }
            guard faults.isEmpty else {
                throw CommandFailure.usage(faults.joined(separator: "\n"))
            }
            var reports: [ConformanceReport] = []
            for (folder, fixtures) in readable {
                reports.append(try await ConformanceReport.run(folder, fixtures))
            }
            return reports
        }

        private func folders(_ programs: AdapterPrograms) throws -> AdapterFolder.Everything {
            if let adapter {
                let found = try AdapterFolder.find(
                    adapter,
                    fixtures: fixtures,
                    options: options,
                    programs: programs
                )
                return AdapterFolder.Everything(folders: [found], skipped: [])
            }
            let found = try AdapterFolder.all(options: options, programs: programs)
            guard !found.folders.isEmpty else {
                throw CommandFailure.usage(
                    "there is nothing to test: the fixtures of built-in adapters stand in a "
                        + "checkout of cardproof's source, and adapters_directory has no adapter"
                )
            }
            return found
        }
    }
}
