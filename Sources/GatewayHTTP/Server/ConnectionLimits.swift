import Gateway
import NIOCore

/// What one connection may cost before it is cut. Together these bound what strangers who send
/// slowly, endlessly or not at all can hold.
struct ConnectionLimits: Sendable {
    /// From the first byte of a body to its last, 1 MiB of it: whoever is slower is cut.
    var requestTime: TimeAmount = .seconds(20)
    /// From the end of an answer, or the opening of a connection, to the end of the next
    /// request's head: idle connections and heads sent byte by byte are cut.
    var idleTime: TimeAmount = .seconds(25)
    /// How long an answer may wait for a reader who does not read.
    var writeTime: TimeAmount = .seconds(20)
    /// How long a connection whose rest is not wanted is still read, so that its sender sees the
    /// answer and not a reset.
    var lingerTime: TimeAmount = .seconds(2)
    /// How long a request that is still being sent may go on at shutdown.
    var drainTime: TimeAmount = .seconds(5)
    /// Bytes of a body that are read in all, wanted or not: an answer of 413 is on its way by then.
    var bodyBytes = 4 << 20
    /// Bytes of one header line, and of all of them: sixteen signatures fit several times.
    var headerFieldBytes = 16 << 10
    var headerBytes = 32 << 10
    /// The same for a file that is added to the evidence: 20 MiB at the pace of a slow phone.
    var uploadTime: TimeAmount = .seconds(180)
    var uploadBytes = AttachmentRecord.largestByteCount + (1 << 20)
    /// Header lines of one request.
    var headerCount = 100
}
