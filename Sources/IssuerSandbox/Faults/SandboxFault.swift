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
    /// The request never reaches the issuer: a reset, and nothing is booked.
    case requestLost
    /// An order is accepted and never told about.
    case noCallback
    /// A callback comes a second time after it was acknowledged.
    case callbackTwice
    /// The callback comes before the answer to the order that it is about.
    case callbackBeforeAnswer
    /// The callback's signature does not verify; no other comes.
    case callbackBadSignature
    /// The callback is rightly signed and about another order; no other comes.
    case callbackOtherOrder
    /// A callback says that the order failed, and a later one that it succeeded.
    case failureThenSuccess
    /// A signed answer's signature does not verify.
    case badSignature
    /// The issuer's clock is an hour behind.
    case clockSkew
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
        case .latency, .flip, .noCallback, .callbackTwice, .callbackBeforeAnswer,
            .callbackBadSignature, .callbackOtherOrder, .failureThenSuccess, .badSignature,
            .clockSkew:
            false
        case .status, .html, .truncated, .garbage, .reset, .drip, .silence, .empty,
            .wrongContentType, .oversized, .wrongShape, .duplicateMembers, .invalidText,
            .codeInError, .redirectToLoopback, .redirectToMetadata, .requestLost:
            true
        }
    }

    /// The faults under which an issuer takes no card's value: the request does not arrive or is
    /// turned away. Under every other one the value is taken, and only the answer suffers.
    var preventsBooking: Bool {
        switch self {
        case .requestLost: true
        case .status(let code, _): code < 500
        case .latency, .html, .truncated, .garbage, .reset, .drip, .silence, .empty,
            .wrongContentType, .oversized, .wrongShape, .duplicateMembers, .invalidText,
            .codeInError, .redirectToLoopback, .redirectToMetadata, .flip, .noCallback,
            .callbackTwice, .callbackBeforeAnswer, .callbackBadSignature, .callbackOtherOrder,
            .failureThenSuccess, .badSignature, .clockSkew:
            false
        }
    }
}
