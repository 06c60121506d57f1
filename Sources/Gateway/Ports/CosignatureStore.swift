/// Keeps what witnesses say of the platforms' logs. A part of ``Store``.
public protocol CosignatureStore: CosignatureReading {
    /// Keeps a cosignature of a published checkpoint, moves the witness's position up to it, and
    /// marks the checkpoint when it now has the quorum: all in one transaction. A second
    /// cosignature of one checkpoint by one witness is not kept, since the earlier one says more.
    /// - Throws: ``StoreError``, `unavailable` when no checkpoint of that size was published.
    func keepCosignature(
        _ cosignature: CosignatureRecord,
        quorum: WitnessQuorum
    ) async throws(StoreError)
}

/// What is known of cosignatures. A part of ``StoreReading``.
public protocol CosignatureReading: Sendable {
    /// How far each witness has come in each log.
    func witnessPositions() async throws(StoreError) -> [WitnessPosition]

    /// Cosignatures of the checkpoint of exactly this size, in the order of the witnesses' keys.
    func cosignatures(
        of platform: PlatformNumber,
        size: UInt64
    ) async throws(StoreError) -> [CosignatureRecord]

    /// The smallest published checkpoint of at least `size` that was cosigned by this quorum, with
    /// all its cosignatures as signature lines of the note; nil when there is none yet.
    func cosignedCheckpoint(
        of platform: PlatformNumber,
        atLeast size: UInt64,
        by quorum: WitnessQuorum
    ) async throws(StoreError) -> (size: UInt64, note: [UInt8])?
}
