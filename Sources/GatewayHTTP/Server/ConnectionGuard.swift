import CardModel
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import WireFormat

/// Cuts connections that cost more than their requests are worth, and answers what is no HTTP.
///
/// Hummingbird closes a connection whose next head does not come in time. This handler bounds
/// what it leaves open: bodies sent drop by drop (R22), bodies without end, readers who do not
/// read, and requests that are still being sent at shutdown. An answer with `Connection: close`
/// is its last.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: ConnectionLimits
    private var isReading = false
    private var bodyByteCount = 0
    /// Whether the request that is being read is a file's.
    private var isUpload = false
    /// Heads that came in and are not answered yet.
    private var openRequestCount = 0
    private var isLastAnswer = false
    private var hasAnsweredLast = false
    private var readDeadline: Scheduled<Void>?
    private var writeDeadline: Scheduled<Void>?

    init(limits: ConnectionLimits) {
        self.limits = limits
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            isReading = true
            isUpload = AttachmentRoutes.isUpload(head)
            bodyByteCount = 0
            openRequestCount += 1
        case .body(let bytes):
            bodyByteCount += bytes.readableBytes
            let limit = isUpload ? limits.uploadBytes : limits.bodyBytes
            guard bodyByteCount <= limit else { return context.close(promise: nil) }
        case .end:
            isReading = false
            cancelReadDeadline()
            if hasAnsweredLast { return context.close(promise: nil) }
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Whole requests mostly come in one read, so most of them need no timer.
        if isReading, readDeadline == nil {
            cutReading(context, in: isUpload ? limits.uploadTime : limits.requestTime)
        }
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            isLastAnswer = head.headerFields[.connection] == "close"
            context.write(data, promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            openRequestCount -= 1
            guard isLastAnswer else { return context.write(data, promise: promise) }
            hasAnsweredLast = true
            context.writeAndFlush(data, promise: promise)
            closeAfterLastAnswer(context)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writeDeadline?.cancel()
        writeDeadline = nil
        if !context.channel.isWritable {
            writeDeadline = schedule(context, in: limits.writeTime)
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent, isReading {
            cutReading(context, in: limits.drainTime)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError, openRequestCount == 0 else {
            return context.fireErrorCaught(error)
        }
        let problem = Problem(error == .headerOverflow ? .headersTooLarge : .malformedRequest)
        let response = problem.response(in: .en)
        let body = ByteBuffer(bytes: problem.document(in: .en).serialized())
        openRequestCount = 1
        context.write(wrapOutboundOut(.head(response.head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        hasAnsweredLast = true
        cutReading(context, in: limits.lingerTime)
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancelAll()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { cancelAll() }

    /// At once when the request was read to its end; else after a moment of reading on.
    private func closeAfterLastAnswer(_ context: ChannelHandlerContext) {
        if isReading {
            cutReading(context, in: limits.lingerTime)
        } else {
            context.close(promise: nil)
        }
    }

    private func cutReading(_ context: ChannelHandlerContext, in time: TimeAmount) {
        cancelReadDeadline()
        readDeadline = schedule(context, in: time)
    }

    private func schedule(_ context: ChannelHandlerContext, in time: TimeAmount) -> Scheduled<Void>
    {
        context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
    }

    private func cancelReadDeadline() {
        readDeadline?.cancel()
        readDeadline = nil
    }

    private func cancelAll() {
        cancelReadDeadline()
        writeDeadline?.cancel()
        writeDeadline = nil
    }
}
