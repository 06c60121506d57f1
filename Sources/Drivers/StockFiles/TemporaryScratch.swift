public import Gateway

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Scratch files of one folder. Each is unlinked as soon as it is open, so that nothing stays
/// behind, not even after a crash.
public struct TemporaryScratch: ScratchSpace {
    private let folder: String

    /// - Parameter folder: best on a disk: on many machines `/tmp` is memory.
    public init(folder: String) { self.folder = folder }

    public func makeFile() throws -> any ScratchFile {
        TemporaryScratchFile(descriptor: try Self.unnamedFile(in: folder), folder: folder)
    }

    /// A file without a name, readable by its owner alone, that is gone with its descriptor.
    /// - Throws: ``StockFileError``.
    static func unnamedFile(in folder: String) throws -> Int32 {
        // mkstemp(3) asks for a name that ends in six X, and puts its own symbols there.
        var template = Array("\(folder)/cardproof-audit-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else {
            throw StockFileError(path: folder, doing: "no scratch file can be made")
        }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }
}

private final class TemporaryScratchFile: ScratchFile {
    private let descriptor: Int32
    private let folder: String
    private var count = 0

    init(descriptor: Int32, folder: String) {
        self.descriptor = descriptor
        self.folder = folder
    }

    deinit { close(descriptor) }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let written = pwrite(descriptor, rest.baseAddress, rest.count, off_t(count))
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                throw StockFileError(path: folder, doing: "the scratch file cannot be written")
            }
            count += written
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
        var done = 0
        while done < buffer.count {
            let taken = pread(
                descriptor,
                buffer.baseAddress.map { $0 + done },
                buffer.count - done,
                off_t(offset + done)
            )
            if taken < 0, errno == EINTR { continue }
            guard taken > 0 else {
                throw StockFileError(path: folder, doing: "the scratch file cannot be read back")
            }
            done += taken
        }
    }
}
