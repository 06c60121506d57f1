import Hummingbird
import NIOCore

/// What is known of a request beside the request: its connection, and an id.
struct ConnectionContext: Sendable {
    private let channel: (any Channel)?
    /// Joins an answer to the lines of the log. Written out only where it is shown.
    private let identifier = RequestID()

    /// - Parameter channel: nil for a request that came over no connection.
    init(channel: (any Channel)?) {
        self.channel = channel
    }

    /// Asked of the connection only by those few routes that keep a budget by address.
    var remoteAddress: SocketAddress? { channel?.remoteAddress }
    var requestID: String { identifier.description }
}
