import CCurl
import CProcess
public import Crypto
public import Gateway
import Glibc
import WireFormat

// The C part of Foundation declares `struct stat` too, and either may count as its home.
#if canImport(CoreFoundation)
import CoreFoundation
#endif

/// The file with the master key: one line of base64, 32 octets.
///
/// This room (`Drivers/Keys`) holds what the gateway takes from the machine itself: its master
/// key, random octets and the time.
///
/// The master key wraps every platform's key. Whoever reads the file reads everything; whoever
/// loses it loses everything sealed under it. So it is made once, never overwritten, and refused
/// when others than its owner can read it.
public struct MasterKeyFile: Sendable, Hashable {
    /// Who put the file where it is, and so which permissions it can have.
    public enum Origin: Sendable, Hashable {
        /// A file of the gateway's own: nobody but its owner may read it.
        case ownFile
        /// A credential of systemd (`LoadCredential=`), which lies in a directory that only the
        /// service's user can enter. systemd gives that user access by an ACL, and the ACL's mask
        /// shows as read permission of the group.
        case systemdCredential
    }

    /// Octets of a master key.
    public static let keyBytes = 32
    /// The credential's name under `$CREDENTIALS_DIRECTORY`.
    public static let credentialName = "master.key"
    /// 32 octets are 44 symbols and a line end; a larger file is something else.
    static let fileBytesLimit = 256

    public let path: String
    public let origin: Origin

    /// A file of the gateway's own.
    public init(path: String) {
        self.path = path
        origin = .ownFile
    }

    /// The credential `master.key` in systemd's `$CREDENTIALS_DIRECTORY`.
    public init(credentialsDirectory: String) {
        path = "\(credentialsDirectory)/\(Self.credentialName)"
        origin = .systemdCredential
    }

    /// Reads the key.
    ///
    /// - Throws: `MasterKeyError`; none of its texts shows what the file holds.
    public func read() throws(MasterKeyError) -> SymmetricKey {
        // Not to wait for a writer should the path be a pipe.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw openFailure(errno) }
        defer { close(descriptor) }
        try checkStatus(descriptor)
        var content = [UInt8](repeating: 0, count: Self.fileBytesLimit + 1)
        defer { wipe(&content) }
        let count = try fill(&content, from: descriptor)
        guard count <= Self.fileBytesLimit else { throw .notAKey(path: path) }
        var line = content[..<count]
        if line.last == UInt8(ascii: "\n") { line.removeLast() }
        guard var key = Base64.decode(String(decoding: line, as: UTF8.self)),
            key.count == Self.keyBytes
        else { throw .notAKey(path: path) }
        defer { wipe(&key) }
        return SymmetricKey(data: key)
    }

    /// Makes a key and its file, readable by its owner alone, and returns once both the file and
    /// its name are on disk.
    ///
    /// - Throws: `alreadyExists` when there is a file, whatever it holds; `cannotWrite`, after
    ///   which there is no file.
    public func create(using random: some RandomSource) throws(MasterKeyError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { throw .alreadyExists(path: path) }
            throw .cannotWrite(path: path, reason: SystemReason.text(errno))
        }
        var key = random.bytes(Self.keyBytes)
        defer { wipe(&key) }
        var line = Array((Base64.encode(key) + "\n").utf8)
        defer { wipe(&line) }
        let failure = Self.write(line, to: descriptor)
        close(descriptor)
        if let failure = failure ?? Self.synchroniseDirectory(of: path) {
            // Only what this call has just made exclusively.
            unlink(path)
            throw .cannotWrite(path: path, reason: SystemReason.text(failure))
        }
    }

    private func openFailure(_ number: Int32) -> MasterKeyError {
        switch number {
        case ENOENT, ENOTDIR: .missing(path: path, origin: origin)
        default: .cannotRead(path: path, reason: SystemReason.text(number))
        }
    }

    /// Judges the file that was opened, not the path, which may lead elsewhere by now.
    private func checkStatus(_ descriptor: Int32) throws(MasterKeyError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .cannotRead(path: path, reason: SystemReason.text(errno))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw .foreignOwner(path: path, owner: status.st_uid)
        }
        let allowed: mode_t =
            switch origin {
            case .ownFile: 0o600
            case .systemdCredential: 0o640
            }
        let permissions = status.st_mode & 0o777
        guard permissions & ~allowed == 0 else {
            throw .readableByOthers(path: path, permissions: UInt32(permissions))
        }
    }

    private func fill(
        _ content: inout [UInt8],
        from descriptor: Int32
    ) throws(MasterKeyError) -> Int {
        var count = 0
        while count < content.count {
            let received = content.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            if received == 0 { break }
            if received < 0, errno == EINTR { continue }
            guard received > 0 else {
                throw .cannotRead(path: path, reason: SystemReason.text(errno))
            }
            count += received
        }
        return count
    }

    /// The error number of what failed, nil when the octets are on disk.
    private static func write(_ octets: [UInt8], to descriptor: Int32) -> Int32? {
        var rest = octets[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return errno }
            rest = rest.dropFirst(written)
        }
        return fsync(descriptor) == 0 ? nil : errno
    }

    /// Without it the file's name may be gone after a power failure, and the key with it.
    static func synchroniseDirectory(of path: String) -> Int32? {
        let directory =
            switch path.lastIndex(of: "/") {
            case nil: "."
            case path.startIndex?: "/"
            case let slash?: String(path[..<slash])
            }
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        return fsync(descriptor) == 0 ? nil : errno
    }
}

private func wipe(_ octets: inout [UInt8]) {
    octets.withUnsafeMutableBytes { buffer in
        if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
    }
}
