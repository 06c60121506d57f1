import Foundation

/// The exclusive lock on a data folder: one process owns the store. The kernel lets go of it when
/// the process ends, however it ends.
final class StoreLock: Sendable {
    /// How often a held lock is tried again.
    static let pause = Duration.milliseconds(50)

    private let descriptor: Int32

    /// Takes the lock without waiting; nil when another process holds it.
    /// - Throws: ``CommandFailure`` when the file cannot be made.
    init?(path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure.failed(
                "\(path): the lock cannot be made: \(String(cString: strerror(errno)))"
            )
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
