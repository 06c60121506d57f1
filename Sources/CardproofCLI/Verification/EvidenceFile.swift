import EvidenceLog
import Foundation

// The C part of Foundation declares `struct stat` too, and either may count as its home.
#if canImport(CoreFoundation)
import CoreFoundation
#endif

/// A path that holds evidence, told apart by what it is.
enum EvidenceFile {
    case logFolder(LogFolder)
    case proof([UInt8])
    case checkpoint([UInt8])
    case bundle([UInt8])

    /// The first line of a `.tlog-proof` (https://c2sp.org/tlog-proof).
    private static let proofHeader = "c2sp.org/tlog-proof@"
    /// What every signature line of a note begins with (https://c2sp.org/signed-note).
    private static let signatureHead = Array("\n\u{2014} ".utf8)

    /// A damaged file is still evidence when its name or any of its marks says so: then the
    /// answer is that it does not verify.
    /// - Throws: ``CommandFailure`` with 64 when there is nothing, or nothing of ours.
    init(path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandFailure.usage("\(path): is not there")
        }
        if isFolder.boolValue {
            self = .logFolder(try Self.logFolder(at: path))
            return
        }
        let bytes = try Self.read(path)
        let name = (path as NSString).lastPathComponent
        switch Self.kind(of: bytes, name: name) {
        case .bundle: self = .bundle(bytes)
        case .proof: self = .proof(bytes)
        case .checkpoint: self = .checkpoint(bytes)
        case nil: throw Self.noEvidence(path)
        }
    }

    /// Files that hold a checkpoint.
    private enum Kind {
        case bundle
        case proof
        case checkpoint
    }

    /// What a file is by its name or its marks; nil when nothing says so.
    private static func kind(of bytes: [UInt8], name: String) -> Kind? {
        if bytes.starts(with: CanonicalArchive.magic) || name.hasSuffix(".zip") { return .bundle }
        if name.hasSuffix(".tlog-proof") || bytes.starts(with: Array(proofHeader.utf8)) {
            return .proof
        }
        let isCheckpoint =
            name == LogFolder.checkpointPath || name.hasSuffix(".checkpoint")
            || bytes.contains(signatureHead)
        return isCheckpoint ? .checkpoint : nil
    }

    /// What holds, what does not, and what was not looked at.
    func verify(
        key: NoteVerifierKey?,
        policy: LogPolicy?,
        authorities: TimeStampTrust?,
        older: [(name: String, bytes: [UInt8])]
    ) async -> EvidenceVerdict {
        switch self {
        case .logFolder(let folder):
            return .report(
                await folder.verify(
                    logKey: key,
                    policy: policy,
                    older: older,
                    workers: ProcessInfo.processInfo.activeProcessorCount
                )
            )
        case .bundle(let bytes):
            do throws(EvidenceError) {
                let bundle = try EvidenceBundle(bytes: bytes)
                return .report(
                    await bundle.verify(
                        logKey: key,
                        policy: policy,
                        authorities: authorities,
                        older: older
                    )
                )
            } catch {
                return .unreadable(error)
            }
        case .proof(let bytes):
            do throws(EvidenceError) {
                return .report(try LogProof(bytes: bytes).verify(logKey: key, policy: policy))
            } catch {
                return .unreadable(error)
            }
        case .checkpoint(let bytes):
            do throws(EvidenceError) {
                return .report(
                    try SignedCheckpoint(bytes: bytes)
                        .verify(logKey: key, policy: policy, older: older)
                )
            } catch {
                return .unreadable(error)
            }
        }
    }

    private static func logFolder(at path: String) throws -> LogFolder {
        let marks = [LogFolder.checkpointPath, LogFolder.tilePrefix]
        guard marks.contains(where: { FileManager.default.fileExists(atPath: "\(path)/\($0)") })
        else { throw noEvidence(path) }
        return LogFolder(DiskFolder(root: path))
    }

    private static func read(_ path: String) throws -> [UInt8] {
        let bytes = try SecretInput.bytes(
            from: path,
            name: "verify",
            limit: CanonicalArchive.largestByteCount
        )
        guard !bytes.isEmpty else { throw noEvidence(path) }
        return bytes
    }

    private static func noEvidence(_ path: String) -> CommandFailure {
        .usage(
            "\(path): is no evidence; a bundle, a .tlog-proof, a checkpoint or an exported log is "
                + "expected"
        )
    }
}

/// How a verification ended.
enum EvidenceVerdict {
    case report(VerificationReport)
    /// The file is not of its format any more.
    case unreadable(EvidenceError)

    var holds: Bool {
        switch self {
        case .report(let report): report.holds
        case .unreadable: false
        }
    }
}

/// An exported log on disk.
struct DiskFolder: LogFolderReader {
    let root: String

    /// Why a file of the log cannot be used.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The largest file of a log is an entry bundle of 256 entries of 64 KiB.
    private static let mostFileBytes = 256 * (65_535 + 2)

    func read(path: String) throws -> [UInt8]? {
        let descriptor = open("\(root)/\(path)", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw Failure(description: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(description: "is not a regular file")
        }
        guard status.st_size <= Self.mostFileBytes else {
            throw Failure(description: "is larger than \(Self.mostFileBytes) bytes")
        }
        return try Self.bytes(of: descriptor, count: Int(status.st_size))
    }

    /// The first `count` bytes, or all of a file that became shorter: read into place at once,
    /// because `FileHandle` reads 4 KiB a call.
    private static func bytes(of descriptor: Int32, count: Int) throws -> [UInt8] {
        try Array(unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let rest = UnsafeMutableBufferPointer(rebasing: buffer[filled...])
                let got = pread(descriptor, rest.baseAddress, rest.count, off_t(filled))
                guard got >= 0 || errno == EINTR else {
                    throw Failure(description: String(cString: strerror(errno)))
                }
                guard got != 0 else { return }
                filled += max(0, got)
            }
        }
    }

    func list(_ visit: (String) throws -> Void) throws {
        let url = URL(fileURLWithPath: root)
        guard
            let walk = FileManager.default.enumerator(atPath: url.path)
        else { throw Failure(description: "cannot be listed") }
        for case let path as String in walk {
            var isFolder: ObjCBool = false
            let full = "\(root)/\(path)"
            let exists = FileManager.default.fileExists(atPath: full, isDirectory: &isFolder)
            if exists, !isFolder.boolValue { try visit(path) }
        }
    }
}
