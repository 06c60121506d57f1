import Foundation

/// Where a report goes, in pieces.
///
/// A report on disk is written beside its place, as `PATH.PID.incomplete`, and put there when it
/// is finished: what stands at `PATH` is never half a report. When the output is released
/// unfinished, its file is removed. Pipes, terminals and devices are written to directly.
final class ReportOutput {
    /// Bytes gathered before a write.
    private static let pieceBytes = 256 << 10

    private let path: String
    private let descriptor: Int32
    /// The file written to and the one it becomes; nil where writing is direct.
    private var move: (from: String, to: String)?
    private var piece: [UInt8] = []
    private var isOpen = true

    /// - Parameter path: `-` is standard output.
    /// - Throws: ``AuditReportError`` when the file cannot be made.
    init(path: String) throws {
        self.path = path
        if path == "-" {
            descriptor = STDOUT_FILENO
            return
        }
        if let target = Self.replaceable(path) {
            let draft = "\(target).\(getpid()).incomplete"
            let made = Self.opened(draft)
            if made >= 0 {
                descriptor = made
                move = (draft, target)
                return
            }
        }
        // Not FileManager's `createFile`: it would put a file in the place of a device.
        descriptor = Self.opened(path)
        guard descriptor >= 0 else { throw AuditReportError(path: path, number: errno) }
    }

    deinit {
        if isOpen, descriptor != STDOUT_FILENO { close(descriptor) }
        if let move { unlink(move.from) }
    }

    func append(_ text: String) throws {
        piece.append(contentsOf: text.utf8)
        if piece.count >= Self.pieceBytes { try flush() }
    }

    func append(_ bytes: [UInt8]) throws {
        piece.append(contentsOf: bytes)
        if piece.count >= Self.pieceBytes { try flush() }
    }

    /// Writes what is left and puts the report in its place.
    func finish() throws {
        try flush()
        guard descriptor != STDOUT_FILENO else { return }
        isOpen = false
        // A full disk may be told of as late as here.
        guard close(descriptor) == 0 else { throw AuditReportError(path: path, number: errno) }
        if let move {
            guard rename(move.from, move.to) == 0 else {
                throw AuditReportError(path: path, number: errno)
            }
            self.move = nil
        }
    }

    private func flush() throws {
        try piece.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let count = write(descriptor, part.baseAddress, part.count)
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if errno != EINTR {
                    throw AuditReportError(path: path, number: errno)
                }
            }
        }
        piece.removeAll(keepingCapacity: true)
    }

    /// The file that a rename may replace: a regular one, behind all symbolic links, or none yet.
    private static func replaceable(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else {
            guard errno == ENOENT else { return nil }
            // A link to nothing is followed, not replaced.
            let link = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
            return link == nil ? path : nil
        }
        defer { free(resolved) }
        let target = String(cString: resolved)
        let attributes = try? FileManager.default.attributesOfItem(atPath: target)
        return attributes?[.type] as? FileAttributeType == .typeRegular ? target : nil
    }

    private static func opened(_ path: String) -> Int32 {
        open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    }
}

/// Why a report could not be written.
struct AuditReportError: Error, CustomStringConvertible {
    let path: String
    let message: String

    init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    /// - Parameter number: the error number of the call that failed.
    init(path: String, number: Int32) {
        self.path = path
        message = "cannot be written: \(String(cString: strerror(number)))"
    }

    var description: String { "\(path == "-" ? "standard output" : path): \(message)" }
}
