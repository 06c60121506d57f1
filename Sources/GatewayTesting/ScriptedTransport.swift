public import AdapterKit
import Synchronization

/// A transport that answers by a script and remembers what was sent; no socket.
public final class ScriptedTransport: HTTPTransport {
    /// What one request gets: the request, and how many came before it.
    public typealias Script =
        @Sendable (OutboundRequest, Int) async throws(TransportError) -> OutboundResponse

    private struct State {
        var script: Script
        var requests: [OutboundRequest] = []
    }

    private let state: Mutex<State>

    public init(_ script: @escaping Script) {
        state = Mutex(State(script: script))
    }

    /// Gives every request this status.
    public convenience init(status: Int = 204) {
        self.init { (_, _) throws(TransportError) in OutboundResponse(status: status) }
    }

    /// Changes the script for the requests to come.
    public func follow(_ script: @escaping Script) { state.withLock { $0.script = script } }

    /// In the order they came.
    public var requests: [OutboundRequest] { state.withLock { $0.requests } }

    public func send(
        _ request: OutboundRequest
    ) async throws(TransportError) -> OutboundResponse {
        let (script, number) = state.withLock { state in
            state.requests.append(request)
            return (state.script, state.requests.count - 1)
        }
        return try await script(request, number)
    }
}
