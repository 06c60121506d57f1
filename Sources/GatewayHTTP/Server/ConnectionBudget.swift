import Glibc
import HummingbirdCore
import Metrics

/// How many connections a listener keeps open; further ones wait in the kernel's backlog.
struct ConnectionBudget: AvailableConnectionsDelegate {
    /// Descriptors that the store, the issuers' connections and the logs need for themselves.
    static let reservedDescriptors = 256
    /// Kept even where the process may open next to nothing.
    static let smallest = 64

    private let limit: Int
    private var count = 0
    private let gauge: Gauge

    /// - Parameters:
    ///   - wanted: less is taken where the process may not open as many descriptors: an accept
    ///     that fails for want of one would end the listener.
    init(wanted: Int, listener: String) {
        limit = max(Self.smallest, min(wanted, Self.openableDescriptors - Self.reservedDescriptors))
        gauge = Gauge(
            label: "http.server.open_connections",
            dimensions: [("listener", listener)]
        )
    }

    mutating func connectionOpened() {
        count += 1
        gauge.record(count)
    }

    mutating func connectionClosed() {
        count -= 1
        gauge.record(count)
    }

    func isAcceptingNewConnections() -> Bool { count < limit }

    /// The soft limit of open files of this process.
    private static var openableDescriptors: Int {
        var limits = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else {
            return reservedDescriptors
        }
        return Int(clamping: limits.rlim_cur)
    }
}
