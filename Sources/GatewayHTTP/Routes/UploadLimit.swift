import Gateway
import Synchronization

/// Bounds the files that are being sent at once, in all and to one delivery, so that nobody who
/// sends slowly keeps the others from being heard.
final class UploadLimit: Sendable {
    /// Each holds a connection and an open file for minutes at most (``ConnectionLimits``).
    private static let mostAtOnce = 64
    private static let mostToADelivery = 4

    private let underWay = Mutex<[DeliveryID: Int]>([:])

    /// - Throws: ``Problem`` `overloaded` when as many are under way; else what the work throws.
    func run<Value>(
        to delivery: DeliveryID,
        _ receive: () async throws -> Value
    ) async throws -> Value {
        let mayBegin = underWay.withLock { underWay in
            let own = underWay[delivery, default: 0]
            guard own < Self.mostToADelivery,
                underWay.values.reduce(0, +) < Self.mostAtOnce
            else { return false }
            underWay[delivery] = own + 1
            return true
        }
        guard mayBegin else { throw Problem(.overloaded) }
        defer {
            underWay.withLock { underWay in
                let left = (underWay[delivery] ?? 1) - 1
                underWay[delivery] = left > 0 ? left : nil
            }
        }
        return try await receive()
    }
}
