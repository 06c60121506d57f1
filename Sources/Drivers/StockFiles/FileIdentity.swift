import CCurl
import CProcess

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
// The C part of Foundation declares `struct stat` too, and either may count as its home.
#if canImport(CoreFoundation)
import CoreFoundation
#endif

/// Tells a file from another one, and from what it was before somebody wrote to it.
struct FileIdentity: Sendable, Equatable {
    /// What kind of file it is; only regular ones and directories are told apart from the rest.
    enum Kind: Sendable { case regular, directory, other }

    let kind: Kind
    let inode: UInt64
    let byteCount: Int
    private let seconds: Int
    private let nanoseconds: Int

    /// Nil when the system does not say; `errno` then tells why.
    init?(of descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            default: .other
            }
        inode = UInt64(status.st_ino)
        byteCount = Int(status.st_size)
        seconds = Int(status.st_mtim.tv_sec)
        nanoseconds = Int(status.st_mtim.tv_nsec)
    }
}
