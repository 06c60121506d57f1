import Foundation
import Synchronization

/// Ctrl-C (SIGINT) and SIGTERM while an audit runs: the first asks it to stop and to write what it
/// has, the second ends the process at once.
final class AuditStop: Sendable {
    private static let signals = [SIGINT, SIGTERM]

    private let wasRequested = Atomic(false)

    var isRequested: Bool { wasRequested.load(ordering: .relaxed) }

    /// Runs `body` while signals ask for a stop; they mean what they meant before when it ends.
    func honoured<Result>(during body: () async throws -> Result) async rethrows -> Result {
        let sources = Self.signals.map(watch)
        defer {
            for source in sources { source.cancel() }
            for number in Self.signals { signal(number, SIG_DFL) }
        }
        return try await body()
    }

    private func watch(_ number: Int32) -> any DispatchSourceSignal {
        // Otherwise the process would end before the source hears of it.
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { [self] in
            if wasRequested.exchange(true, ordering: .relaxed) { _exit(128 + number) }
        }
        source.resume()
        return source
    }
}
