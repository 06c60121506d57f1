import Foundation
public import Gateway

/// Sealed attachments as files of a folder, named by their identifiers, readable by their owner
/// alone.
public struct AttachmentFolder: AttachmentVault {
    private let path: String

    /// - Parameter path: Made when the first file comes.
    public init(path: String) {
        self.path = path
    }

    public func create(_ id: AttachmentID) async throws(StoreError) -> any AttachmentWriter {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw .unavailable("the folder of attachments cannot be made")
        }
        return try AttachmentFile(path: file(id), folder: path)
    }

    public func read(_ id: AttachmentID) async throws(StoreError) -> [UInt8]? {
        guard FileManager.default.fileExists(atPath: file(id)) else { return nil }
        do {
            return Array(try Data(contentsOf: URL(fileURLWithPath: file(id))))
        } catch {
            throw .unavailable("an attachment cannot be read")
        }
    }

    /// The sealed file, for an auditor; nil when it cannot be read.
    public func sealedBytes(of id: AttachmentID) -> [UInt8]? {
        (try? Data(contentsOf: URL(fileURLWithPath: file(id)))).map { Array($0) }
    }

    public func remove(_ id: AttachmentID) async throws(StoreError) {
        guard unlink(file(id)) != 0, errno != ENOENT else { return }
        throw .unavailable("an attachment cannot be removed (errno \(errno))")
    }

    private func file(_ id: AttachmentID) -> String { "\(path)/\(id.text)" }
}

/// One open file. Its writes come one after the other, from whoever receives the content.
private struct AttachmentFile: AttachmentWriter {
    private let handle: FileHandle
    private let folder: String

    init(path: String, folder: String) throws(StoreError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw .unavailable("an attachment cannot be written (errno \(errno))")
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        self.folder = folder
    }

    func append(_ bytes: [UInt8]) async throws(StoreError) {
        do {
            try handle.write(contentsOf: bytes)
        } catch {
            throw .unavailable("an attachment cannot be written")
        }
    }

    /// The row that names the file is written after this returns, so a file that is not durable is
    /// only one that nobody knows; a failed flush costs this attachment and no more.
    func finish() async throws(StoreError) {
        guard fsync(handle.fileDescriptor) == 0 else {
            throw .unavailable("the disk did not confirm an attachment (errno \(errno))")
        }
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else {
            throw .unavailable("the folder of attachments cannot be opened (errno \(errno))")
        }
        defer { close(directory) }
        guard fsync(directory) == 0 else {
            throw .unavailable("the disk did not confirm an attachment's name (errno \(errno))")
        }
    }
}
