import CardModel
import Drivers
import Foundation
import Gateway

/// A change of an index whose options and files were all found good. It holds the index's lock.
struct AuditIndexPlan {
    private let audit: StockAudit
    private let history: [AuditPlan.Understood]
    private let fingerprinting: LastingFingerprinting
    private let earlier: SoldIndex?
    private let replacement: SoldIndexReplacement

    /// - Throws: ``AuditExit`` or ``CommandFailure`` with 64 for options or files that cannot be
    ///   used.
    init(_ command: AuditIndexCommand, text: AuditText) throws {
        guard !command.history.isEmpty else { throw AuditExit.usage("--history FILE is required") }
        guard command.history.count(where: { $0 == "-" }) <= 1 else {
            throw AuditExit.usage("standard input (-) can be read once")
        }
        let product = try AuditPlan.product(
            command.product,
            configurationFile: command.configurationFile
        )
        let format = try AuditPlan.cardFormat(command.cardFormat) ?? product?.format
        let options = StockAuditOptions(
            format: format,
            // No day is asked of a code that is sold.
            asOf: try AuditPlan.day("1970-01-01"),
            threads: try AuditPlan.threads(command.threads),
            memoryBytes: try AuditPlan.memory(command.memory)
        )
        let choice = try AuditPlan.choice("--history-format", command.historyFormat)
        var unread: [String] = []
        history = try command.history.flatMap {
            try AuditPlan.understand($0, as: choice, format, text, &unread, isHistory: true)
        }
        fingerprinting = try Self.fingerprinting(command, product)
        (replacement, earlier) = try Self.open(command.index, fingerprinting, format)
        for understood in history { understood.announce(text) }
        for line in unread { Terminal.say(line) }
        // The edge: the run's key is random, and nothing of the index depends on it.
        var generator = SystemRandomNumberGenerator()
        audit = StockAudit(
            options: options,
            hashKey: SipHashKey(generator.next(), generator.next()),
            scratch: TemporaryScratch(folder: AuditPlan.scratchFolder)
        )
    }

    func run() async throws -> SoldIndexSummary {
        try await audit.index(
            history.map(\.input),
            under: fingerprinting,
            continuing: earlier,
            into: replacement
        )
    }

    private static func fingerprinting(
        _ command: AuditIndexCommand,
        _ product: Product?
    ) throws -> LastingFingerprinting {
        if let path = command.indexKey {
            let file = IndexKeyFile(path: path)
            if command.newKey { try file.create(random: SystemRandomSource()) }
            return LastingFingerprinting(indexKey: try file.read())
        }
        guard !command.newKey else { throw AuditExit.usage("--new-key: is for --index-key FILE") }
        guard let product else {
            throw AuditExit.usage(
                "--index-key FILE is required (with --new-key the first time), or --product ID "
                    + "for an index under the gateway's key"
            )
        }
        guard command.cardFormat == nil else {
            throw AuditExit.usage("--card-format: under the gateway's key the product's is taken")
        }
        return try SoldHere(configurationFile: command.configurationFile)
            .fingerprinting(of: product)
    }

    /// The lock first: what is read after it is what the new index continues.
    private static func open(
        _ named: String,
        _ fingerprinting: LastingFingerprinting,
        _ format: CardFormat?
    ) throws -> (SoldIndexReplacement, SoldIndex?) {
        // A link stays, and what it leads to is replaced.
        let path = URL(fileURLWithPath: named).resolvingSymlinksInPath().path
        let replacement: SoldIndexReplacement
        do {
            replacement = try SoldIndexReplacement(path: path)
        } catch {
            throw AuditExit.usage("\(error)")
        }
        guard FileManager.default.fileExists(atPath: path) else { return (replacement, nil) }
        return (replacement, try SoldIndex.open(path, fingerprinting, format: format))
    }
}
