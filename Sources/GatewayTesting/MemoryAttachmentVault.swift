public import Gateway
import Synchronization

/// Attachments in memory.
public final class MemoryAttachmentVault: AttachmentVault {
    private let files = Mutex<[AttachmentID: [UInt8]]>([:])
    private let unfinished = Mutex<[AttachmentID: [UInt8]]>([:])

    public init() {}

    public var count: Int { files.withLock { $0.count } }

    public func create(_ id: AttachmentID) async throws(StoreError) -> any AttachmentWriter {
        unfinished.withLock { $0[id] = [] }
        return Writer(vault: self, id: id)
    }

    public func read(_ id: AttachmentID) async throws(StoreError) -> [UInt8]? {
        files.withLock { $0[id] }
    }

    public func remove(_ id: AttachmentID) async throws(StoreError) {
        files.withLock { $0[id] = nil }
        unfinished.withLock { $0[id] = nil }
    }

    public func removeUnfinished() async throws(StoreError) -> Int {
        unfinished.withLock { unfinished in
            defer { unfinished = [:] }
            return unfinished.count
        }
    }

    private struct Writer: AttachmentWriter {
        let vault: MemoryAttachmentVault
        let id: AttachmentID

        func append(_ bytes: [UInt8]) async throws(StoreError) {
            vault.unfinished.withLock { $0[id]?.append(contentsOf: bytes) }
        }

        func finish() async throws(StoreError) {
            let bytes = vault.unfinished.withLock { $0.removeValue(forKey: id) }
            vault.files.withLock { $0[id] = bytes }
        }
    }
}
