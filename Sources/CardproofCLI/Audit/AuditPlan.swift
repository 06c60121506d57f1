import ArgumentParser
import CardModel
import Drivers
import Foundation
import Gateway
import WireFormat

/// An audit whose options and files were all found good, before it starts.
struct AuditPlan {
    let options: StockAuditOptions
    private let stock: [Understood]
    private let history: [Understood]
    /// What is said of sheets of workbooks that are not read.
    private let unreadSheets: [String]
    private let sold: SoldPlan?
    private let reportPath: String?
    private let reportFormat: AuditReportFormat
    private let scope: AuditScope
    /// The classes of defects the exit code speaks of.
    let failOn: AuditFailOn
    private let text: AuditText
    /// Nil when no issuer is asked.
    private let online: OnlineAudit?

    /// A file with the reading that was chosen for it.
    struct Understood {
        let file: StockFile
        let reading: StockReading

        var input: StockInput {
            StockInput(name: file.name, reading: reading) { [file] in try file.open() }
        }

        /// Says how the file was understood.
        func announce(_ text: AuditText) {
            Terminal.say(
                text.understanding(
                    of: reading,
                    name: file.name,
                    encoding: file.encoding,
                    isCompressed: file.isCompressed
                )
            )
        }
    }

    /// - Throws: ``AuditExit`` with 64 for options or files that cannot be used.
    init(_ command: AuditCommand, text: AuditText) throws {
        self.text = text
        guard !command.stock.isEmpty else { throw AuditExit.usage("--stock FILE is required") }
        guard (command.stock + command.history).count(where: { $0 == "-" }) <= 1 else {
            throw AuditExit.usage("standard input (-) can be read once")
        }
        guard let format = AuditReportFormat(rawValue: command.reportFormat) else {
            throw AuditExit.usage(
                "--report-format \(command.reportFormat): one of \(AuditReportFormat.list) "
                    + "is expected"
            )
        }
        if command.json, command.report == "-" {
            throw AuditExit.usage("--json and --report - both want standard output; choose one")
        }
        reportFormat = format
        reportPath = command.report ?? (command.json ? nil : "-")
        let product = try Self.product(
            command.product,
            configurationFile: command.configurationFile,
            // Whoever registers stock need not run the gateway that knows the product.
            isOptional: command.registration.register && command.configurationFile == nil
        )
        options = StockAuditOptions(
            format: try Self.cardFormat(command.cardFormat) ?? product?.format,
            isReusable: product?.isReusable ?? false,
            asOf: try Self.day(command.asOf),
            minimumRemainingDays: try Self.remainingDays(command.minRemainingDays),
            threads: try Self.threads(command.threads),
            memoryBytes: try Self.memory(command.memory)
        )
        sold = try SoldPlan(command, product: product, format: options.format)
        let stockChoice = try Self.choice("--format", command.format)
        let historyChoice = try Self.choice("--history-format", command.historyFormat)
        let cardFormat = options.format
        var unread: [String] = []
        stock = try command.stock.flatMap {
            try Self.understand($0, as: stockChoice, cardFormat, text, &unread)
        }
        history = try command.history.flatMap {
            try Self.understand($0, as: historyChoice, cardFormat, text, &unread, isHistory: true)
        }
        unreadSheets = unread
        failOn = try command.failOn.map(AuditFailOn.init) ?? .all
        scope = AuditScope(
            files: stock.map(\.file.name),
            checksHistory: !history.isEmpty || sold != nil,
            readsHistory: !history.isEmpty,
            asOf: options.asOf,
            minimumRemainingDays: options.minimumRemainingDays,
            cardFormat: options.format?.id,
            language: text.language
        )
        let reportFile = command.report.flatMap { $0 == "-" ? nil : $0 }
        online = try OnlineAudit(command, report: reportFile, text: text)
        if online != nil, let pipe = stock.first(where: { !$0.file.isRereadable }) {
            throw AuditExit.usage(
                "\(pipe.file.name): cannot be read twice, as --online needs it; save it as a file"
            )
        }
        try Self.refuseOverwriting(command)
    }

    /// Says how each file was understood.
    func announce() {
        for understood in stock + history { understood.announce(text) }
        for line in unreadSheets { Terminal.say(line) }
        for line in sold?.lines(text.language) ?? [] { Terminal.say(line) }
    }

