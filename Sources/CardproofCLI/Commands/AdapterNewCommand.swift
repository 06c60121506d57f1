import ArgumentParser
import CardModel
import WireFormat

extension AdapterCommand {
    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new",
            abstract: "Write an adapter's folder, which passes `adapter test` as it stands.",
            discussion: """
                yaml is a manifest alone; process is a program in Python beside a manifest, to \
                be rewritten in any language; swift becomes part of cardproof itself: run it in \
                a checkout of the source, where it also adds the adapter to Package.swift and to \
                the catalogue. Nothing that exists is overwritten.
                """
        )

        @Argument(help: "The adapter's id: lower-case letters, digits and single dashes.")
        var name: String

        @Option(help: "yaml, process or swift.")
        var kind: String = AdapterScaffold.Kind.yaml.rawValue

        @Option(help: "Where its folder is made; here, or Adapters for swift.")
        var directory: String?

        @OptionGroup var output: OutputOptions

        func run() async throws {
            guard let kind = AdapterScaffold.Kind(rawValue: kind) else {
                throw CommandFailure.usage("--kind \(kind): yaml, process or swift is expected")
            }
            let language = try output.language
            let scaffold = try AdapterScaffold(id: name, kind: kind)
            let directory = directory ?? (kind == .swift ? "Adapters" : ".")
            let written: [String]
            if kind == .swift {
                guard let checkout = CheckoutLines(adaptersDirectory: directory) else {
                    throw CommandFailure.usage(
                        "\(directory): an adapter in Swift is made in the folder Adapters of a "
                            + "checkout of cardproof's source; use --kind process elsewhere"
                    )
                }
                written = try scaffold.write(in: directory)
                try checkout.add(scaffold)
            } else {
                written = try scaffold.write(in: directory)
            }
            let next =
                kind == .swift
                ? "swift build && cardproof adapter test \(name)"
                : "cardproof adapter test \(directory)/\(name)"
            try output.show([
                "adapter": .string(name), "kind": .string(kind.rawValue),
                "files": .array(written.map { .string($0) }), "next": .string(next),
            ]) {
                (written + [language("下一步：", "next: ") + next]).joined(separator: "\n")
            }
        }
    }
}
