import AdapterKit
import CCurl
import CProcess
import Glibc

/// Runs all exchanges on one thread of its own; nothing in it is touched from any other.
final class CurlLoop {
    private let configuration: CurlConfiguration
    private let certificateReader: PeerCertificateReader
    private let inbox: CurlInbox
    private let multi: UnsafeMutableRawPointer
    private let clock = ContinuousClock()
    private var lanes: ConnectionLanes<CurlSubmission>
    private var active: [UnsafeMutableRawPointer: CurlExchange] = [:]
    private var handles: [ObjectIdentifier: UnsafeMutableRawPointer] = [:]
    /// Reset handles, kept because making one costs more than a request on a warm connection.
    private var spare: [UnsafeMutableRawPointer] = []

    /// The loop looks round this often even when nothing happens, should a wake-up be lost.
    private static let longestPause: Duration = .seconds(1)

    init(
        _ configuration: CurlConfiguration,
        certificateReader: PeerCertificateReader,
        inbox: CurlInbox
    ) {
        self.configuration = configuration
        self.certificateReader = certificateReader
        self.inbox = inbox
        multi = inbox.multi
        lanes = ConnectionLanes(
            perLane: configuration.connectionsPerHost,
            total: configuration.totalConnections,
            waitingLimit: configuration.waitingRequests
        )
    }

    /// Returns when the inbox has been closed and every submission has been answered.
    func run() {
        Self.blockBrokenPipeSignal()
        while true {
            let delivery = inbox.take()
            for command in delivery.commands { obey(command) }
            expireWaiting()
            startWaiting()
            var running: Int32 = 0
            let result = curl_multi_perform(multi, &running)
            finishDone()
            startWaiting()
            if let closesAt = delivery.closesAt {
                let isIdle = active.isEmpty && lanes.waitingCount == 0
                if isIdle || clock.now >= closesAt || result != CURLM_OK { break }
            }
            curl_multi_poll(multi, nil, 0, pause(closesAt: delivery.closesAt), nil)
        }
        end()
    }

    // MARK: - Commands

    private func obey(_ command: CurlInbox.Command) {
        switch command {
        case .submit(let submission): accept(submission)
        case .cancel(let ticket): cancel(ticket)
        }
    }

    private func accept(_ submission: CurlSubmission) {
        let request = submission.request
        guard !submission.ticket.isCancelled else { return submission.refuseAsCancelled() }
        guard request.timeout > .zero else { return submission.refuseAsTimedOut() }
        let isTaken = lanes.enqueue(
            submission,
            to: request.destination,
            deadline: submission.deadline
        )
        guard isTaken else {
            return submission.refuse(
                .connectFailed,
                "\(configuration.waitingRequests) requests already wait for a connection;"
                    + " the one to \(request.destinationLabel) was turned away"
            )
        }
        startWaiting()
    }

    private func cancel(_ ticket: CurlTicket) {
        if let easy = handles[ObjectIdentifier(ticket)] {
            abandon(easy, .cancelled, "the request was cancelled")
            return
        }
        for submission in lanes.remove(where: { $0.ticket === ticket }) {
            submission.refuseAsCancelled()
        }
    }

    private func expireWaiting() {
        let now = clock.now
        guard let earliest = lanes.earliestDeadline, earliest <= now else { return }
        for submission in lanes.remove(dueAt: now) { submission.refuseAsTimedOut() }
    }

    // MARK: - Exchanges

    private func startWaiting() {
        while let submission = lanes.next() { start(submission) }
    }

    private func start(_ submission: CurlSubmission) {
        guard let easy = spare.popLast() ?? curl_easy_init() else {
            return turnAway(submission)
        }
        let exchange = CurlExchange(
            submission,
            easy: easy,
            configuration: configuration,
            certificateReader: certificateReader
        )
        guard exchange.configure(now: clock.now),
            curl_multi_add_handle(multi, easy) == CURLM_OK
        else {
            curl_easy_cleanup(easy)
            return turnAway(submission)
        }
        active[easy] = exchange
        handles[ObjectIdentifier(submission.ticket)] = easy
    }

    private func turnAway(_ submission: CurlSubmission) {
        lanes.release(submission.request.destination)
        submission.refuse(
            .connectFailed,
            "libcurl had no room for the request to \(submission.request.destinationLabel)"
        )
    }

    private func finishDone() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle
            else { continue }
            let code = ccurl_message_result(message)
            guard let exchange = active[easy] else { continue }
            // Read before the handle is reset, which forgets times and codes.
            let outcome = exchange.outcome(code, at: clock.now)
            remove(exchange)
            exchange.submission.answer(outcome)
        }
    }

    private func abandon(
        _ easy: UnsafeMutableRawPointer,
        _ code: TransportError.Code,
        _ message: String
    ) {
        guard let exchange = active[easy] else { return }
        let wasSent = exchange.requestMayHaveBeenSent
        remove(exchange)
        exchange.submission.answer(
            .failure(TransportError(code: code, message: message, requestWasSent: wasSent))
        )
    }

    private func remove(_ exchange: CurlExchange) {
        curl_multi_remove_handle(multi, exchange.easy)
        // Forgets the URL, the headers and the pointer to the body.
        curl_easy_reset(exchange.easy)
        spare.append(exchange.easy)
        active[exchange.easy] = nil
        handles[ObjectIdentifier(exchange.submission.ticket)] = nil
        lanes.release(exchange.request.destination)
    }

    // MARK: - Pauses and the end

    /// Milliseconds until something other than a socket may need the loop.
    private func pause(closesAt: ContinuousClock.Instant?) -> Int32 {
        let now = clock.now
        var pause = Self.longestPause
        if let earliest = lanes.earliestDeadline { pause = min(pause, now.duration(to: earliest)) }
        if let closesAt { pause = min(pause, now.duration(to: closesAt)) }
        // Rounded up: a pause that ends just before its instant would spin.
        return Int32(clamping: max(0, pause.wholeMilliseconds + 1))
    }

    private func end() {
        for easy in Array(active.keys) {
            abandon(easy, .cancelled, "the transport was shut down")
        }
        for submission in lanes.remove(where: { _ in true }) {
            submission.refuseAsShutDown()
        }
        let waiters = inbox.end()
        for command in inbox.take().commands {
            if case .submit(let submission) = command { submission.refuseAsShutDown() }
        }
        for easy in spare { curl_easy_cleanup(easy) }
        curl_multi_cleanup(multi)
        for waiter in waiters { waiter.resume() }
    }

    /// With CURLOPT_NOSIGNAL libcurl leaves SIGPIPE alone, and a write of the TLS library to a
    /// connection the peer has closed would end the process. Blocked for this thread only.
    private static func blockBrokenPipeSignal() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}

extension CurlSubmission {
    fileprivate func refuseAsCancelled() {
        refuse(.cancelled, "the request was cancelled")
    }

    fileprivate func refuseAsShutDown() {
        refuse(.cancelled, "the transport was shut down")
    }

    fileprivate func refuseAsTimedOut() {
        refuse(
            .timedOut,
            "the request to \(request.destinationLabel) found no free connection within"
                + " \(request.timeout.wholeMilliseconds) ms"
        )
    }
}
