import HTTPTypes
import WireFormat

/// A licence server after Keygen's API: `POST /v1/accounts/{account}/licenses/actions/validate-key`
/// in JSON:API, without credentials. Always status 200 when a key was asked about, an unknown key
/// included. Replies are not signed.
struct LicenseServer: Sendable {
    let books: IssuerBooks

    static let mediaType = "application/vnd.api+json"

    func answer(account: String, contentType: String?, body: [UInt8]) -> IssuerOutcome {
        let type = contentType?.lowercased() ?? ""
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
            request = try LicenseRequest(body)
        } catch {
            return refused(
                Self.errors(.badRequest, "Bad request", error.detail, pointer: error.pointer)
            )
        }
        guard let found = books.ask(request.key, .licenseValidation) else {
            return refused(
                Self.errors(
                    .serviceUnavailable,
                    "Service unavailable",
                    "The sandbox remembers no further keys; POST /sandbox/reset"
                )
            )
        }
        let writer = LicenseWriter(
            record: found.record,
            request: request,
            account: account,
            now: found.askedAt,
            utcOffsetSeconds: books.configuration.utcOffsetSeconds
        )
        return .answered(Self.reply(writer.document), code: request.key, found)
    }

    private func refused(_ reply: IssuerReply) -> IssuerOutcome {
        books.countRefusal(.licenseValidation)
        return .refused(reply)
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
