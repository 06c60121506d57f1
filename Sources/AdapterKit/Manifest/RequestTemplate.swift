import CardModel
import WireFormat

/// How a manifest puts its question.
struct RequestTemplate: Sendable, Hashable {
    enum Method: String, Sendable, Hashable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
    }

    enum Body: Sendable, Hashable {
        case none
        case json(JSONTemplate)
        /// `application/x-www-form-urlencoded`, in the order given.
        case form([Field])
        case xml(XMLTemplate)
    }

    struct Field: Sendable, Hashable {
        var name: String
        var value: TextTemplate
    }

    var method: Method
    var url: TextTemplate
    var query: [Field]
    var headers: [Field]
    var body: Body
    var authentication: AuthenticationScheme

    /// The request for one inquiry, with all but an access token, and the secrets that came up in
    /// making it.
    func filled(
        with values: TextTemplate.Values,
        limits: AdapterLimits
    ) throws(AdapterError) -> (request: OutboundRequest, secrets: [SecretValue]) {
        var draft = RequestDraft(
            method: method.rawValue,
            address: try address(with: values),
            query: try fields(query, values),
            headers: try fields(headers, values).map(\.header),
            body: try body(with: values)
        )
        if let type = draft.contentType,
            !headers.contains(where: { $0.name.lowercased() == "content-type" })
        {
            draft.headers.append(OutboundHeader(name: "Content-Type", value: type))
        }
        draft.headers += try authentication.headers(with: values)
        if case .signature(let signature) = authentication {
            try signature.sign(&draft, with: values)
        }
        try Self.refuseControlCharacters(in: draft.headers)
        let request = OutboundRequest(
            method: draft.method,
            url: draft.url,
            headers: draft.headers,
            body: draft.bodyBytes,
            timeout: limits.timeout,
            responseBytesLimit: limits.responseBytes
        )
        return (request, draft.derivedSecrets)
    }

    private func address(
        with values: TextTemplate.Values
    ) throws(AdapterError) -> TextTemplate.Filled {
        let filled = try url.filled(
            with: values,
            encodesFirstPlace: false,
            encode: URLSyntax.percentEncoded
        )
        guard let filled else {
            throw AdapterError(
                code: .settings,
                message: "an optional place of the URL has no value",
                cause: .ourAccount
            )
        }
        guard !URLSyntax.hasDotSegment(URLSyntax.target(of: filled.text).path) else {
            throw AdapterError(
                code: .inquiry,
                message: "a value for the URL is a step to another page: `.` or `..`",
                cause: .notSupportedByIssuer
            )
        }
        return filled
    }

    private func body(
        with values: TextTemplate.Values
    ) throws(AdapterError) -> RequestDraft.Body {
        switch body {
        case .none: .none
        case .json(let template):
            .json(try template.filled(with: values) ?? .object(JSONObject()))
        case .form(let fields): .form(try self.fields(fields, values))
        case .xml(let template): .xml(try template.document(with: values))
        }
    }

    private func fields(
        _ fields: [Field],
        _ values: TextTemplate.Values
    ) throws(AdapterError) -> [RequestDraft.Field] {
        var filled: [RequestDraft.Field] = []
        for field in fields {
            guard let value = try field.value.filled(with: values) else { continue }
            filled.append(
                RequestDraft.Field(
                    name: field.name,
                    value: value.text,
                    isSecret: field.value.holdsSecret
                )
            )
        }
        return filled
    }

    /// A code with a line break must not become a second header.
    private static func refuseControlCharacters(
        in headers: [OutboundHeader]
    ) throws(AdapterError) {
        for header in headers where header.value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw AdapterError(
                code: .inquiry,
                message: "a value for the header `\(header.name)` contains a control character",
                cause: .ourRequest
            )
        }
    }
}
