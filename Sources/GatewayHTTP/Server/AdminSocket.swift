import Glibc
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

// The C part of Foundation declares `struct stat` too, and either may count as its home.
#if canImport(CoreFoundation)
import CoreFoundation
#endif

/// The admin socket: a file that only its owner can reach (mode 0600).
///
/// It is bound in a folder of its own with mode 0700, given its mode, and only then moved to its
/// path: at no moment can anybody else connect, and a stale socket of a process that died is
/// replaced in one step. Whoever starts this holds the store's lock, so the socket is not in use.
struct AdminSocket: Service {
    /// Bytes of a socket's path on Linux, without the final zero.
    static let longestPath = 107

    let path: String
    /// The listener at ``stagingPath`` of `path`, calling back when it is bound.
    let listener:
        @Sendable (_ address: BindAddress, _ onBound: @escaping @Sendable () -> Void)
            -> Listener
    let onPublished: @Sendable () -> Void

    /// What is wrong with the path, or what the system refused.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private var stagingFolder: String { path + ".d" }
    private var stagingPath: String { stagingFolder + "/s" }

    /// - Throws: ``Failure`` when something else stands at the path, or it cannot be written.
    func run() async throws {
        try prepare()
        defer { remove() }
        let (failures, report) = AsyncStream<Failure>.makeStream()
        let listener = listener(.unixDomainSocket(path: stagingPath)) {
            do throws(Failure) {
                try publish()
                onPublished()
            } catch {
                report.yield(error)
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            group.addTask {
                for await failure in failures { throw failure }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func prepare() throws(Failure) {
        guard stagingPath.utf8.count <= Self.longestPath else {
            throw Failure(
                description: "the admin socket's path \(path) is too long: a socket's path has at "
                    + "most \(Self.longestPath) bytes, of which 4 are needed while it is made"
            )
        }
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFSOCK {
            throw Failure(
                description: "\(path) is there and is not a socket: move it away or choose "
                    + "another path for the admin socket"
            )
        }
        discardStaging()
        guard mkdir(stagingFolder, 0o700) == 0 else { throw failure("make", stagingFolder) }
    }

    private func publish() throws(Failure) {
        guard chmod(stagingPath, 0o600) == 0 else { throw failure("protect", stagingPath) }
        guard rename(stagingPath, path) == 0 else { throw failure("make", path) }
        discardStaging()
    }

    private func remove() {
        unlink(path)
        discardStaging()
    }

    private func discardStaging() {
        unlink(stagingPath)
        rmdir(stagingFolder)
    }

    private func failure(_ verb: String, _ path: String) -> Failure {
        Failure(description: "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
