import Synchronization

/// Bounds the bytes of large answers that are held for readers who have not read them yet: a slow
/// one may read for a long time, and costs memory until then.
final class AnswerMemory: Sendable {
    /// Several of the largest bundles, or dozens of attachments.
    static let mostBytes = 512 << 20

    private let held = Mutex(0)

    init() {}

    /// Bytes that are held until the last reference to this goes.
    final class Share: Sendable {
        private let memory: AnswerMemory
        private let byteCount: Int

        fileprivate init(_ memory: AnswerMemory, _ byteCount: Int) {
            self.memory = memory
            self.byteCount = byteCount
        }

        deinit { memory.held.withLock { $0 -= byteCount } }
    }

    /// - Throws: ``Problem`` `overloaded` when that many bytes would be too many. One answer alone
    ///   is never too large.
    func share(_ byteCount: Int) throws(Problem) -> Share {
        let isGiven = held.withLock { held in
            guard held == 0 || held + byteCount <= Self.mostBytes else { return false }
            held += byteCount
            return true
        }
        guard isGiven else { throw Problem(.overloaded) }
        return Share(self, byteCount)
    }
}
