/// Where sealed attachments lie: files beside the store, so that a recording never passes through
/// the one thread that writes.
///
/// A driver writes what it is given and knows no key. A file is there once it was finished; what
/// is left of one that was not is swept at the next start.
public protocol AttachmentVault: Sendable {
    /// Begins a file.
    /// - Throws: ``StoreError`` when nothing can be written.
    func create(_ id: AttachmentID) async throws(StoreError) -> any AttachmentWriter

    /// The whole sealed file; nil when there is none.
    /// - Throws: ``StoreError``.
    func read(_ id: AttachmentID) async throws(StoreError) -> [UInt8]?

    /// Removes a file, finished or not; one that is not there is removed already.
    /// - Throws: ``StoreError``.
    func remove(_ id: AttachmentID) async throws(StoreError)

    /// Removes what is left of files whose senders went away; nobody may be sending.
    /// - Returns: how many there were.
    /// - Throws: ``StoreError``.
    func removeUnfinished() async throws(StoreError) -> Int
}

/// A file that is being written.
public protocol AttachmentWriter: Sendable {
    func append(_ bytes: [UInt8]) async throws(StoreError)
    /// Returns when the file is there, and it and its name are durable.
    func finish() async throws(StoreError)
}

/// For gateways that keep no attachments, such as the one a self-test embeds.
public struct NoAttachmentVault: AttachmentVault {
    public init() {}

    public func create(_ id: AttachmentID) async throws(StoreError) -> any AttachmentWriter {
        throw .unavailable("attachments are not kept here")
    }

    public func read(_ id: AttachmentID) async throws(StoreError) -> [UInt8]? { nil }
    public func remove(_ id: AttachmentID) async throws(StoreError) {}
    public func removeUnfinished() async throws(StoreError) -> Int { 0 }
}
