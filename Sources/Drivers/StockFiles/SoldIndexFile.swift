import CCurl
import CProcess
public import Gateway

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
// The C part of Foundation declares `struct stat` too, and either may count as its home.
#if canImport(CoreFoundation)
import CoreFoundation
#endif

/// An index on disk, open for reading. Who replaces it meanwhile does not disturb it.
public final class SoldIndexFile: SoldIndexBytes {
    public let path: String
    public let byteCount: Int
    private let descriptor: Int32

    /// - Throws: ``StockFileError`` when it cannot be opened, or is no regular file.
    public init(path: String) throws {
        let descriptor = FileSource.retrying { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else {
            throw StockFileError(path: path, doing: "cannot be opened")
        }
        guard let status = FileIdentity(of: descriptor), status.kind == .regular else {
            close(descriptor)
            throw StockFileError(path: path, message: "is not a regular file")
        }
        self.path = path
        self.descriptor = descriptor
        byteCount = status.byteCount
    }

    deinit { close(descriptor) }

    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var done = 0
        while done < buffer.count, let start = buffer.baseAddress {
            let taken = pread(descriptor, start + done, buffer.count - done, off_t(offset + done))
            if taken < 0, errno == EINTR { continue }
            guard taken >= 0 else { throw StockFileError(path: path, doing: "reading failed") }
            if taken == 0 { break }
            done += taken
        }
        return done
    }
}

/// A new index beside the one it will replace: `PATH.new`, locked, until it is whole. A process
/// that dies leaves the old index as it was; the next one takes the name over.
public final class SoldIndexReplacement: SoldIndexTarget {
    private let path: String
    private let newPath: String
    private let descriptor: Int32
    private var isPublished = false
    private var buffer: [UInt8] = []
    private var written = 0

    private static let bufferBytes = 1 << 20

    /// Takes the lock; whoever reads the old index in order to continue it opens it after this.
    ///
    /// - Throws: ``StockFileError`` when the folder cannot be written, or another process is at
    ///   the same index.
    public init(path: String) throws {
        self.path = path
        newPath = path + ".new"
        descriptor = try Self.lock(newPath, for: path)
        guard ftruncate(descriptor, 0) == 0 else {
            throw StockFileError(path: newPath, doing: "cannot be written")
        }
        buffer.reserveCapacity(Self.bufferBytes)
    }

    deinit {
        // Under the lock, so the name is still ours.
        if !isPublished { unlink(newPath) }
        close(descriptor)
    }

    private static func lock(_ newPath: String, for path: String) throws -> Int32 {
        while true {
            let descriptor = FileSource.retrying {
                open(newPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            }
            guard descriptor >= 0 else {
                throw StockFileError(path: newPath, doing: "cannot be made")
            }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                close(descriptor)
                throw StockFileError(
                    path: path,
                    message: "is being updated by another process; try again when it has ended"
                )
            }
            // Whoever held the lock before may have moved the file away.
            if isSame(descriptor, newPath) { return descriptor }
            close(descriptor)
        }
    }

    private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
        var (held, named) = (stat(), stat())
        return fstat(descriptor, &held) == 0 && lstat(path, &named) == 0
            && held.st_ino == named.st_ino && held.st_dev == named.st_dev
    }

    public func append(_ bytes: UnsafeRawBufferPointer) throws {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    private func flush() throws {
        try buffer.withUnsafeBytes { try write($0, at: written) }
        written += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
        var rest = bytes
        while !rest.isEmpty {
            let place = off_t(offset + bytes.count - rest.count)
            let count = pwrite(descriptor, rest.baseAddress, rest.count, place)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw StockFileError(path: newPath, doing: "cannot be written") }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    public func publish(header: [UInt8]) throws {
        try flush()
        try header.withUnsafeBytes { try write($0, at: 0) }
        guard fsync(descriptor) == 0 else {
            throw StockFileError(path: newPath, doing: "cannot be written")
        }
        guard rename(newPath, path) == 0 else {
            throw StockFileError(path: path, doing: "cannot be replaced")
        }
        isPublished = true
        guard MasterKeyFile.synchroniseDirectory(of: path) == nil else {
            throw StockFileError(path: path, doing: "its folder cannot be written")
        }
    }
}
