import CardModel
import WireFormat

/// How a manifest puts its question.
struct RequestTemplate: Sendable, Hashable {
    enum Body: Sendable, Hashable {
        case none
        case json(JSONTemplate)
        /// `application/x-www-form-urlencoded`, in the order given.
        case form([Field])
    }

    struct Field: Sendable, Hashable {
        var name: String
        var value: TextTemplate
    }

    var method: String
    var url: TextTemplate
    var query: [Field]
    var headers: [Field]
    var body: Body
    var authentication: AuthenticationScheme

    /// The request for one inquiry.
    func filled(
        with values: TextTemplate.Values,
        limits: AdapterLimits
    ) throws(AdapterError) -> OutboundRequest {
        let (bytes, contentType) = try body(with: values)
        var headers = try fields(self.headers, values)
        if let contentType, !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            headers.append(OutboundHeader(name: "Content-Type", value: contentType))
        }
        headers += try authentication.headers(with: values)
        try Self.refuseControlCharacters(in: headers)
        return OutboundRequest(
            method: method,
            url: try url(with: values),
            headers: headers,
            body: bytes,
            timeout: limits.timeout,
            responseBytesLimit: limits.responseBytes
        )
    }

    private func url(with values: TextTemplate.Values) throws(AdapterError) -> SecretURL {
        guard
            var address = try url.filled(
                with: values,
                encodesFirstPlace: false,
                encode: URLSyntax.percentEncoded
            )
        else {
            throw AdapterError(
                code: .settings,
                message: "an optional place of the URL has no value",
                cause: .ourAccount
            )
        }
        var separator = address.text.contains("?") ? "&" : "?"
        for field in query {
            guard
                let value = try field.value.filled(
                    with: values,
                    encode: URLSyntax.percentEncoded
                )
            else { continue }
            address.text += separator + URLSyntax.percentEncoded(field.name) + "=" + value.text
            address.secretParts += value.secretParts
            separator = "&"
        }
        return SecretURL(address.text, secretParts: address.secretParts)
    }

    private func body(
        with values: TextTemplate.Values
    ) throws(AdapterError) -> (bytes: [UInt8], contentType: String?) {
        switch body {
        case .none: return ([], nil)
        case .json(let template):
            let value = try template.filled(with: values) ?? .object(JSONObject())
            return (value.serialized(), "application/json")
        case .form(let fields):
            var pairs: [String] = []
            for field in fields {
                guard
                    let value = try field.value.filled(
                        with: values,
                        encode: URLSyntax.percentEncoded
                    )
                else { continue }
                pairs.append(URLSyntax.percentEncoded(field.name) + "=" + value.text)
            }
            return (
                Array(pairs.joined(separator: "&").utf8), "application/x-www-form-urlencoded"
            )
        }
    }

    private func fields(
        _ fields: [Field],
        _ values: TextTemplate.Values
    ) throws(AdapterError) -> [OutboundHeader] {
        var headers: [OutboundHeader] = []
        for field in fields {
            guard let value = try field.value.filled(with: values) else { continue }
            headers.append(
                OutboundHeader(
                    name: field.name,
                    value: value.text,
                    isSecret: field.value.holdsSecret
                )
            )
        }
        return headers
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
