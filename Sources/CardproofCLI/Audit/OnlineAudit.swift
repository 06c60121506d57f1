import AdapterKit
import CardModel
import CryptoExtras
import Dispatch
import Drivers
import Foundation
import Gateway
import WireFormat

/// An audit that asks the issuer after it has looked itself.
///
/// The order of things is what makes it resumable: the report is made from the journal alone, the
/// journal is written by another process before and after each question, and which codes are asked
/// follows from the stock, the options and the seed in the journal's head.
struct OnlineAudit {
    /// Work of the digest that stands in a journal: a second or so for each guess of a stock.
    private static let digestCost = (rounds: 1 << 15, blockSize: 8)
    private static let saltBytes = 16
    /// How long an audit that was killed may have questions under way.
    private static let journalPatience = AdapterLimits.longestQuestion + .seconds(10)
    /// How often a journal that is being written still is looked at.
    private static let pause = Duration.milliseconds(100)

    let issuer: StockIssuer
    let extent: OnlineOptions.Extent
    let journal: String
    let options: OnlineOptions
    let configurationFile: String?
    let text: AuditText

    /// - Parameter report: path of the report, if it is a file.
    /// - Throws: 64 for options that do not go together; nil when nobody is to be asked.
    init?(_ command: AuditCommand, report: String?, text: AuditText) throws {
        guard let extent = try command.online.extent else { return nil }
        guard let product = command.product else {
            throw AuditExit.usage("--online needs --product ID: its adapter is asked")
        }
        let path = command.online.journal ?? report.map { $0 + ".journal" }
        guard let path else {
            throw AuditExit.usage(
                "--online needs a file for the answers: --journal FILE, or --report FILE"
            )
        }
        if command.online.askAgain, !command.online.resume {
            throw AuditExit.usage("--ask-again goes with --resume")
        }
        if !command.online.resume, AnswerJournal.exists(at: path) {
            throw AuditExit.usage(
                "\(path): is there already: --resume goes on with it; to ask all codes again, "
                    + "remove it or name another with --journal"
            )
        }
        issuer = try StockIssuer(
            try ConfigurationOptions.loader(file: command.configurationFile).configuration(),
            product: product,
            rate: command.online.rate,
            allowed: command.online.allow
        )
        self.extent = extent
        journal = path
        options = command.online
        configurationFile = command.configurationFile
        self.text = text
    }

    /// Looks, asks, and hands out the rows of both in line order.
    /// - Parameter answered: takes what the issuer said of each code that it was asked about, good
    ///   ones too, in line order among the rows; nil spares reading that.
    func run(
        _ audit: StockAudit,
        stock: [StockInput],
        history: [StockInput],
        isReusable: Bool,
        scratch: any ScratchSpace,
        answered: ((StockAnswer) -> Void)?,
        report: (StockDefect) throws -> Void
    ) async throws -> StockAuditSummary {
        let spool = try DefectSpool(names: stock.map(\.name), scratch: scratch)
        var summary = try await audit.run(stock: stock, history: history) { try spool.append($0) }
        guard summary.interruption == nil, summary.codes > 0 else {
            let rows = try spool.makeReader()
            while let row = try rows.next() { try report(row) }
            return summary
        }
        let random = SystemRandomSource()
        let candidates = StockCandidates(
            inputs: stock,
            isReusable: isReusable,
            hashKey: SipHashKey(random.word(), random.word())
        )
        let rowLimit = audit.options.memoryBytes / 16 / 16
        let found = try await open()
        let salt = found?.head.salt ?? random.bytes(Self.saltBytes)
        let survey = try await candidates.survey(except: spool, salt: salt)
        let head = try head(survey, salt: salt, found?.head, random)
        if let difference = found?.head.difference(from: head) {
            throw AuditExit.usage("\(journal): \(text.difference(difference))")
        }
        let work = InquiryWork(
            issuer: issuer,
            head: head,
            survey: survey,
            budget: options.budget,
            asksAgain: options.askAgain
        )
        if found == nil { try AnswerJournal.create(at: journal, head) }
        let before = try index(scratch, rowLimit)
        let reach = try await work.reach(candidates, spool, before.answers.makeReader())
        Terminal.say(text.plan(work, reach, journal: journal))
        let interrupt = InterruptNotice(text.interrupted(journal))
        defer { interrupt.withdraw() }
        var asking = InquiryRun(work: work, text: text) {
            try AskingProcess(arguments: arguments(journalBytes: before.byteCount))
        }
        summary.inquiry = try await asking.run(candidates, spool, before.answers.makeReader())
        let after = try index(scratch, rowLimit)
        if let inquiry = summary.inquiry { summary.breakdown.add(inquiry) }
        try merge(
            spool, after.answers.makeReader(), names: stock.map(\.name), &summary,
            answered: answered, report: report)
        return summary
    }

