import HTTPTypes
import WireFormat

/// An issuer that speaks one wire format: what a folder of `Protocols` holds, and all that the
/// rest of the sandbox knows of it.
protocol WireIssuer: Sendable {
    static var wireProtocol: SandboxProtocol { get }
    /// Where an adapter's `endpoint` points, below the sandbox's origin; empty for the origin.
    static var basePath: String { get }
    /// What an adapter has to be set to, beside `endpoint`, to ask this issuer, by the names that
    /// its manifest gives.
    static func settings(_ site: SandboxSite) -> [SandboxSetting]
    /// How the issuer words a condition; nil when it has no word for it. A code in a condition
    /// without a word is good here.
    static func wording(_ condition: CardCondition) -> String?

    /// Whether a row of the published table says anything to whoever asks here.
    static func speaks(_ state: SandboxState) -> Bool
    /// What an issuer without a word for being busy or asked too often answers instead.
    static func plainFailure(for condition: CardCondition) -> SandboxFault?

    init(_ desk: IssuerDesk)

    var routes: [IssuerRoute] { get }
    /// An error in the issuer's own format.
    func errorReply(_ status: HTTPResponse.Status, _ text: String) -> IssuerReply
    /// An answer of the issuer's own server to a failing request, `Retry-After` not yet set.
    func failure(
        _ status: HTTPResponse.Status, retryAfterSeconds: Int?, at now: Instant
    )
        -> IssuerReply
    /// An error text that quotes the code, as careless servers do.
    func error(quoting code: String) -> IssuerReply
    /// Well-formed, but not what was asked for.
    var otherDocument: IssuerReply { get }
    /// The deciding members twice: good first, used second.
    var contradiction: IssuerReply { get }
    /// What the issuer adds to every answer of its own, such as a signature.
    func finished(
        _ reply: IssuerReply,
        to request: IssuerRequest,
        faults: [SandboxFault]
    ) -> IssuerReply
}

extension WireIssuer {
    static var basePath: String { "" }
    static func settings(_ site: SandboxSite) -> [SandboxSetting] { [] }

    func failure(
        _ status: HTTPResponse.Status,
        retryAfterSeconds: Int?,
        at now: Instant
    ) -> IssuerReply {
        IssuerReply.isProxyFailure(status)
            ? .page(status, "\(status.code) \(status.reasonPhrase)")
            : errorReply(status, "The request could not be completed")
    }

    func error(quoting code: String) -> IssuerReply {
        errorReply(.internalServerError, "card '\(code)' could not be read")
    }

    func finished(
        _ reply: IssuerReply,
        to request: IssuerRequest,
        faults: [SandboxFault]
    ) -> IssuerReply { reply }

    static func speaks(_ state: SandboxState) -> Bool {
        state.condition.map { wording($0) != nil || plainFailure(for: $0) != nil } ?? false
    }

    static func plainFailure(for condition: CardCondition) -> SandboxFault? {
        wording(condition) == nil ? condition.plainFailure : nil
    }
}

/// One path at which an issuer is asked.
struct IssuerRoute: Sendable {
    let method: HTTPRequest.Method
    /// With `{name}` for what varies.
    let path: String
    let answer: @Sendable (IssuerRequest) -> IssuerOutcome

    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ answer: @escaping @Sendable (IssuerRequest) -> IssuerOutcome
    ) {
        self.method = method
        self.path = path
        self.answer = answer
    }
}
