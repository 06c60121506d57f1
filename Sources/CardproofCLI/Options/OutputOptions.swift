import ArgumentParser
import CardModel
import Foundation
import WireFormat

/// What every command takes: the form and the language of what it says.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: "Language of messages: zh-CN or en.")
    var lang: String?

    var language: Language {
        get throws {
            try LanguageChoice.language(
                option: lang,
                environment: ProcessInfo.processInfo.environment
            )
        }
    }

    /// Data on standard output: as JSON, or as `text` for people.
    func show(_ value: JSONValue, text: () throws -> String) throws {
        if json {
            try Terminal.write(value.serialized() + [0x0a])
        } else {
            try Terminal.writeText(try text())
        }
    }
}

extension Language {
    /// One of two texts, for messages that are said in one place only.
    func callAsFunction(_ zhCN: String, _ en: String) -> String {
        LocalisedText(zhCN: zhCN, en: en)[self]
    }
}
