import Gateway

/// Which codes of a stock are to be asked, and which were.
struct InquiryWork {
    let issuer: StockIssuer
    let head: InquiryHead
    let survey: StockSurvey
    /// Of a sample none: it stands in its demand.
    let budget: Int?
    let asksAgain: Bool
    /// Nil when every code is to be asked.
    let plan: SamplingPlan?

    init(
        issuer: StockIssuer,
        head: InquiryHead,
        survey: StockSurvey,
        budget: Int?,
        asksAgain: Bool
    ) {
        self.issuer = issuer
        self.head = head
        self.survey = survey
        self.asksAgain = asksAgain
        switch head.choice {
        case .all:
            plan = nil
            self.budget = budget
        case .sample(let demand, _):
            plan = SamplingPlan(batches: survey.batches.map(\.codes), demand: demand)
            self.budget = nil
        }
    }

    /// How far a run can come.
    struct Reach {
        /// Codes that have an answer.
        var known = 0
        /// Codes that were put to an issuer by a process that died.
        var interrupted = 0
        /// Codes that will be asked, unless it ends early.
        var open = 0
    }

    /// What one code is to this run.
    enum Standing {
        case notChosen
        case known(StockAnswer.Weight)
        case open
        /// The budget is used up.
        case beyondBudget
    }

    /// Decides code by code, in line order.
    struct Walk {
        private let work: InquiryWork
        private var sampler: StockSampler?
        private var taken = 0
        private(set) var reach = Reach()

        init(_ work: InquiryWork) {
            self.work = work
            if let plan = work.plan, case .sample(_, let seed) = work.head.choice {
                sampler = StockSampler(plan, seed: seed)
            }
        }

        mutating func standing(
            of candidate: StockCandidate,
            in batch: Int,
            _ answers: AnswerIndexReader
        ) throws -> Standing {
            guard sampler?.takes(batch) ?? true else { return .notChosen }
            switch try answers.entry(at: candidate.question.position)?.outcome {
            case .answered(let weight) where weight != .undecided || !work.asksAgain:
                taken += 1
                reach.known += 1
                return .known(weight)
            case .interrupted where !work.asksAgain:
                taken += 1
                reach.interrupted += 1
                return .known(.undecided)
            case .answered, .interrupted, .notAsked, nil: break
            }
            if let budget = work.budget, taken >= budget { return .beyondBudget }
            taken += 1
            reach.open += 1
            return .open
        }
    }

    /// Reads the stock for how many codes are to be asked still.
    func reach(
        _ candidates: StockCandidates,
        _ spool: DefectSpool,
        _ answers: AnswerIndexReader
    ) async throws -> Reach {
        var walk = Walk(self)
        try await candidates.forEach(except: spool) { candidate in
            _ = try walk.standing(
                of: candidate,
                in: survey.index(of: candidate.batch),
                answers
            )
        }
        return walk.reach
    }

    /// The summary before the first answer.
    var emptySummary: IssuerInquirySummary {
        var extent = IssuerInquirySummary.Extent.all
        if let plan, case .sample(_, let seed) = head.choice {
            extent = .sample(plan, seed: seed)
        }
        return IssuerInquirySummary(
            extent: extent,
            product: head.product,
            adapter: head.adapter,
            batches: survey.batches.map {
                IssuerInquirySummary.BatchAnswers(batch: $0.batch, candidates: $0.codes)
            }
        )
    }
}
