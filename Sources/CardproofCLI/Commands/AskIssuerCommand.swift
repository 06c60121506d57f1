import AdapterKit
import ArgumentParser
import Drivers
import Foundation
import Gateway
import Logging
import WireFormat

/// `cardproof ask-issuer`: the other half of `cardproof audit --online`, which starts it. Questions
/// come in on standard input, one a line; when it ends, no more is asked, and what is under way is
/// waited for.
struct AskIssuerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask-issuer",
        abstract: "Asks an issuer for `cardproof audit`, which starts it.",
        shouldDisplay: false
    )

    @Option var product: String
    @Option var journal: String
    /// Where the audit found the journal's end.
    @Option var journalBytes: Int
    @OptionGroup var options: ConfigurationOptions
    @Option var rate: String?

    func run() async throws {
        // A session of its own: neither Ctrl-C nor a hang-up of the terminal ends what is under
        // way. The end of the input does, gracefully.
        setsid()
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_IGN) }
        do {
            try await ask()
        } catch {
            Self.tell(.failed("\(error)"))
            throw CardproofExit.internalFailure.code
        }
    }

    private func ask() async throws {
        let issuer = try StockIssuer(
            try options.load(),
            product: product,
            rate: rate,
            // The audit has checked what is allowed.
            allowed: StockIssuer.Consequence.allCases.map(\.rawValue)
        )
        let transport = try Deployment.transport(issuer.configuration.outbound)
        let writer = try AnswerJournalWriter(path: journal, expecting: journalBytes)
        let inquirer = StockInquirer(
            StockInquirer.Parts(
                product: issuer.product,
                adapter: issuer.adapter,
                limits: issuer.limits,
                pauses: issuer.configuration.issuerPauses,
                transport: transport,
                time: SystemTimeSource(),
                random: SystemRandomSource(),
                // The audit tells of pauses in its own words.
                logger: .jsonLines("cardproof", level: .critical)
            ),
            past: writer.past,
            journal: writer
        ) { news in
            switch news {
            case .answered(let answer): Self.tell(.answered(answer))
            case .paused(let reason, let until): Self.tell(.paused(reason: reason, until: until))
            }
        }
        let ending = try await inquirer.run(Self.questions(until: inquirer.stop))
        await writer.finish()
        await issuer.configuration.programs.shutdown()
        await transport.shutdown(grace: .zero)
        Self.tell(.ended(ending))
    }

    /// The questions on standard input, read by a thread of its own.
    private static func questions(
        until ended: @escaping @Sendable () -> Void
    ) -> AsyncStream<StockQuestion> {
        let (stream, continuation) = AsyncStream.makeStream(of: StockQuestion.self)
        let thread = Thread {
            while let line = readLine() {
                if let value = try? JSONValue.parse(Array(line.utf8)),
                    let question = StockQuestion(value)
                {
                    continuation.yield(question)
                }
            }
            ended()
            continuation.finish()
        }
        thread.start()
        return stream
    }

    /// One write a message, so that lines of several tasks do not mix. The audit may be gone: then
    /// the journal alone is told.
    private static func tell(_ message: AskingProcess.Message) {
        let line = message.line
        _ = line.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}
