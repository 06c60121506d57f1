public import WireFormat

/// Why the store could not do what was asked. Nothing was written.
public enum StoreError: Error, Sendable, Equatable {
    /// Cannot write now (disk full, busy, closing) and may later: callers answer 503.
    case unavailable(String)
    /// What was acknowledged may not be durable (a failed fsync), or the store contradicts
    /// itself: the process must stop acknowledging and end. Never retried.
    case broken(String)
}

/// Durable memory, which is also the evidence log (DESIGN §3).
///
/// The demands on a driver: `commit` is atomic for the whole batch, serialisable across
/// processes, and durable (fsync) once it returns; unique constraints, not checks, decide
/// between two callers; a caller that goes away never rolls a batch back.
public protocol Store: StoreReading, CosignatureStore {
    /// Yields once when what was acknowledged may not be durable, whoever had written: the process
    /// must end (``StoreError/broken(_:)``).
    var failure: AsyncStream<StoreError> { get }

    /// Makes all changes true in one transaction, in order, with their leaves, tiles and signed
    /// checkpoints. One outcome a change, in the same order. A refused change costs its
    /// neighbours nothing.
    /// - Throws: ``StoreError`` only when nothing was written.
    func commit(_ changes: [Change]) async throws(StoreError) -> [CommitOutcome]

    /// Takes up to `limit` due checks of one adapter (nil: of products that none answers for)
    /// and marks them as held until `leasedUntil`: those never asked first, then by due time.
    /// Expired leases are due again. A lease need not
    /// survive a crash: who held it is gone then too.
    func leaseChecks(
        adapter: String?,
        limit: Int,
        now: Instant,
        until leasedUntil: Instant
    ) async throws(StoreError) -> [LeasedCheck]

    /// Gives leases back untouched, due at once.
    func releaseChecks(_ checks: [CheckID], leasedUntil: Instant) async throws(StoreError)

    /// Takes up to `limit` due orders of one adapter and marks them as held until `leasedUntil`, by
    /// due time; those of one phase, or of both. As with checks, expired leases are due again, and
    /// a lease need not survive a crash; an order's state does, so that one that was intended is
    /// never planned again.
    func leaseRedemptions(
        adapter: String,
        in phase: RedemptionPhase?,
        limit: Int,
        now: Instant,
        until leasedUntil: Instant
    ) async throws(StoreError) -> [LeasedRedemption]

    /// Gives leases on orders back, due at once, in whatever state the orders are.
    func releaseRedemptions(
        _ orders: [RedemptionNumber],
        leasedUntil: Instant
    ) async throws(StoreError)

    /// Takes up to `limit` events of these platforms that are due, and postpones them to `until`,
    /// so that a sender that dies loses nothing.
    func leaseEvents(
        of platforms: [PlatformNumber],
        limit: Int,
        now: Instant,
        until: Instant
    ) async throws(StoreError) -> [EventRecord]

    /// Writes down how attempts to send ended.
    func record(_ attempts: [EventAttempt]) async throws(StoreError)

    /// Adds a platform; the store gives it its number.
    /// - Returns: nil when the name or the origin is taken.
    func addPlatform(_ platform: PlatformRecord) async throws(StoreError) -> PlatformRecord?

    /// Gives a platform its first log: a signed checkpoint of size 0. Does nothing when it has one.
    func beginLog(_ log: LogRecord) async throws(StoreError)

    /// Ends a platform's open log and begins the next, all in one transaction
    /// (``Ledger/rotateLog(_:)``): before it the old log is open under the old key, after it the
    /// new one, and the store has the old log's private key no more.
    /// - Returns: the log that began; nil when the one to end is not open, or the origin is taken:
    ///   then nothing changed.
    func rotateLog(_ rotation: LogRotation) async throws(StoreError) -> LogRecord?

    /// Replaces what may change of a platform: sealed secrets and events address.
    func updatePlatform(_ platform: PlatformRecord) async throws(StoreError)

    /// Keeps the sealed deployment secrets unless some are there; returns those that stand.
    func keepDeploymentSecrets(_ sealed: [UInt8]) async throws(StoreError) -> [UInt8]

    /// Keeps a shop's message for the operator; one that is kept already stays as it is.
    /// - Returns: false when the platform has as many as it may have.
    func keepQuarantined(_ record: QuarantineRecord) async throws(StoreError) -> Bool
    func removeQuarantined(number: Int64) async throws(StoreError)

    /// Replaces all sealed secrets by what `rewrap` makes of them, in one transaction.
    ///
    /// - Parameter rewrap: nil leaves everything as it is.
    /// - Returns: what stands now; nil when nothing was replaced.
    func rewrapSecrets(
        _ rewrap: @escaping @Sendable (SealedSecrets) -> SealedSecrets?
    ) async throws(StoreError) -> SealedSecrets?

    /// Overwrites what erased rows have left in the driver's files.
    ///
    /// - Parameter isRewrite: also when that takes as long as the whole store is large.
    func removeTraces(rewriting isRewrite: Bool) async throws(StoreError) -> TraceRemoval

    /// Adds an account that acts on claims.
    /// - Returns: false when the platform has one of that name.
    func addPartyAccount(_ account: PartyAccount) async throws(StoreError) -> Bool
    /// - Returns: false when there is none of that name, or it was revoked before.
    func revokePartyAccount(
        platform: PlatformNumber,
        name: String,
        at instant: Instant
    ) async throws(StoreError) -> Bool

    /// Keeps a policy's canonical text under its hash; policies are never changed.
    func keepPolicy(hash: [UInt8], text: [UInt8]) async throws(StoreError)
}

/// How far the traces of erased rows are gone from a driver's files.
public enum TraceRemoval: String, Sendable, Hashable {
    case complete
    /// Deleted rows are overwritten and the log is empty; copies that pages kept when rows moved
    /// go when the file is rewritten.
    case fileNotRewritten = "file_not_rewritten"
    /// Somebody reads the store, and the write-ahead log cannot be emptied before he has done.
    case logInUse = "log_in_use"
}
