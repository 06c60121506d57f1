public import EvidenceLog
public import WireFormat

/// What became of one change of a batch.
public enum CommitOutcome: Sendable {
    case committed(Receipt)
    /// The notice was accepted before: its stored answer.
    case repeated(StoredAnswer)
    case refused(Refusal)
}

extension CommitOutcome {
    var opensClaim: Bool {
        guard case .committed(let receipt) = self else { return false }
        return receipt.opensClaim
    }

    var recallsBatch: Bool {
        guard case .committed(let receipt) = self else { return false }
        return !receipt.recalledBatches.isEmpty
    }
}

/// Why a change was not made, though its neighbours were.
public enum Refusal: Sendable, Equatable {
    /// The webhook id was used for another body.
    case otherBody
    /// The idempotency key was used for another act.
    case otherAct
    /// The lease ended and somebody else has the check, or it is done.
    case leaseLost
    /// The self-test budget of the order is spent; nil when it never refills.
    case budgetSpent(availableAt: Instant?)
    case unknown
    /// Items whose remedy waits for no code of theirs, by place; nothing of the notice was taken.
    case otherRemedy([Int])
    /// Items whose codes may not be handed over now; nothing of the notice was taken.
    case stockBlocked([HandOverBlock])
    /// The claim's state does not allow the event; why, as a stable reason code.
    case notAllowed(reason: String)
    /// The store could not make this one change; nothing of it was written.
    case failed(reason: String)
}

/// Two records of one change that contradict each other. The change alone is refused and nothing of
/// it is written: a contradiction in one claim is no reason to stop for everybody.
public struct ChangeContradiction: Error, Sendable {
    /// What does not fit, as a stable word.
    public let what: String
}

/// What was written, with the proof of its leaf, which is complete at commit.
public struct Receipt: Sendable {
    /// For an admission: the answer that a repeat gets again.
    public var answer: StoredAnswer?
    public var proof: ReceiptProof?
    /// For a check: what stands now.
    public var decision: ItemDecision?
    /// For a consent: as recorded.
    public var consent: ConsentRecord?
    /// The order that a consent made or a word was about, as it stands now.
    public var redemption: RedemptionRecord?
    /// The file that was added, or that was there already.
    public var attachment: AttachmentRecord?
    /// What became of a request to erase.
    public var erasure: ErasureResult?
    /// The batch as it stands now.
    public var batch: StockBatchRecord?
    /// The incident as it stands now.
    public var incident: IncidentRecord?
    /// Batches that are recalled from now on, and whose holders are to be told.
    public var recalledBatches: [BatchID] = []
    /// What became of a problem that a person reported.
    public var reportedProblem: ReportedProblemOutcome?
    /// The same was done before: nothing was written.
    public var isRepeat = false
    /// Checks that now wait for a worker.
    public var enqueued: [CheckID]
    /// The adapters that these wait for, once a check.
    public var askedAdapters: [String]
    /// Cards that were read with an admission, and count as checks.
    var readings: [CardReading]
    /// Whether an event now waits to be sent.
    public var hasEvents: Bool
    /// Why the act itself was refused, where all that was written is that it came.
    public var refusal: Refusal?
    /// Whether a claim was opened: its evidence wants an outside time soon.
    public var opensClaim = false

    public init() {
        enqueued = []
        askedAdapters = []
        readings = []
        hasEvents = false
    }
}

/// All that the 202 of a notice says.
public struct StoredAnswer: Sendable {
    public var platform: PlatformNumber
    public var delivery: DeliveryID
    /// The `items` of the answer, as JSON.
    public var items: [UInt8]
    public var ignored: [UInt8]
    public var leafIndex: UInt64

    public init(
        platform: PlatformNumber,
        delivery: DeliveryID,
        items: [UInt8],
        ignored: [UInt8],
        leafIndex: UInt64
    ) {
        self.platform = platform
        self.delivery = delivery
        self.items = items
        self.ignored = ignored
        self.leafIndex = leafIndex
    }

    init(_ notice: NoticeRecord) {
        self.init(
            platform: notice.platform,
            delivery: notice.delivery,
            items: notice.answerItems,
            ignored: notice.answerIgnored,
            leafIndex: notice.leafIndex
        )
    }
}

/// The parts of a leaf's `.tlog-proof`, shared by all receipts of one commit.
public struct ReceiptProof: Sendable {
    public var leaf: SealedLeaf
    /// The running index of the leaf.
    public var index: UInt64
    /// The log that it lies in.
    public var log: LogRecord
    public var batch: TreeBatch
    /// Parsed and written once for all receipts of the commit.
    public var checkpoint: SignedCheckpoint
}
