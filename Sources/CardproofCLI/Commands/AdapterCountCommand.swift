import AdapterKit
import ArgumentParser
import CardModel
import Drivers
import WireFormat

extension AdapterCommand {
    struct Count: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "count",
            abstract: "How many codes of a range of serial numbers the issuer has loaded.",
            discussion: """
                A stock that holds more codes of a range than the issuer loaded holds codes that \
                were never made. Fewer prove nothing. No code is named to the issuer.

                Exit: 0 counted, 11 the issuer's answer decides nothing.
                """
        )

        @Argument(help: "Id of an adapter with the operation `stock_count`.")
        var id: String

        @Option(help: "First serial number of the range.")
        var first: String

        @Option(help: "Last serial number of the range.")
        var last: String

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let configuration = try options.load()
            let adapter = try counter(in: configuration.registry)
            let transport = try Deployment.transport(configuration.outbound)
            let count: Result<StockCount, AdapterError>
            do throws(AdapterError) {
                count = .success(
                    try await adapter.countStock(
                        SerialRange(first: SerialNumber(first), last: SerialNumber(last)),
                        askedAt: SystemTimeSource().now(),
                        using: transport
                    )
                )
            } catch {
                count = .failure(error)
            }
            await transport.shutdown(grace: .zero)
            try show(
                try count.mapError { CommandFailure.unreachable("\(id): \($0.message)") }.get())
        }

        private func counter(in registry: AdapterRegistry) throws -> any StockCountingAdapter {
            guard let adapter = registry.adapter(id) else {
                throw CommandFailure.usage(
                    "there is no adapter `\(id)` that is ready; `cardproof adapter list` names them"
                )
            }
            guard let counter = adapter as? any StockCountingAdapter else {
                throw CommandFailure.usage(
                    "the issuer of `\(id)` counts nothing (no `stock_count`)")
            }
            return counter
        }

        private func show(_ count: StockCount) throws {
            let issuer = [count.issuer.code, count.issuer.text].compactMap { $0 }
                .joined(separator: ": ")
            switch count.outcome {
            case .loaded(let number):
                try output.show(["loaded": .integer(Int64(number))]) { "\(number)" }
            case .undecided(let cause):
                try output.show([
                    "loaded": .null, "cause": .string(cause.rawValue), "issuer": .string(issuer),
                ]) { issuer.isEmpty ? cause.rawValue : "\(cause.rawValue) (\(issuer))" }
                throw CardproofExit.undecided.code
            }
        }
    }
}
