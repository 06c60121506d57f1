import AdapterKit
import Synchronization

typealias CurlOutcome = Result<OutboundResponse, TransportError>

/// Names one call of `send` and carries its caller's wish to stop it.
///
/// The wish may come before the request has reached the loop: the mark stays for the loop to see.
final class CurlTicket: Sendable {
    private let cancellation = Atomic<Bool>(false)

    var isCancelled: Bool { cancellation.load(ordering: .acquiring) }

    func cancel() {
        cancellation.store(true, ordering: .releasing)
    }
}

/// A request on its way to the loop, and the one place its outcome goes to.
struct CurlSubmission: Sendable {
    let ticket: CurlTicket
    let request: CurlRequest
    let submittedAt: ContinuousClock.Instant
    let continuation: CheckedContinuation<CurlOutcome, Never>

    var deadline: ContinuousClock.Instant { submittedAt + request.timeout }

    func answer(_ outcome: CurlOutcome) {
        continuation.resume(returning: outcome)
    }

    /// Answers for a request that never got a connection.
    func refuse(_ code: TransportError.Code, _ message: String) {
        answer(.failure(TransportError(code: code, message: message, requestWasSent: false)))
    }
}