    /// What an earlier run left; waits for the questions that it had under way.
    private func open() async throws -> AnswerJournal.Contents? {
        guard AnswerJournal.exists(at: journal) else { return nil }
        let start = ContinuousClock.now
        var isTold = false
        while !AnswerJournal.isAtRest(journal) {
            guard start.duration(to: .now) < Self.journalPatience else {
                throw AuditExit.usage("\(journal): \(text.journalInUse)")
            }
            if !isTold { Terminal.say(text.waitingForJournal(journal)) }
            isTold = true
            try await ContinuousClock().sleep(for: Self.pause)
        }
        do {
            return try AnswerJournal.read(journal)
        } catch {
            throw AuditExit.usage("\(error)")
        }
    }

    private func head(
        _ survey: StockSurvey,
        salt: [UInt8],
        _ found: InquiryHead?,
        _ random: SystemRandomSource
    ) throws -> InquiryHead {
        let choice: InquiryHead.Choice
        switch extent {
        case .all: choice = .all
        case .sample(let demand):
            var seed = options.seed
            if seed == nil, case .sample(_, let earlier)? = found?.choice { seed = earlier }
            // Short enough to be written down.
            choice = .sample(demand, seed: seed ?? random.word() >> 32)
        }
        let digest = try KDF.Scrypt.deriveKey(
            from: survey.digest,
            salt: salt,
            outputByteCount: 32,
            rounds: Self.digestCost.rounds,
            blockSize: Self.digestCost.blockSize,
            parallelism: 1
        )
        return InquiryHead(
            choice: choice,
            product: issuer.product.id,
            adapter: issuer.descriptor.label,
            candidates: survey.candidates,
            salt: salt,
            digest: digest.withUnsafeBytes { Array($0) }
        )
    }

    /// The journal as it stands.
    private func index(
        _ scratch: any ScratchSpace,
        _ rowLimit: Int
    ) throws -> JournalIndex {
        let index = AnswerIndex(scratch: scratch, rowLimit: rowLimit)
        let contents = try AnswerJournal.read(journal) { try index.add($0, offset: $1) }
        return JournalIndex(answers: index, byteCount: contents.byteCount)
    }

    private func arguments(journalBytes: Int) -> [String] {
        var arguments = [
            "--product", issuer.product.id, "--journal", journal,
            "--journal-bytes", String(journalBytes),
        ]
        if let configurationFile { arguments += ["--config", configurationFile] }
        if let rate = options.rate { arguments += ["--rate", rate] }
        return arguments
    }

    /// Rows of the files and rows of the issuer, in line order.
    private func merge(
        _ spool: DefectSpool,
        _ answers: AnswerIndexReader,
        names: [String],
        _ summary: inout StockAuditSummary,
        answered: ((StockAnswer) -> Void)?,
        report: (StockDefect) throws -> Void
    ) throws {
        let rows = try spool.makeReader()
        while let entry = try answers.next() {
            while let row = try rows.peek(),
                StockPosition(file: row.file, line: row.line) < entry.position
            {
                try report(row)
                _ = try rows.next()
            }
            if let answered, case .answered = entry.outcome {
                answered(try AnswerJournal.answer(at: entry.offset, of: journal))
            }
            guard let answer = try answer(of: entry) else { continue }
            if answer.weight == .bad { summary.defects[.issuer, default: 0] += 1 }
            try report(StockDefect(answer, fileName: names[answer.position.file]))
        }
        while let row = try rows.next() { try report(row) }
    }

    /// What stands in the report of one code; nil when it is good, or was not asked.
    private func answer(of entry: AnswerIndex.Entry) throws -> StockAnswer? {
        switch entry.outcome {
        case .notAsked, .answered(.good): nil
        case .interrupted:
            StockAnswer(
                position: entry.position,
                state: .indeterminate,
                cause: StockAnswer.interrupted,
                at: Instant(millisecondsSinceEpoch: 0)
            )
        case .answered: try AnswerJournal.answer(at: entry.offset, of: journal)
        }
    }
}

/// Says on Ctrl-C that nothing is lost, and ends. The asking process notices and ends after it.
private struct InterruptNotice {
    /// 128 and the number of SIGINT, as shells have it.
    private static let exitCode: Int32 = 130
    private let source: any DispatchSourceSignal

    init(_ message: String) {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler {
            Terminal.say(message)
            exit(Self.exitCode)
        }
        source.resume()
    }

    func withdraw() {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }
}

/// An index and where its journal ended.
private struct JournalIndex {
    let answers: AnswerIndex
    let byteCount: Int
}

extension SystemRandomSource {
    func word() -> UInt64 { bytes(8).reduce(0) { $0 << 8 | UInt64($1) } }
}
