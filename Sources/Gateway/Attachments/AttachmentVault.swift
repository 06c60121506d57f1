/// Where sealed attachments lie: files beside the store, so that a recording never passes through
/// the one thread that writes.
///
/// A driver writes what it is given and knows no key. A file without a row in the store is one
/// whose sender went away; ``AttachmentVault/remove(_:)`` may take it at any time.
public protocol AttachmentVault: Sendable {
    /// Begins a file.
    /// - Throws: ``StoreError`` when nothing can be written.
    func create(_ id: AttachmentID) async throws(StoreError) -> any AttachmentWriter

    /// The whole sealed file; nil when there is none.
    /// - Throws: ``StoreError``.
    func read(_ id: AttachmentID) async throws(StoreError) -> [UInt8]?

    /// Removes a file; one that is not there is removed already.
    /// - Throws: ``StoreError``.
    func remove(_ id: AttachmentID) async throws(StoreError)
}

/// A file that is being written.
public protocol AttachmentWriter: Sendable {
    func append(_ bytes: [UInt8]) async throws(StoreError)
    /// Returns when the file and its name are durable.
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
}
