import Gateway
import Synchronization
import WireFormat

/// The `Date` of answers, written once a second (RFC 9110 §5.6.7).
final class HTTPDateCache: Sendable {
    private struct Written {
        var second: Int64 = .min
        var text = ""
    }

    private let time: any TimeSource
    private let last = Mutex(Written())

    init(time: any TimeSource) {
        self.time = time
    }

    var now: String {
        let now = time.now()
        let second = now.secondsAndMilliseconds.seconds
        return last.withLock { last in
            if last.second != second { last = Written(second: second, text: now.httpDate) }
            return last.text
        }
    }
}
