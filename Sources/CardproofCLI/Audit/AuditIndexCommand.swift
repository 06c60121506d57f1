import ArgumentParser
import CardModel
import Drivers
import Foundation
import Gateway
import WireFormat

/// `cardproof audit index`: codes already sold as one sorted file of fingerprints.
///
/// It is parsed by itself: `audit` has options of the same names, and would take them.
struct AuditIndexCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        _superCommandName: "cardproof audit",
        abstract: "Put codes already sold into an index, for `cardproof audit --sold-index`.",
        discussion: """
            An index holds 16 bytes a code, sorted, and no code: fingerprints under a key. Codes \
            are added to an index that is there; it is replaced at once when the new one is \
            whole, and stays as it was when anything fails. One index is for one normal form: \
            give the same --card-format or --product each time.

            Without --index-key the fingerprints are those of the gateway of --config, for \
            --product; only such an index can be asked together with --sold-here or \
            --registered-here.

            Exit: 0 the index holds the codes, 64 options, files or an index that cannot be used, \
            or no codes, 1 reading broke off or the index cannot be written.
            """
    )

    @Option(help: "File of codes already sold, one per line; - is standard input. Repeatable.")
    var history: [String] = []

    @Option(help: "auto, lines, lines:SEP (SEP as written, or tab, space, bare), or csv.")
    var historyFormat: String = "auto"

    @Option(help: ArgumentHelp("The index to make or to add to.", valueName: "file"))
    var index: String

    @Option(help: ArgumentHelp("Key file of the index: 32 octets, base64.", valueName: "file"))
    var indexKey: String?

    @Flag(help: "Make the file of --index-key first; one that is there is never overwritten.")
    var newKey = false

    @Option(help: "Id of a built-in card format, or a YAML file; before the product's format.")
    var cardFormat: String?

    @Option(help: "Id of a configured product, whose card format is taken.")
    var product: String?

    @Option(
        name: .customLong("config"),
        help: "Configuration file for --product; ./cardproof.yaml or /etc/cardproof otherwise."
    )
    var configurationFile: String?

    @Option(help: "Memory to stay within, e.g. 64M, 512M, 2G; the rest goes to TMPDIR.")
    var memory: String = "512M"

    @Option(help: "Threads; one per processor when not given.")
    var threads: Int?

    @OptionGroup var output: OutputOptions

    /// Whether these arguments of the program are for this command.
    static func isMeant(by arguments: [String]) -> Bool {
        arguments.starts(with: ["audit", "index"])
    }

    /// - Returns: nil when the arguments are another command's.
    static func parsed(from arguments: [String]) throws -> (any ParsableCommand)? {
        guard isMeant(by: arguments) else { return nil }
        return try parseAsRoot(Array(arguments.dropFirst(2)))
    }

    func run() async throws {
        let text = AuditText(language: try output.language)
        let plan = try AuditIndexPlan(self, text: text)
        let summary: SoldIndexSummary
        do {
            summary = try await plan.run()
        } catch {
            throw AuditExit.failed("\(error)")
        }
        if let interruption = summary.interruption {
            throw AuditExit.failed(text.unread(interruption))
        }
        guard summary.codes > 0 else { throw AuditExit.usage(text.noCodes) }
        Terminal.say(text.indexed(summary, name: index))
        if output.json { try Terminal.write(Self.object(summary).serialized() + [0x0a]) }
    }

    private static func object(_ summary: SoldIndexSummary) -> JSONValue {
        [
            "codes": .integer(Int64(summary.codes)),
            "malformed": .integer(Int64(summary.malformed)),
            "added": .integer(Int64(summary.added)),
            "total": .integer(Int64(summary.total)),
        ]
    }
}

extension AuditText {
    /// What became of an index.
    func indexed(_ summary: SoldIndexSummary, name: String) -> String {
        let unread = summary.malformed
        return language(
            "读取 \(summary.codes) 个卡密（\(unread) 行无法识别），新增 \(summary.added) 个；"
                + "\(name) 现有 \(summary.total) 个",
            "\(summary.codes) codes read, \(unread) lines not understood, \(summary.added) added; "
                + "\(name) holds \(summary.total) now"
        )
    }

    /// Why there is no new index.
    func unread(_ interruption: StockInterruption) -> String {
        language(
            "读取中断，索引未改动：\(interruption.message)"
                + "（\(interruption.fileName) 第 \(interruption.afterLine) 行之后）",
            "reading broke off, the index is as it was: \(interruption.message) "
                + "(after line \(interruption.afterLine) of \(interruption.fileName))"
        )
    }
}
