import AdapterKit
import WireFormat

/// One deadline for everything that an adapter sends for one question: all its requests and their
/// repeats together.
///
/// A request gets what is left of the budget, and none is sent when nothing is. So an issuer that
/// answers the last request of five just in time does not hold a place five times as long.
struct DeadlineTransport: HTTPTransport {
    private let transport: any HTTPTransport
    private let deadline: Instant
    private let time: any TimeSource

    init(_ transport: any HTTPTransport, budget: Duration, time: any TimeSource) {
        self.transport = transport
        self.time = time
        deadline = time.now() + budget
    }

    func send(_ request: OutboundRequest) async throws(TransportError) -> OutboundResponse {
        let left = deadline.duration(since: time.now())
        guard left > .zero else {
            throw TransportError(
                code: .timedOut,
                message: "the time for one question was used up by the requests before this one",
                requestWasSent: false
            )
        }
        var request = request
        request.timeout = min(request.timeout, left)
        return try await transport.send(request)
    }
}
