/// Where a registered batch of stock (批次) stands: which of its codes may be handed over.
///
/// A value with one total transition. A batch is released in stages, so that a large purchase can
/// be tried before the rest of it is delivered (M0-30, M0-31).
public struct BatchStanding: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Its lines are still coming in.
        case registering
        /// Audited and logged; nothing of it may be handed over yet.
        case held
        /// Its first ``BatchStanding/releasedCount`` good codes may be handed over.
        case released
        /// Stopped by a person, who may release it again.
        case quarantined
        /// Stopped for good: too many codes turned bad, or the supplier called it back.
        case recalled
        /// Registered by mistake, and taken back before anything of it was released: its codes
        /// count as never registered.
        case withdrawn
    }

    public var state: State
    /// Codes that passed the audit.
    public var goodCount: Int
    /// Of these, in the order of the file, how many may be handed over while it is released.
    public var releasedCount: Int
    /// Codes of it that an issuer found as they were sold.
    public var verifiedCount: Int
    /// Codes of it that turned out bad at or before delivery (``StockOutcome``).
    public var badCount: Int

    public init(
        state: State = .registering,
        goodCount: Int = 0,
        releasedCount: Int = 0,
        verifiedCount: Int = 0,
        badCount: Int = 0
    ) {
        self.state = state
        self.goodCount = goodCount
        self.releasedCount = releasedCount
        self.verifiedCount = verifiedCount
        self.badCount = badCount
    }
}

/// What is done to a batch.
public enum BatchAct: Sendable, Hashable {
    /// All lines are there and stand in the log.
    case seal
    /// The first so many good codes may be handed over; nil: all.
    ///
    /// A further stage waits until every code of the one before was verified, unless the buyer
    /// waives that.
    case release(first: Int?, isWaived: Bool)
    case quarantine
    case recall
    case withdraw

    public var word: String {
        switch self {
        case .seal: "seal"
        case .release: "release"
        case .quarantine: "quarantine"
        case .recall: "recall"
        case .withdraw: "withdraw"
        }
    }
}

/// Why an act on a batch is not done; the raw values are stable words.
public enum BatchRefusal: String, Error, Sendable, CaseIterable {
    case notSealed = "batch_not_sealed"
    case alreadySealed = "batch_already_sealed"
    case recalled = "batch_recalled"
    case withdrawn = "batch_withdrawn"
    /// Codes of it were released, so that some may be in other hands.
    case released = "batch_released"
    /// Not every released code was verified.
    case stageNotVerified = "stage_not_verified"
    /// Fewer codes than are released already, or more than passed the audit.
    case noSuchStage = "no_such_stage"
}

extension BatchStanding {
    /// The standing after an act. An act that was done already changes nothing.
    public func after(_ act: BatchAct) -> Result<BatchStanding, BatchRefusal> {
        var next = self
        switch (act, state) {
        case (.seal, .registering): next.state = .held
        case (.seal, .held), (.seal, .released), (.seal, .quarantined), (.seal, .recalled):
            return .failure(.alreadySealed)
        case (.withdraw, .withdrawn): break
        case (.seal, .withdrawn), (.release, .withdrawn), (.quarantine, .withdrawn),
            (.recall, .withdrawn):
            return .failure(.withdrawn)
        case (.release, .registering), (.quarantine, .registering):
            return .failure(.notSealed)
        case (.release(let first, let isWaived), .held),
            (.release(let first, let isWaived), .released),
            (.release(let first, let isWaived), .quarantined):
            return released(first: first ?? goodCount, isWaived: isWaived)
        case (.release, .recalled), (.quarantine, .recalled), (.withdraw, .recalled):
            return .failure(.recalled)
        case (.quarantine, .held), (.quarantine, .released), (.quarantine, .quarantined):
            next.state = .quarantined
        // One that is still coming in is given up.
        case (.recall, .registering), (.recall, .held), (.recall, .released),
            (.recall, .quarantined), (.recall, .recalled):
            next.state = .recalled
        case (.withdraw, .registering), (.withdraw, .held), (.withdraw, .released),
            (.withdraw, .quarantined):
            guard releasedCount == 0 else { return .failure(.released) }
            next.state = .withdrawn
        }
        return .success(next)
    }

    private func released(first: Int, isWaived: Bool) -> Result<BatchStanding, BatchRefusal> {
        guard first >= max(1, releasedCount), first <= goodCount else {
            return .failure(.noSuchStage)
        }
        let isFurtherStage = releasedCount > 0 && first > releasedCount
        if isFurtherStage, !isWaived, verifiedCount < releasedCount {
            return .failure(.stageNotVerified)
        }
        var next = self
        next.state = .released
        next.releasedCount = first
        return .success(next)
    }

    /// Why a code of the batch may not be handed over now; nil when it may.
    /// - Parameter rank: its place among the codes that passed the audit, from 0; nil for one that
    ///   did not.
    public func block(rank: Int?) -> HandOverBlock.Reason? {
        switch state {
        case .registering, .held: return .notReleased
        case .quarantined, .recalled: return .quarantined
        case .withdrawn: return nil
        case .released:
            guard let rank else { return .failedAudit }
            return rank < releasedCount ? nil : .notReleased
        }
    }
}

/// An item of a notice whose code may not be handed over now.
public struct HandOverBlock: Sendable, Hashable {
    public enum Reason: String, Sendable, CaseIterable {
        case notReleased = "batch_not_released"
        /// Its batch is quarantined or recalled.
        case quarantined = "batch_quarantined"
        /// The audit found the code unfit.
        case failedAudit = "code_failed_audit"
        /// The product is sold from registered stock alone, and the code is in none (M0-32).
        case notRegistered = "code_not_registered"
    }

    /// The item's place in the notice, from 0.
    public var item: Int
    /// Nil for a code of none.
    public var batch: BatchID?
    public var reason: Reason

    public init(item: Int, batch: BatchID?, reason: Reason) {
        self.item = item
        self.batch = batch
        self.reason = reason
    }
}
