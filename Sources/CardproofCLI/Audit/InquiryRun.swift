import AdapterKit
import Gateway

/// Puts the questions of one run to the asking process and counts what comes back.
struct InquiryRun {
    let work: InquiryWork
    let text: AuditText
    let start: () throws -> AskingProcess
    /// Questions that wait for their answer, with their batch.
    private var underWay: [StockPosition: Int] = [:]
    private var summary: IssuerInquirySummary
    private var ending: StockInquirer.Ending?
    private var asking: AskingProcess?

    /// - Parameter start: starts the asking process; not called when nothing is to be asked.
    init(work: InquiryWork, text: AuditText, start: @escaping () throws -> AskingProcess) {
        self.work = work
        self.text = text
        self.start = start
        summary = work.emptySummary
    }

    /// Enough that the process never waits for the next question.
    private var window: Int { work.issuer.limits.concurrency + 1 }

    private var isClearFailure: Bool {
        work.plan.map { $0.isClearFailure(bad: summary.bad) } ?? false
    }

    mutating func run(
        _ candidates: StockCandidates,
        _ spool: DefectSpool,
        _ answers: AnswerIndexReader
    ) async throws -> IssuerInquirySummary {
        var walk = InquiryWork.Walk(work)
        try await candidates.forEach(except: spool) { candidate in
            let batch = work.survey.index(of: candidate.batch)
            switch try walk.standing(of: candidate, in: batch, answers) {
            case .notChosen, .beyondBudget: break
            case .known(let weight): summary.count(weight, in: batch)
            case .open:
                if ending == nil, !isClearFailure { try put(candidate.question, in: batch) }
            }
        }
        if isClearFailure { asking?.finish() }
        while !underWay.isEmpty, ending == nil { try receive() }
        asking?.finish()
        while asking != nil, ending == nil { try receive() }
        asking?.waitUntilEnd()
        if let ending, ending != .done { summary.interruption = text.ending(ending) }
        return summary
    }

    private mutating func put(_ question: StockQuestion, in batch: Int) throws {
        let process = try asking ?? start()
        asking = process
        underWay[question.position] = batch
        try process.ask(question)
        while underWay.count >= window, ending == nil { try receive() }
    }

    private mutating func receive() throws {
        guard let message = try asking?.next() else {
            throw CommandFailure.failed(text.askingBrokeOff)
        }
        switch message {
        case .answered(let answer):
            guard let batch = underWay.removeValue(forKey: answer.position) else { return }
            summary.count(answer.weight, in: batch)
        case .paused(let reason, let until): Terminal.say(text.pause(reason, until: until))
        case .ended(let found): ending = found
        case .failed(let reason): throw CommandFailure.failed(reason)
        }
    }
}
