import Gateway
import Synchronization

/// Bounds the files that are being sent at once, in all and by one party to one delivery, so that
/// nobody who sends slowly keeps the others from being heard.
final class UploadLimit: Sendable {
    /// Each holds a connection and an open file for minutes at most (``ConnectionLimits``).
    private static let mostAtOnce = 64
    private static let mostOfAParty = 4

    private let underWay = Mutex<[EvidenceParty: Int]>([:])

    /// - Throws: ``Problem`` `overloaded` when as many are under way; else what the work throws.
    func run<Value>(
        by party: EvidenceParty,
        _ receive: () async throws -> Value
    ) async throws -> Value {
        let mayBegin = underWay.withLock { underWay in
            let own = underWay[party, default: 0]
            guard own < Self.mostOfAParty,
                underWay.values.reduce(0, +) < Self.mostAtOnce
            else { return false }
            underWay[party] = own + 1
            return true
        }
        guard mayBegin else { throw Problem(.overloaded) }
        defer {
            underWay.withLock { underWay in
                let left = (underWay[party] ?? 1) - 1
                underWay[party] = left > 0 ? left : nil
            }
        }
        return try await receive()
    }
}
