import Foundation
public import Gateway

/// Sealed attachments as files of a folder, named by their identifiers, readable by their owner
/// alone. One that is being received has another name until all of it is on the disk.
public struct AttachmentFolder: AttachmentVault {
    private let path: String

    /// - Parameter path: Made when the first file comes.
    public init(path: String) {
        self.path = path
    }

    public func create(_ id: AttachmentID) async throws(StoreError) -> any AttachmentWriter {
        try makeFolder()
        return try AttachmentFile(path: file(id), unfinished: unfinished(id), folder: path)
    }

    private func makeFolder() throws(StoreError) {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw .unavailable("the folder of attachments cannot be made")
        }
        try FolderFlush.flush(URL(fileURLWithPath: path).deletingLastPathComponent().path)
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
        for name in [unfinished(id), file(id)] {
            guard unlink(name) != 0, errno != ENOENT else { continue }
            throw .unavailable("an attachment cannot be removed (errno \(errno))")
        }
    }

    public func removeUnfinished() async throws(StoreError) -> Int {
        // No folder: nobody has sent anything yet.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let left = names.filter { $0.hasSuffix(Self.unfinishedSuffix) }
        for name in left where unlink("\(path)/\(name)") != 0 && errno != ENOENT {
            throw .unavailable("what is left of an attachment cannot be removed (errno \(errno))")
        }
        return left.count
    }

    private static let unfinishedSuffix = ".part"

    private func file(_ id: AttachmentID) -> String { "\(path)/\(id.text)" }
    private func unfinished(_ id: AttachmentID) -> String { file(id) + Self.unfinishedSuffix }
}

/// One open file. Its writes come one after the other, from whoever receives the content.
private struct AttachmentFile: AttachmentWriter {
    private let handle: FileHandle
    private let path: String
    private let unfinished: String
    private let folder: String

    init(path: String, unfinished: String, folder: String) throws(StoreError) {
        let descriptor = open(
            unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw .unavailable("an attachment cannot be written (errno \(errno))")
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        self.path = path
        self.unfinished = unfinished
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
        guard rename(unfinished, path) == 0 else {
            throw .unavailable("an attachment cannot be named (errno \(errno))")
        }
        try FolderFlush.flush(folder)
    }
}

private enum FolderFlush {
    /// Makes the names in a folder durable.
    static func flush(_ folder: String) throws(StoreError) {
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
