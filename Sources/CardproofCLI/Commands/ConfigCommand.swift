import AdapterKit
import ArgumentParser
import Configuration
import Gateway
import WireFormat

/// `cardproof config`: what holds, where it comes from, and what is wrong.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check and print the configuration.",
        discussion: """
            Precedence: flags, then CARDPROOF_* variables, then ./cardproof.yaml or --config FILE, \
            then /etc/cardproof/cardproof.yaml, then defaults. `config print --keys` lists every \
            key with its variable and its meaning.
            """,
        subcommands: [Check.self, Print.self]
    )

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Read everything and say all that is wrong, each with file and line."
        )

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let language = try output.language
            let loader = options.loader()
            let configuration = try loader.configuration()
            for name in loader.unknownVariables {
                Terminal.say(
                    language("\(name)：没有这个配置项，已忽略", "\(name): is no key, ignored")
                )
            }
            if let untested = UntestedAdapters(configuration).sentence(in: language) {
                Terminal.say(untested)
            }
            let products = configuration.catalogue.all.count
            let adapters = configuration.registry.readyIDs.count
            try output.show([
                "file": configuration.sources.file.map { .string($0) } ?? .null, "valid": true,
                "products": .integer(Int64(products)), "adapters_ready": .integer(Int64(adapters)),
            ]) {
                let name = configuration.sources.file ?? language("（无文件）", "(no file)")
                return language(
                    "\(name)：可用，\(products) 个商品，\(adapters) 个适配器就绪",
                    "\(name): good, \(products) products, \(adapters) adapters ready"
                )
            }
        }
    }

    struct Print: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "print",
            abstract: "Print every key with the value that holds."
        )

        @Flag(help: "Say where each value comes from.")
        var origin = false

        @Flag(help: "List the keys with their variables and meanings instead.")
        var keys = false

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            if keys { return try output.show(Self.keysValue) { Self.keysText } }
            let configuration = try options.load()
            let printout = ConfigurationPrintout(configuration)
            try output.show(printout.value) { printout.text(withOrigin: origin) }
        }

        private static var keysValue: JSONValue {
            .object(
                JSONObject([
                    .init(
                        name: "keys",
                        value: .array(
                            ConfigurationTable.keys.map { key in
                                [
                                    "name": .string(key.name),
                                    "environment": .string(key.environmentName),
                                    "expects": .string(key.expectation),
                                    "default": key.defaultText.map { .string($0) } ?? .null,
                                    "summary": .string(key.summary),
                                ]
                            }
                        )
                    )
                ])
            )
        }

        private static var keysText: String {
            ConfigurationTable.keys.map { key in
                let fallback = key.defaultText.map { $0.isEmpty ? "" : "; default \($0)" } ?? ""
                return "\(key.name)  (\(key.environmentName); \(key.expectation)\(fallback))\n"
                    + "    \(key.summary)"
            }.joined(separator: "\n")
        }
    }
}

/// The configuration as it holds. Secrets stand in files, of which only the names are shown.
private struct ConfigurationPrintout {
    private let rows: [(name: String, value: JSONValue, origin: String)]

    init(_ configuration: GatewayConfiguration) {
        let sources = configuration.sources
        var rows: [(String, JSONValue, String)] = ConfigurationTable.keys.map { key in
            guard let entry = sources.entry(key.name) else { return (key.name, .null, "-") }
            return (key.name, Self.value(of: entry.content), entry.origin)
        }
        for name in ConfigurationTable.structures {
            guard let node = sources.structures[name] else { continue }
            rows += Self.leaves(of: node.value, name: name).map {
                ($0.name, $0.value, node.source + (node.line.map { ":\($0)" } ?? ""))
            }
        }
        self.rows = rows
    }

    var value: JSONValue {
        [
            "values": .array(
                rows.map {
                    ["key": .string($0.name), "value": $0.value, "origin": .string($0.origin)]
                }
            )
        ]
    }

    func text(withOrigin: Bool) -> String {
        Table(
            rows: rows.map { row in
                let shown =
                    switch row.value {
                    case .array(let elements):
                        elements.map { $0.lexeme ?? "-" }.joined(separator: ", ")
                    case .null, .bool, .integer, .decimal, .string, .object:
                        row.value.lexeme ?? "-"
                    }
                return withOrigin ? [row.name, shown, row.origin] : [row.name, shown]
            }
        ).text
    }

    private static func value(of content: ConfigContent) -> JSONValue {
        switch content {
        case .string(let text): .string(text)
        case .int(let number): .integer(Int64(number))
        case .bool(let flag): .bool(flag)
        case .stringArray(let texts): .array(texts.map { .string($0) })
        case .double, .bytes, .boolArray, .intArray, .doubleArray, .byteChunkArray: .null
        }
    }

    private static func leaves(
        of value: JSONValue,
        name: String
    ) -> [(name: String, value: JSONValue)] {
        switch value {
        case .object(let object):
            object.members.flatMap { leaves(of: $0.value, name: "\(name).\($0.name)") }
        case .array(let elements):
            elements.enumerated().flatMap { leaves(of: $1, name: "\(name)[\($0)]") }
        case .null, .bool, .integer, .decimal, .string: [(name, value)]
        }
    }
}
