import Synchronization

/// Bounds the bytes of large answers that are held for readers who have not read them yet, in all
/// and for one of them: a slow one may read for a long time, and costs memory until then.
final class AnswerMemory: Sendable {
    /// Several of the largest bundles, or dozens of attachments.
    static let mostBytes = 512 << 20
    /// Two bundles with all the attachments they carry.
    static let mostBytesOfOne = 128 << 20

    private struct State {
        var byteCount = 0
        var byteCounts: [EvidenceParty: Int] = [:]
    }

    private let state = Mutex(State())

    init() {}

    /// Bytes that are held until the last reference to this goes.
    final class Share: Sendable {
        private let memory: AnswerMemory
        private let party: EvidenceParty
        private let byteCount: Int

        fileprivate init(_ memory: AnswerMemory, _ party: EvidenceParty, _ byteCount: Int) {
            self.memory = memory
            self.party = party
            self.byteCount = byteCount
        }

        deinit { memory.giveBack(byteCount, of: party) }
    }

    /// - Throws: ``Problem`` `overloaded` when that many bytes would be too many. One answer alone
    ///   is never too large.
    func share(_ byteCount: Int, of party: EvidenceParty) throws(Problem) -> Share {
        let isGiven = state.withLock { state in
            let own = state.byteCounts[party, default: 0]
            guard state.byteCount == 0 || state.byteCount + byteCount <= Self.mostBytes,
                own == 0 || own + byteCount <= Self.mostBytesOfOne
            else { return false }
            state.byteCount += byteCount
            state.byteCounts[party] = own + byteCount
            return true
        }
        guard isGiven else { throw Problem(.overloaded) }
        return Share(self, party, byteCount)
    }

    private func giveBack(_ byteCount: Int, of party: EvidenceParty) {
        state.withLock { state in
            state.byteCount -= byteCount
            let left = (state.byteCounts[party] ?? byteCount) - byteCount
            state.byteCounts[party] = left > 0 ? left : nil
        }
    }
}
