import HTTPTypes
import Hummingbird
import Logging
import Metrics
import Synchronization

/// The access log and the durations of requests.
///
/// A line and a series name the route's pattern, never the path or the query: these hold ids,
/// and a careless caller's tokens.
final class RequestObserver: Sendable {
    /// The name under which swift-metrics knows the durations; Prometheus shows
    /// `http_server_request_duration_seconds`.
    static let timerLabel = "http.server.request.duration"
    private static let unknownRoute = "unknown"

    private struct Series: Hashable {
        var route: Int
        var method: String
        var statusClass: Int
    }

    private let logger: Logger
    private let accessLog: GatewayServer.AccessLog
    private let timers = Mutex<[Series: Metrics.Timer]>([:])

    init(logger: Logger, _ accessLog: GatewayServer.AccessLog) {
        self.logger = logger
        self.accessLog = accessLog
    }

    func note(
        method: HTTPRequest.Method,
        route: RouteTable.Route?,
        status: HTTPResponse.Status,
        duration: Duration,
        context: ConnectionContext
    ) {
        let method = Self.word(for: method)
        let pattern = route?.pattern ?? Self.unknownRoute
        timer(route: route?.number ?? -1, pattern, method, status.code / 100)
            .recordNanoseconds(duration.nanoseconds)
        guard accessLog == .all || status.code >= 400 else { return }
        logger.log(
            level: status.code >= 500 ? .error : .info,
            "request",
            metadata: [
                "method": .string(method), "route": .string(pattern),
                "status": .stringConvertible(status.code),
                "duration_ms": .string(duration.milliseconds),
                "request_id": .string(context.requestID),
            ]
        )
    }

    /// An error that is ours. Only its type is written: its text may hold what came in.
    func report(_ error: any Error, context: ConnectionContext) {
        logger.error(
            "a request failed",
            metadata: [
                "error": .string("\(type(of: error))"), "request_id": .string(context.requestID),
            ]
        )
    }

    private func timer(
        route: Int,
        _ pattern: String,
        _ method: String,
        _ statusClass: Int
    ) -> Metrics.Timer {
        let series = Series(route: route, method: method, statusClass: statusClass)
        return timers.withLock { timers in
            if let timer = timers[series] { return timer }
            let timer = Metrics.Timer(
                label: Self.timerLabel,
                dimensions: [
                    ("route", pattern), ("method", method), ("status", "\(statusClass)xx"),
                ]
            )
            timers[series] = timer
            return timer
        }
    }

    /// Any token may stand as a method; a label must not.
    private static func word(for method: HTTPRequest.Method) -> String {
        switch method {
        case .get, .head, .post, .put, .patch, .delete, .options: method.rawValue
        default: "other"
        }
    }
}

extension Duration {
    /// Whole nanoseconds; requests do not last for centuries.
    var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }

    /// With three decimals.
    var milliseconds: String {
        let microseconds = nanoseconds / 1_000
        let fraction = String(microseconds % 1_000)
        return "\(microseconds / 1_000)." + String(repeating: "0", count: 3 - fraction.utf8.count)
            + fraction
    }
}
