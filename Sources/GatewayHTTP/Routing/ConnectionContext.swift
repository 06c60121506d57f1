import Hummingbird
import NIOCore

/// What Hummingbird knows of a request; the connection too, for the client's address.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?
    /// Joins an answer to the lines of the log. Written out only where it is shown: Hummingbird's
    /// own is read back from the logger, and not every log backend keeps metadata.
    private let identifier = RequestID()

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress
    }

    var requestID: String { identifier.description }
}
