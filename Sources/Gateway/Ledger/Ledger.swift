import CardModel
import EvidenceLog
public import WireFormat

/// Applies changes inside one transaction of a driver: every decision of the store in one place,
/// over rows that any driver can offer (DESIGN §3).
///
/// A driver begins a transaction, calls ``apply(_:)`` for each change, then ``finish(at:)``,
/// which appends the leaves to their logs and has the checkpoints signed, and commits. When
/// anything throws, the driver rolls back and forgets the ledger.
public struct Ledger<Transaction: StoreTransaction> {
    let transaction: Transaction
    let signer: any CheckpointSigner
    private var appended: [PlatformNumber: PendingLeaves] = [:]
    /// Outcomes of each platform, as far as this batch has asked for them.
    var outcomeCounts: [PlatformNumber: Int] = [:]
    /// Incidents of each platform, as far as this batch has asked for them.
    var knownIncidents: [PlatformNumber: KnownIncidents] = [:]

    /// Leaves of one platform that wait for the end of the batch.
    private struct PendingLeaves {
        let head: LogHead
        var hashes: [TreeHash] = []

        var nextIndex: UInt64 { head.end + UInt64(hashes.count) }
    }

    public init(transaction: Transaction, signer: any CheckpointSigner) {
        self.transaction = transaction
        self.signer = signer
    }

    /// The outcome of a change, but for the proof of its leaf, which ``finish(at:)`` completes.
    public mutating func apply(_ change: Change) throws -> PendingOutcome {
        switch change {
        case .admit(let admission): try admit(admission)
        case .recordCheck(let outcome): try record(outcome)
        case .requestSelfTest(let request): try requestSelfTest(request)
        case .advanceClaim(let advance): try self.advance(advance)
        case .reportProblem(let report): try self.take(report)
        case .postDeposit(let change): try post(change)
        case .giveConsent(let grant): try give(grant)
        case .intendRedemption(let intent): try intend(intent)
        case .recordRedemption(let word): try record(word)
        case .reportAdapter(let report): try self.report(report)
        case .makeReasksDue(let adapter, let instant):
            try makeReasksDue(of: adapter, at: instant)
        case .attach(let attaching): try attach(attaching)
        case .erase(let order): try erase(order)
        case .recordTimeStamp(let report): try record(report)
        case .recordHealth(let report): try record(report)
        case .stock(let stock): try self.change(stock)
        case .incident(let incident): try self.change(incident)
        }
    }

    /// Appends what the batch brought to the trees, signs, and completes the outcomes.
    public mutating func finish(
        _ outcomes: [PendingOutcome],
        at instant: Instant
    ) throws -> [CommitOutcome] {
        var batches: [PlatformNumber: CommittedBatch] = [:]
        // In platform order, so that two nodes lock heads in the same order.
        for (platform, pending) in appended.sorted(by: { $0.key < $1.key }) {
            let log = pending.head.log
            let batch = TreeBatch(before: pending.head.range, leaves: pending.hashes)
            var level = 1
            while batch.after.size >> UInt64(8 * level) > 0 {
                for node in batch.completedNodes(tileLevel: level) {
                    try transaction.insertNode(
                        node.hash,
                        level: level,
                        index: log.firstNode(level: level) + node.index,
                        platform: platform
                    )
                }
                level += 1
            }
            let checkpoint = try signer.signCheckpoint(
                of: log.name,
                size: batch.after.size,
                root: batch.root
            )
            try transaction.update(
                LogHead(log: log, range: batch.after, checkpoint: checkpoint.serialized),
                of: platform,
                at: instant
            )
            batches[platform] = CommittedBatch(log: log, tree: batch, checkpoint: checkpoint)
        }
        return outcomes.map { $0.completed(with: batches) }
    }

    /// Lets the next leaves of a platform go into a log that has none yet.
    mutating func begin(_ log: LogRecord) {
        let head = LogHead(log: log, range: CompactRange(), checkpoint: [])
        appended[log.platform] = PendingLeaves(head: head)
    }

    /// The running index that the platform's next leaf takes.
    mutating func nextIndex(of platform: PlatformNumber) throws -> UInt64 {
        try appended[platform]?.nextIndex ?? transaction.logHead(of: platform).end
    }

    /// Writes a leaf at the platform's next free index.
    mutating func append(
        _ leaf: SealedLeaf,
        of owner: LeafOwner,
        platform: PlatformNumber
    ) throws -> UInt64 {
        let index = try nextIndex(of: platform)
        try transaction.insert(
            LogEntryRecord(
                leaf: leaf.bytes,
                hash: leaf.hash,
                sealedRecord: leaf.sealedRecord,
                owner: owner
            ),
            at: index,
            platform: platform
        )
        if appended[platform] == nil {
            appended[platform] = PendingLeaves(head: try transaction.logHead(of: platform))
        }
        // In place: a copy of the batch's hashes for every leaf would be quadratic.
        appended[platform]?.hashes.append(leaf.hash)
        return index
    }
}

/// What a transaction appends to one log.
struct CommittedBatch {
    let log: LogRecord
    let tree: TreeBatch
    let checkpoint: SignedCheckpoint
}

/// An outcome whose proof is not complete before the batch is.
public struct PendingOutcome: Sendable {
    var outcome: CommitOutcome
    var leaf: (leaf: SealedLeaf, index: UInt64, platform: PlatformNumber)?

    init(_ outcome: CommitOutcome) {
        self.outcome = outcome
    }

    /// A change of which the driver wrote nothing, though the batch goes on.
    public static func failed(reason: String) -> PendingOutcome {
        PendingOutcome(.refused(.failed(reason: reason)))
    }

    init(_ receipt: Receipt, leaf: SealedLeaf, index: UInt64, platform: PlatformNumber) {
        outcome = .committed(receipt)
        self.leaf = (leaf, index, platform)
    }

    func completed(with batches: [PlatformNumber: CommittedBatch]) -> CommitOutcome {
        guard case .committed(var receipt) = outcome, let leaf,
            let batch = batches[leaf.platform]
        else { return outcome }
        receipt.proof = ReceiptProof(
            leaf: leaf.leaf,
            index: leaf.index,
            log: batch.log,
            batch: batch.tree,
            checkpoint: batch.checkpoint
        )
        return .committed(receipt)
    }
}
