import Hummingbird
import NIOCore

/// What Hummingbird knows of a request; the connection too, for the client's address.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}
