import Foundation

/// Files that only their owner may read, written whole or not at all.
enum ProtectedFile {
    /// Makes a folder that only its owner can enter; leaves one that is there as it is.
    static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw CommandFailure.failed("\(path): the folder cannot be made: \(reason(error))")
        }
    }

    /// Writes a new file with mode 0600.
    /// - Throws: 64 when there is a file of that name: a secret is never overwritten.
    static func create(_ path: String, _ text: String) throws {
        try create(path, bytes: Array((text + "\n").utf8))
    }

    /// Writes a new file with mode 0600.
    /// - Throws: 64 when there is a file of that name.
    static func create(_ path: String, bytes: [UInt8]) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST {
                throw CommandFailure.usage("\(path) exists already and is not overwritten")
            }
            throw CommandFailure.failed("\(path): \(String(cString: strerror(errno)))")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: bytes)
            try file.synchronize()
        } catch {
            throw CommandFailure.failed("\(path): cannot be written: \(reason(error))")
        }
    }

    /// Replaces a file that holds no secret, so that a reader sees the old or the new one.
    static func replace(_ path: String, _ bytes: [UInt8]) throws {
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CommandFailure.failed("\(path): cannot be written: \(reason(error))")
        }
    }

    private static func reason(_ error: any Error) -> String { error.localizedDescription }
}
