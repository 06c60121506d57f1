import Gateway
import Synchronization

/// The heads of the open logs in memory, so that a commit does not read them back.
///
/// A head of a running transaction is staged: the next change of the batch sees it, a rollback
/// forgets it. Used on the writer's thread alone; the mutex is there for the compiler's proof.
final class LogHeadCache: Sendable {
    private struct State {
        var committed: [PlatformNumber: LogHead] = [:]
        var staged: [PlatformNumber: LogHead] = [:]
    }

    private let state = Mutex(State())

    func head(of platform: PlatformNumber) -> LogHead? {
        state.withLock { $0.staged[platform] ?? $0.committed[platform] }
    }

    func stage(_ head: LogHead, of platform: PlatformNumber) {
        state.withLock { $0.staged[platform] = head }
    }

    func commitStaged() {
        state.withLock { state in
            state.committed.merge(state.staged) { $1 }
            state.staged = [:]
        }
    }

    func forgetStaged() {
        state.withLock { $0.staged = [:] }
    }
}

/// Where an entry lies: platform and running index in one integer, so that its entries are
/// appended to one place of the B-tree.
struct LogPosition {
    /// 2^40 entries a platform: at ten thousand a second, three years; the platform has the 23 bits
    /// above.
    static let indexBits = 40

    /// Numbers that a platform can have.
    static let platforms: ClosedRange<Int64> = 1...(1 << 22)

    let rawValue: Int64

    init(rawValue: Int64) { self.rawValue = rawValue }

    /// Of a position that an entry has.
    var index: UInt64 { UInt64(rawValue) & (1 << Self.indexBits - 1) }

    /// An index beyond the limit gives the place after the platform's last possible entry, where
    /// nothing of this platform lies: asked for, it finds nothing.
    init(platform: PlatformNumber, index: UInt64) {
        let limit: Int64 = 1 << Self.indexBits
        rawValue = platform.rawValue << Self.indexBits + min(Int64(clamping: index), limit)
    }
}