    /// - Throws: ``AuditReportError``, and what the audit throws; a report that was begun then says
    ///   that it is partial, or is not there.
    ///
    /// - Parameter findings: takes what was found in each line, for a registration.
    func run(noting findings: LineFindings? = nil) async throws -> AuditOutcome {
        if let online { return try await run(asking: online, noting: findings) }
        let report = try makeReport()
        let display = AuditProgressDisplay(totalBytes: totalBytes, language: text.language)
        let stop = AuditStop()
        do {
            let summary = try await stop.honoured {
                try await audit.run(
                    stock: stock.map(\.input),
                    history: history.map(\.input),
                    progress: { display?.show($0) },
                    shouldStop: { stop.isRequested }
                ) { defect in
                    display?.end()
                    findings?.append(defect)
                    try report?.write(defect)
                }
            }
            display?.end()
            let outcome = AuditOutcome(scope: scope, summary: summary)
            try report?.finish(outcome)
            return outcome
        } catch let error as AuditReportError {
            display?.end()
            throw error
        } catch {
            display?.end()
            // The report must not look whole; that it cannot be marked either changes nothing.
            try? report?.finish(AuditOutcome(failedWithin: scope))
            throw error
        }
    }

    /// The one stock file, as it was understood, for reading it again.
    var onlyStock: StockInput? { stock.count == 1 ? stock[0].input : nil }

    private func makeReport() throws -> (any StockAuditReport)? {
        try reportPath.map { try reportFormat.report(to: $0, of: scope) }
    }

    /// The report is begun when the issuer was asked: what a kill leaves must not look like one.
    private func run(
        asking online: OnlineAudit,
        noting findings: LineFindings?
    ) async throws -> AuditOutcome {
        var report: (any StockAuditReport)?
        var isBegun = false
        func begin() throws {
            if !isBegun { report = try makeReport() }
            isBegun = true
        }
        let summary = try await online.run(
            audit,
            stock: stock.map(\.input),
            history: history.map(\.input),
            isReusable: options.isReusable,
            scratch: TemporaryScratch(folder: Self.scratchFolder),
            answered: findings.map { findings in { findings.append($0) } }
        ) { defect in
            try begin()
            findings?.append(defect)
            try report?.write(defect)
        }
        try begin()
        let issuer = summary.inquiry.map {
            AuditSection(heading: text.issuerHeading, paragraphs: [text.finding($0)])
        }
        let outcome = AuditOutcome(scope: scope, summary: summary, issuer: issuer)
        try report?.finish(outcome)
        return outcome
    }

    private var audit: StockAudit {
        // The edge again: the run's key is random, and nothing but the run depends on it.
        var generator = SystemRandomNumberGenerator()
        return StockAudit(
            options: options,
            hashKey: SipHashKey(generator.next(), generator.next()),
            scratch: TemporaryScratch(folder: Self.scratchFolder),
            sold: sold?.codes
        )
    }

    /// What the readers will hand out; nil when a pipe, or text that is unpacked or turned into
    /// UTF-8 on the way, has another length than its file.
    private var totalBytes: Int? {
        (stock + history).reduce(0 as Int?) { sum, understood in
            let file = understood.file
            guard let sum, let bytes = file.byteCount, !file.isCompressed, file.encoding == .utf8
            else { return nil }
            return sum + bytes
        }
    }

    /// The file at `path`, or the sheets of the workbook that it is.
    static func understand(
        _ path: String,
        as choice: StockFormatChoice,
        _ format: CardFormat?,
        _ text: AuditText,
        _ unread: inout [String],
        isHistory: Bool = false
    ) throws -> [Understood] {
        var name = path
        do {
            let found = try StockFile.all(at: path, workbooks: workbookReading)
            unread += found.unread.compactMap { text.unread($0, of: path) }
            return try found.files.map { file in
                name = file.name
                let sample = StockSample(
                    file.sample,
                    isWhole: file.isWholeInSample,
                    format: format
                )
                let reading = try sample.reading(choice)
                // A stock says of each line what is wrong; a history would say nothing, and pass.
                if isHistory, sample.lacksCodes(readAs: reading) {
                    throw AuditExit.usage(text.noHistory(reading, name: name))
                }
                return Understood(file: file, reading: reading)
            }
        } catch let error as StockReadingError {
            throw AuditExit.usage(text.refusal(error, name: name, isHistory: isHistory))
        } catch let exit as ExitCode {
            throw exit
        } catch {
            throw AuditExit.usage("\(error)")
        }
    }

    static var workbookReading: WorkbookReading {
        WorkbookReading(
            program: ProgramRenderer.installed(configured: nil)?.path,
            folder: scratchFolder
        )
    }

    static var scratchFolder: String {
        ProcessInfo.processInfo.environment["TMPDIR"] ?? "/var/tmp"
    }

