/// One way in which an issuer fails. None of them is evidence about a card.
///
/// The text form (`latency:500`, `status:429:30`, `reset` …) is the same on the command line, at
/// the control endpoint and in the published table; see ``SandboxFault/init(_:)``.
public enum SandboxFault: Sendable, Hashable {
    /// The right answer, late.
    case latency(milliseconds: Int)
    /// This HTTP status with an HTML page, and `Retry-After` when seconds are given.
    case status(code: Int, retryAfterSeconds: Int?)
    /// A maintenance page with status 200.
    case html
    /// The head and half the body of the right answer, then the connection closes.
    case truncated
    /// Status 200 and bytes that are nothing at all.
    case garbage
    /// The connection is reset (TCP RST) instead of an answer.
    case reset
    /// The right answer at this many bytes a second.
    case drip(bytesPerSecond: Int)
    /// No answer; the connection stays open for ten minutes.
    case silence
    /// Status 200 and no body.
    case empty
    /// The right answer under the wrong `Content-Type`.
    case wrongContentType
    /// Status 200 and a body that goes on for 64 MiB.
    case oversized
    /// Well-formed, but a document of another kind.
    case wrongShape
    /// The right members twice, with contradicting values.
    case duplicateMembers
    /// The right answer with a byte sequence that is not UTF-8 inside.
    case invalidText
    /// An error that quotes the code it was asked about.
    case codeInError
    /// A redirect to this machine that carries the code in its address.
    case redirectToLoopback
    /// A redirect to the cloud metadata address that carries the code in its query.
    case redirectToMetadata
    /// The first ask of each code is answered as used, later ones truthfully.
    case flip
}

extension SandboxFault {
    /// How the fault shows in counts: its first word.
    var name: String {
        String(description.prefix { $0 != ":" })
    }

    /// The faults that shape how an answer travels, as against those that only delay it or
    /// change what the issuer believes.
    var replacesDelivery: Bool {
        switch self {
        case .latency, .flip: false
        case .status, .html, .truncated, .garbage, .reset, .drip, .silence, .empty,
            .wrongContentType, .oversized, .wrongShape, .duplicateMembers, .invalidText,
            .codeInError, .redirectToLoopback, .redirectToMetadata:
            true
        }
    }
}
