/// What an issuer said about a stock, in numbers.
public struct IssuerInquirySummary: Sendable, Equatable {
    /// What was to be asked.
    public enum Extent: Sendable, Equatable {
        /// Every code without a defect of its own.
        case all
        case sample(SamplingPlan, seed: UInt64)
    }

    /// Answers of one batch.
    public struct BatchAnswers: Sendable, Equatable {
        public let batch: StockBatch
        /// Codes without a defect of their own.
        public let candidates: Int
        public var asked = 0
        public var bad = 0
        public var undecided = 0

        public init(batch: StockBatch, candidates: Int) {
            self.batch = batch
            self.candidates = candidates
        }
    }

    /// What follows about the whole stock.
    public enum Finding: Sendable, Equatable {
        /// Every code was asked.
        case everyCode
        /// At most so many codes are bad, at the plan's confidence; `isMet` when that is within the
        /// demand.
        case atMost(bad: Int, isMet: Bool)
        /// More codes are bad than the demand allows, at the plan's confidence; asking stopped.
        case clearFailure
        /// Asking ended before the sample, or the stock, was asked.
        case unfinished
    }

    public let extent: Extent
    public let product: String
    public let adapter: String
    public var batches: [BatchAnswers]
    /// Set when asking broke off; ``finding`` is then `unfinished`.
    public var interruption: String?

    public init(extent: Extent, product: String, adapter: String, batches: [BatchAnswers]) {
        self.extent = extent
        self.product = product
        self.adapter = adapter
        self.batches = batches
    }

    public var candidates: Int { batches.reduce(0) { $0 + $1.candidates } }
    /// Codes the issuer was asked about.
    public var asked: Int { batches.reduce(0) { $0 + $1.asked } }
    public var bad: Int { batches.reduce(0) { $0 + $1.bad } }
    /// Asked, and nothing decided.
    public var undecided: Int { batches.reduce(0) { $0 + $1.undecided } }

    /// Whether the issuer called nothing bad, and left open what was to be known: a code, the rest
    /// of a stock, or the bound of a sample.
    public var isUndecided: Bool {
        if bad > 0 { return false }
        switch finding {
        case .everyCode: return undecided > 0
        case .atMost(_, let isMet): return undecided > 0 || !isMet
        case .clearFailure: return false
        case .unfinished: return true
        }
    }

    public var seed: UInt64? {
        if case .sample(_, let seed) = extent { seed } else { nil }
    }

    public var finding: Finding {
        switch extent {
        case .all: return asked == candidates ? .everyCode : .unfinished
        case .sample(let plan, _):
            if plan.isClearFailure(bad: bad) { return .clearFailure }
            guard asked == plan.size, asked > 0 || candidates == 0 else { return .unfinished }
            if asked == candidates { return .everyCode }
            let notGood = bad + undecided
            return .atMost(
                bad: plan.mostBad(notGood: notGood),
                isMet: plan.isMet(notGood: notGood)
            )
        }
    }

    /// Notes the answer to one code of a batch.
    public mutating func count(_ weight: StockAnswer.Weight, in batch: Int) {
        batches[batch].asked += 1
        switch weight {
        case .good: break
        case .bad: batches[batch].bad += 1
        case .undecided: batches[batch].undecided += 1
        }
    }
}
