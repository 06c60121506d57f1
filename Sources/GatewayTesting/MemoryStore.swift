import EvidenceLog
public import Gateway
import Synchronization
public import WireFormat

/// For tests alone: memory in place of the world, and the conformance suite of the store.
///
/// ``MemoryStore`` keeps every promise of ``Gateway/Store`` but durability: it passes the same
/// suite as the drivers.
public final class MemoryStore: Store {
    private let rows = Mutex(MemoryRows())
    let signer: any CheckpointSigner
    private let time: any TimeSource
    /// The next commit throws this and writes nothing; once.
    private let nextFailure = Mutex<StoreError?>(nil)

    /// Memory does not break.
    public var failure: AsyncStream<StoreError> { AsyncStream { _ in } }

    public init(signer: any CheckpointSigner, time: any TimeSource) {
        self.signer = signer
        self.time = time
    }

    /// Makes the next commit fail.
    public func failNextCommit(with error: StoreError) {
        nextFailure.withLock { $0 = error }
    }

    public func commit(_ changes: [Change]) async throws(StoreError) -> [CommitOutcome] {
        if let error = nextFailure.withLock({ $0.take() }) { throw error }
        let now = time.now()
        let result = rows.withLock { rows in
            Result { () throws -> [CommitOutcome] in
                let transaction = MemoryTransaction(rows)
                var ledger = Ledger(transaction: transaction, signer: signer)
                var outcomes: [PendingOutcome] = []
                for change in changes {
                    let before = (rows: transaction.rows, ledger: ledger)
                    do {
                        outcomes.append(try ledger.apply(change))
                    } catch let error as StoreError {
                        throw error
                    } catch {
                        (transaction.rows, ledger) = before
                        outcomes.append(.failed(reason: "\(type(of: error))"))
                    }
                }
                let completed = try ledger.finish(outcomes, at: now)
                rows = transaction.rows
                return completed
            }
        }
        do { return try result.get() } catch let error as StoreError {
            throw error
        } catch {
            throw .unavailable("\(error)")
        }
    }

    public func leaseChecks(
        adapter: String?,
        limit: Int,
        now: Instant,
        until leasedUntil: Instant
    ) async throws(StoreError) -> [LeasedCheck] {
        rows.withLock { rows in
            let due = rows.checks.values.filter {
                $0.adapter == adapter && ($0.openDueAt.map { $0 <= now } ?? false)
            }
            return due.sorted {
                ($0.attempts == 0 ? 0 : 1, $0.dueAt, $0.id)
                    < ($1.attempts == 0 ? 0 : 1, $1.dueAt, $1.id)
            }.prefix(limit).compactMap {
                check in
                guard let item = rows.items.first(where: { $0.number == check.item }),
                    let delivery = rows.deliveries[item.delivery]
                else { return nil }
                let dueAt = check.openDueAt ?? now
                var check = check
                check.state = .leased
                check.leasedUntil = leasedUntil
                rows.checks[check.id] = check
                return LeasedCheck(
                    check: check,
                    dueAt: dueAt,
                    item: item,
                    orderID: delivery.orderID,
                    wrappedDataKey: rows.dataKeys[item.notice],
                    leasedUntil: leasedUntil
                )
            }
        }
    }

    public func releaseChecks(
        _ checks: [CheckID],
        leasedUntil: Instant
    ) async throws(StoreError) {
        let now = time.now()
        rows.withLock { rows in
            for id in checks where rows.checks[id]?.leasedUntil == leasedUntil {
                rows.checks[id]?.state = .pending
                rows.checks[id]?.leasedUntil = nil
                rows.checks[id]?.dueAt = now
            }
        }
    }

    public func leaseEvents(
        of platforms: [PlatformNumber],
        limit: Int,
        now: Instant,
        until: Instant
    ) async throws(StoreError) -> [EventRecord] {
        rows.withLock { rows in
            let due = rows.events.values
                .filter { $0.nextAttemptAt.map { $0 <= now } ?? false }
                .filter { platforms.contains($0.platform) }
                .sorted { $0.id < $1.id }.prefix(limit)
            for event in due { rows.events[event.id]?.nextAttemptAt = until }
            return Array(due)
        }
    }

    public func record(_ attempts: [EventAttempt]) async throws(StoreError) {
        rows.withLock { rows in
            for attempt in attempts { rows.record(attempt) }
        }
    }

    public func addPlatform(
        _ platform: PlatformRecord
    ) async throws(StoreError) -> PlatformRecord? {
        rows.withLock { rows in
            let isTaken =
                rows.platforms.contains {
                    $0.name == platform.name || $0.origin == platform.origin
                } || rows.logs.contains { $0.origin == platform.origin }
            guard !isTaken else { return nil }
            var added = platform
            added.number = PlatformNumber(rawValue: Int64(rows.platforms.count + 1))
            rows.platforms.append(added)
            return added
        }
    }

    public func updatePlatform(_ platform: PlatformRecord) async throws(StoreError) {
        rows.withLock { rows in
            for index in rows.platforms.indices
            where rows.platforms[index].number == platform.number {
                rows.platforms[index] = platform
            }
        }
    }

    public func keepDeploymentSecrets(_ sealed: [UInt8]) async throws(StoreError) -> [UInt8] {
        rows.withLock { rows in
            let standing = rows.deploymentSecrets ?? sealed
            rows.deploymentSecrets = standing
            return standing
        }
    }

    public func keepPolicy(hash: [UInt8], text: [UInt8]) async throws(StoreError) {
        rows.withLock { $0.policies[hash] = $0.policies[hash] ?? text }
    }

    func changing<Value: Sendable>(_ body: (inout MemoryRows) -> Value) -> Value {
        rows.withLock { body(&$0) }
    }

    func reading<Value: Sendable>(_ body: (MemoryRows) -> Value) -> Value {
        rows.withLock { body($0) }
    }

    var now: Instant { time.now() }
}
