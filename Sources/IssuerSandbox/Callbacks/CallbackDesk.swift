import Logging
import NIOCore
import NIOPosix

/// Sends callbacks, each until it is acknowledged or has been sent often enough.
struct CallbackDesk: Sendable {
    private let books: IssuerBooks
    private let plans: AsyncStream<CallbackPlan>
    private let queue: AsyncStream<CallbackPlan>.Continuation

    init(books: IssuerBooks) {
        self.books = books
        (plans, queue) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingOldest(SandboxLimits.waitingCallbacks)
        )
    }

    /// Calls later, after the time that the issuer takes to settle an order.
    func schedule(_ plan: CallbackPlan) {
        queue.yield(plan)
    }

    /// Runs until it is cancelled.
    func run() async {
        await withDiscardingTaskGroup { tasks in
            for await plan in plans {
                tasks.addTask {
                    try? await Task.sleep(for: books.configuration.settlementDelay)
                    await send(plan)
                }
            }
            tasks.cancelAll()
        }
    }

    func send(_ plan: CallbackPlan) async {
        guard plan.address.isLoopback || books.configuration.callsAnyHost else { return }
        for (place, call) in plan.calls.enumerated() {
            if place > 0 { try? await Task.sleep(for: books.configuration.callbackInterval) }
            await repeatUntilAcknowledged(call, at: plan.address)
        }
    }

    private func repeatUntilAcknowledged(_ call: CallbackCall, at address: CallbackAddress) async {
        for attempt in 0..<books.configuration.callbackAttempts where !Task.isCancelled {
            if attempt > 0 { try? await Task.sleep(for: books.configuration.callbackInterval) }
            let answer = try? await CallbackConnection.answer(to: call, at: address)
            let isAcknowledged = answer.map(call.isAcknowledged) ?? false
            books.callbackSent(isAcknowledged: isAcknowledged)
            if isAcknowledged { return }
        }
    }
}

/// One request over a connection of its own (HTTP/1.1, `Connection: close`).
enum CallbackConnection {
    /// The body of an answer with status 200.
    /// - Throws: when there is no connection; nil when the answer is another one.
    static func answer(to call: CallbackCall, at address: CallbackAddress) async throws -> String? {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(5))
            .connect(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
        let bytes = try await withThrowingTaskGroup(of: [UInt8].self) { tasks in
            tasks.addTask { try await exchange(request(call, address), over: channel) }
            tasks.addTask {
                try await Task.sleep(for: SandboxLimits.callbackPatience)
                throw CancellationError()
            }
            defer { tasks.cancelAll() }
            return try await tasks.next() ?? []
        }
        return body(of: bytes)
    }

    private static func request(_ call: CallbackCall, _ address: CallbackAddress) -> [UInt8] {
        var head = "\(call.method) \(call.target) HTTP/1.1\r\nHost: \(address.authority)\r\n"
        head += "User-Agent: cardproof-sandbox\r\nConnection: close\r\n"
        if let contentType = call.contentType {
            head += "Content-Type: \(contentType)\r\nContent-Length: \(call.body.count)\r\n"
        }
        return Array((head + "\r\n").utf8) + call.body
    }

    private static func exchange(
        _ request: [UInt8],
        over channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
    ) async throws -> [UInt8] {
        try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: request))
            var received: [UInt8] = []
            for try await buffer in inbound {
                received += buffer.readableBytesView
                if received.count > SandboxLimits.callbackAnswerBytes { break }
            }
            return received
        }
    }

    /// What follows the head of a 200; in chunks, the first chunk's text is enough to know.
    private static func body(of bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasPrefix("HTTP/1.1 200 ") || text.hasPrefix("HTTP/1.0 200 "),
            let end = text.firstRange(of: "\r\n\r\n")
        else { return nil }
        let body = text[end.upperBound...]
        let isChunked = text[..<end.lowerBound].lowercased()
            .contains("transfer-encoding: chunked")
        guard isChunked else { return String(body) }
        let chunk = body.drop { $0 != "\r\n" }.dropFirst()
        return String(chunk.prefix { $0 != "\r\n" })
    }
}
