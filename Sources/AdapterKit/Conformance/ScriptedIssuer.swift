/// A transport that answers from a script and remembers what it was asked.
public actor ScriptedIssuer: HTTPTransport {
    /// What one request gets: the request, and how many came before it.
    public typealias Script =
        @Sendable (OutboundRequest, Int) throws(TransportError) -> OutboundResponse

    /// Requests that are answered; an adapter that asks on and on is cut off here.
    public static let longestConversation = 100

    private let script: Script
    /// In the order they came.
    public private(set) var requests: [OutboundRequest] = []

    public init(_ script: @escaping Script) {
        self.script = script
    }

    /// Gives the answers one after the other, the last one again and again.
    public init(answers: [OutboundResponse]) {
        self.init { (_, index) throws(TransportError) in
            guard let last = answers.last else {
                throw TransportError(
                    code: .connectFailed,
                    message: "nobody listens",
                    requestWasSent: false
                )
            }
            return index < answers.count ? answers[index] : last
        }
    }

    public func send(
        _ request: OutboundRequest
    ) async throws(TransportError) -> OutboundResponse {
        guard requests.count < Self.longestConversation else {
            throw TransportError(
                code: .cancelled,
                message: "the script is over",
                requestWasSent: false
            )
        }
        requests.append(request)
        return try script(request, requests.count - 1)
    }
}
