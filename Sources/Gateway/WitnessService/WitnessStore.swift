public import EvidenceLog

/// The memory of a witness: of each log, the checkpoint that it cosigned last.
///
/// What a driver owes: `advance` is one transaction from reading to writing, serialisable with
/// every other one, and durable (fsync) once it returns. A witness that forgets cosigns a fork.
public protocol WitnessStore: Sendable {
    /// Reads what was cosigned last of `origin`, and keeps what `decide` makes of it.
    /// - Throws: ``StoreError``, or what `decide` threw; nothing was written then.
    func advance(
        origin: String,
        _ decide: @escaping @Sendable (WitnessedHead?) throws -> WitnessedCheckpoint
    ) async throws -> WitnessedCheckpoint

    /// The last cosigned checkpoint of the log whose origin has this SHA-256, as it was kept.
    func checkpoint(originHash: [UInt8]) async throws(StoreError) -> [UInt8]?
}

/// A checkpoint that a witness has cosigned.
public struct WitnessedCheckpoint: Sendable {
    public let head: WitnessedHead
    /// With the log's signatures and the witness's.
    public let note: [UInt8]

    public init(head: WitnessedHead, note: [UInt8]) {
        self.head = head
        self.note = note
    }
}
