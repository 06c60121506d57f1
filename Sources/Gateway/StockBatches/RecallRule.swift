public import CardModel

/// When a batch is recalled by itself (D-16): so many of its codes turned bad that the rest cannot
/// be trusted.
public struct RecallRule: Sendable, Hashable {
    /// Bad codes below which no batch is recalled: one bad code is a bad code.
    public var leastBad: Int
    /// Bad codes for each thousand good codes of the batch, rounded up.
    public var badPerThousand: Int

    /// - Parameters:
    ///   - leastBad: raised to 1.
    ///   - badPerThousand: clamped to 0...1000.
    public init(leastBad: Int, badPerThousand: Int) {
        self.leastBad = max(1, leastBad)
        self.badPerThousand = min(max(0, badPerThousand), 1_000)
    }

    /// 3 codes, and 1 % of the batch: the tenth bad code of a thousand.
    public static let standard = RecallRule(leastBad: 3, badPerThousand: 10)

    /// How many bad codes recall a batch of `codes` good ones.
    public func threshold(codes: Int) -> Int {
        let share = (Int64(codes) * Int64(badPerThousand) + 999) / 1_000
        return max(leastBad, Int(share))
    }

    /// Whether a batch is to be recalled; one that is, or whose lines still come in, is left alone.
    public func demandsRecall(of standing: BatchStanding) -> Bool {
        switch standing.state {
        case .registering, .recalled, .withdrawn: false
        case .held, .released, .quarantined:
            standing.badCount >= threshold(codes: standing.goodCount)
        }
    }
}

/// What became of a stock code once an issuer or its card was asked about it.
public enum StockOutcome: String, Sendable, Hashable {
    case good
    case bad
}

extension StockOutcome {
    /// What a verdict says of the stock that the code came from; nil when it says nothing of it.
    ///
    /// Only what was wrong at or before the hand-over is the stock's fault. What happened later is
    /// its holder's, and a defect of the delivery (late, short, sold twice) is the shop's.
    ///
    /// - Parameters:
    ///   - isDelivered: false at dispense, when nobody else can have used the code.
    ///   - before: what was found earlier. A code that was good and is used by the hand-over was
    ///     used on its way (CONTRACT, Windows: the platform's); one that is revoked was never good.
    public init?(_ verdict: Verdict, isDelivered: Bool, before: StockOutcome?) {
        let isBefore = !isDelivered || verdict.timing == .beforeDelivery
        switch verdict.state {
        case .okUnused, .okActivatedByBuyer: self = .good
        case .malformed, .notFound, .wrongProduct, .wrongRegion, .wrongVersion, .undervalued,
            .shortShelfLife:
            self = .bad
        case .revoked: self = .bad
        case .used, .partiallyUsed, .expired:
            guard isBefore, before != .good else { return nil }
            self = .bad
        // A code that is not activated yet may be soon.
        case .notActivated, .locked, .duplicateDelivery, .duplicateStock, .oversold, .notDelivered,
            .shortDelivery, .lateDelivery, .extractionFailed, .doubleCharged, .termShortened,
            .serviceInterrupted, .accountMismatch, .accountCompromised, .temporarilyUnusable,
            .issuerDelay, .indeterminate, .unsupported, .conflict:
            return nil
        }
    }
}