    static func choice(_ option: String, _ value: String) throws -> StockFormatChoice {
        guard let choice = StockFormatChoice(value) else {
            throw AuditExit.usage(
                "\(option) \(value): auto, lines, lines:SEP, csv or csv:SEP is expected"
            )
        }
        return choice
    }

    /// What the configuration says of the product; nothing is read when none is named.
    ///
    /// - Parameter isOptional: whether it may be unknown here.
    static func product(
        _ id: String?,
        configurationFile: String?,
        isOptional: Bool = false
    ) throws -> Product? {
        guard let id else { return nil }
        let loader = ConfigurationLoader(
            file: configurationFile,
            flags: [:],
            environment: ProcessInfo.processInfo.environment,
            workingDirectory: FileManager.default.currentDirectoryPath
        )
        if isOptional { return (try? loader.configuration())?.catalogue[id] }
        let catalogue = try loader.configuration().catalogue
        if let product = catalogue[id] { return product }
        let known = catalogue.all.map(\.id).joined(separator: ", ")
        throw AuditExit.usage(
            known.isEmpty
                ? "--product \(id): no product is configured; name the file with --config"
                : "--product \(id): is not configured; there are \(known)"
        )
    }

    static func cardFormat(_ value: String?) throws -> CardFormat? {
        guard let value else { return nil }
        if let builtIn = CardFormat.builtIn(value) { return builtIn }
        guard FileManager.default.fileExists(atPath: value) else {
            let known = CardFormat.builtIn.map(\.id).joined(separator: ", ")
            throw AuditExit.usage(
                "--card-format \(value): no built-in format and no file; built in are \(known)"
            )
        }
        do {
            return try CardFormatFile.format(at: value)
        } catch {
            throw AuditExit.usage("\(error)")
        }
    }

    static func day(_ value: String?) throws -> CalendarDate {
        guard let value else {
            // The command line is the edge: here, and only here, today is asked of the machine.
            let now = Date()
            let parts = Calendar(identifier: .gregorian).dateComponents(
                [.year, .month, .day],
                from: now
            )
            guard
                let today = CalendarDate(
                    year: parts.year ?? 0,
                    month: parts.month ?? 0,
                    day: parts.day ?? 0
                )
            else { throw AuditExit.usage("the machine's date is unusable; give --as-of") }
            return today
        }
        guard let day = CalendarDate(iso8601: value) else {
            throw AuditExit.usage("--as-of \(value): a day such as 2026-11-20 is expected")
        }
        return day
    }

    private static func remainingDays(_ value: Int?) throws -> Int {
        let value = value ?? 0
        guard (0...StockAuditLimits.minimumRemainingDays).contains(value) else {
            throw AuditExit.usage(
                "--min-remaining-days \(value): a number from 0 to "
                    + "\(StockAuditLimits.minimumRemainingDays) is expected"
            )
        }
        return value
    }

    static func threads(_ value: Int?) throws -> Int {
        guard let value else {
            return min(ProcessInfo.processInfo.activeProcessorCount, StockAuditLimits.threads)
        }
        guard (1...StockAuditLimits.threads).contains(value) else {
            throw AuditExit.usage(
                "--threads \(value): a number from 1 to \(StockAuditLimits.threads) is expected"
            )
        }
        return value
    }

    /// What no machine has: 64 TiB.
    private static let mostMemoryBytes = 64 << 40

    /// `512M`: binary suffixes K, M, G.
    static func memory(_ value: String) throws -> Int {
        let shifts: [Character: Int] = ["K": 10, "M": 20, "G": 30]
        let shift = value.uppercased().last.flatMap { shifts[$0] }
        let digits = shift == nil ? value[...] : value.dropLast()
        let least = StockAuditLimits.minimumMemoryBytes
        guard let number = Int(digits),
            case let bytes = number.multipliedReportingOverflow(by: 1 << (shift ?? 0)),
            !bytes.overflow, bytes.partialValue <= mostMemoryBytes
        else {
            throw AuditExit.usage("--memory \(value): a size is expected, e.g. 512M or 2G")
        }
        guard bytes.partialValue >= least else {
            throw AuditExit.usage(
                "--memory \(value): at least \(least >> 20)M is expected, e.g. 512M or 2G"
            )
        }
        return bytes.partialValue
    }

    /// A report must not replace a file it is made from.
    private static func refuseOverwriting(_ command: AuditCommand) throws {
        guard let report = command.report, report != "-" else { return }
        let target = URL(fileURLWithPath: report).resolvingSymlinksInPath().path
        for input in command.stock + command.history + command.sold.files where input != "-" {
            if URL(fileURLWithPath: input).resolvingSymlinksInPath().path == target {
                throw AuditExit.usage("--report \(report): is one of the files to be read")
            }
        }
    }
}
