import HTTPTypes
import WireFormat

/// A licence server after Keygen's API: `POST /v1/accounts/{account}/licenses/actions/validate-key`
/// in JSON:API, without credentials. Always status 200 when a key was asked about, an unknown key
/// included.
///
/// Its own answers are signed with Ed25519: `Keygen-Signature` covers the request's target, the
/// host without its port, `Date` and `Digest` (https://keygen.sh/docs/api/signatures/, and the
/// server's `signature_headers.rb`).
struct LicenseServer: WireIssuer {
    static let wireProtocol = SandboxProtocol.keygen

    private static let question = SandboxQuestion(.keygen, "validate-key")
    static let mediaType = "application/vnd.api+json"

    private let desk: IssuerDesk

    init(_ desk: IssuerDesk) { self.desk = desk }

    /// Rows of the published table have Keygen's words themselves.
    static func wording(_ condition: CardCondition) -> String? { nil }
    static func speaks(_ state: SandboxState) -> Bool { state.license != nil }
    static func plainFailure(for condition: CardCondition) -> SandboxFault? { nil }

    static func settings(_ site: SandboxSite) -> [SandboxSetting] {
        [
            .plain("account", "sandbox"),
            .plain("public_key", Hexadecimal.encode(site.keys.ed25519PublicKey)),
            .plain("signed_host", site.host),
        ]
    }

    var routes: [IssuerRoute] {
        [IssuerRoute(.post, "/v1/accounts/{account}/licenses/actions/validate-key", answer)]
    }

    private func answer(_ asked: IssuerRequest) -> IssuerOutcome {
        let type = asked.contentType
        guard type.hasPrefix(Self.mediaType) || type.hasPrefix("application/json") else {
            return refused(
                Self.errors(
                    .unsupportedMediaType,
                    "Unsupported media type",
                    "The Content-Type is not supported"
                )
            )
        }
        let request: LicenseRequest
        do {
            request = try LicenseRequest(asked.body)
        } catch {
            return refused(
                Self.errors(.badRequest, "Bad request", error.detail, pointer: error.pointer)
            )
        }
        guard let found = desk.books.ask(request.key, Self.question) else {
            return refused(
                Self.errors(
                    .serviceUnavailable,
                    "Service unavailable",
                    IssuerReply.booksAreFull
                )
            )
        }
        let writer = LicenseWriter(
            record: found.record,
            request: request,
            account: Self.account(asked),
            now: found.askedAt,
            utcOffsetSeconds: desk.configuration.utcOffsetSeconds
        )
        return .answered(Self.reply(writer.document), code: request.key, found)
    }

    /// The fourth part of the path.
    private static func account(_ request: IssuerRequest) -> String {
        let parts = request.target.split(separator: "/")
        return parts.count > 2 ? String(parts[2]) : ""
    }

    private func refused(_ reply: IssuerReply) -> IssuerOutcome {
        desk.books.countRefusal(Self.question)
        return .refused(reply)
    }

    func finished(
        _ reply: IssuerReply,
        to request: IssuerRequest,
        faults: [SandboxFault]
    ) -> IssuerReply {
        let date = HTTPDate.text(desk.now(faults))
        let digest = "sha-256=" + Base64.encode(Digests.sha256(reply.body))
        let signed = Self.signingData(
            method: request.method.rawValue,
            target: request.target,
            host: request.host,
            date: date,
            digest: digest
        )
        let signature = desk.keys.ed25519(signed).spoiled(if: faults.contains(.badSignature))
        return reply.with("Date", date).with("Digest", digest).with(
            "Keygen-Signature",
            #"keyid="\#(Self.account(request))", algorithm="ed25519", "#
                + #"signature="\#(Base64.encode(signature))", "#
                + #"headers="(request-target) host date digest""#
        )
    }

    static func signingData(
        method: String,
        target: String,
        host: String,
        date: String,
        digest: String
    ) -> String {
        """
        (request-target): \(method.lowercased()) \(target)
        host: \(host)
        date: \(date)
        digest: \(digest)
        """
    }

    static func reply(
        _ json: JSONValue,
        status: HTTPResponse.Status = .ok
    ) -> IssuerReply {
        IssuerReply(
            status: status,
            contentType: mediaType + "; charset=utf-8",
            body: json.serialized()
        )
    }

    /// An error document of JSON:API.
    static func errors(
        _ status: HTTPResponse.Status,
        _ title: String,
        _ detail: String,
        code: String? = nil,
        pointer: String? = nil
    ) -> IssuerReply {
        var error = JSONObject([
            .init(name: "title", value: .string(title)),
            .init(name: "detail", value: .string(detail)),
        ])
        if let code { error["code"] = .string(code) }
        if let pointer { error["source"] = ["pointer": .string(pointer)] }
        return reply(["errors": [.object(error)]], status: status)
    }
}

/// The body of a validation request.
struct LicenseRequest: Sendable {
    let key: String
    let nonce: Int64?
    let scope: JSONValue?

    /// A parameter that the request has wrong.
    struct Refusal: Error, Sendable, Equatable {
        let detail: String
        let pointer: String?
    }

    private static let scopeMembers: Set<String> = [
        "product", "policy", "user", "machine", "fingerprint", "fingerprints", "components",
        "entitlements", "checksum", "version", "environment",
    ]

    init(_ body: [UInt8]) throws(Refusal) {
        let json: JSONValue
        do {
            json = try JSONValue.parse(
                body,
                limits: JSONLimits(depth: 16, bytes: SandboxLimits.questionBytes)
            )
        } catch {
            throw Refusal(detail: "the request contains invalid JSON", pointer: nil)
        }
        try Self.permit(json, ["meta"], at: "")
        guard let meta = json["meta"] else { throw Refusal(detail: "is missing", pointer: "/meta") }
        try Self.permit(
            meta,
            ["key", "nonce", "scope", "encrypted", "legacyEncrypted"],
            at: "/meta"
        )
        guard let key = meta["key"] else {
            throw Refusal(detail: "is missing", pointer: "/meta/key")
        }
        guard let text = key.stringValue, text.utf8.count <= SandboxLimits.symbols else {
            throw Refusal(detail: "type mismatch (expected string)", pointer: "/meta/key")
        }
        guard !text.allSatisfy(\.isWhitespace) else {
            throw Refusal(detail: "cannot be blank", pointer: "/meta/key")
        }
        self.key = text
        nonce = meta["nonce"]?.integerValue
        if meta["nonce"] != nil, nonce == nil {
            throw Refusal(detail: "type mismatch (expected integer)", pointer: "/meta/nonce")
        }
        scope = meta["scope"]
        if let scope { try Self.permit(scope, Self.scopeMembers, at: "/meta/scope") }
    }

    private static func permit(
        _ json: JSONValue,
        _ names: Set<String>,
        at pointer: String
    ) throws(Refusal) {
        guard let object = json.objectValue else {
            throw Refusal(detail: "type mismatch (expected object)", pointer: pointer)
        }
        for member in object.members where !names.contains(member.name) {
            throw Refusal(
                detail: "unpermitted parameter",
                pointer: pointer + "/" + JSONPointer.escape(member.name)
            )
        }
    }
}
