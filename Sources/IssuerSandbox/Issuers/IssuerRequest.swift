import HTTPTypes
import WireFormat

/// A question as it came over the wire.
struct IssuerRequest: Sendable {
    let method: HTTPRequest.Method
    /// Path and query, as they were sent.
    let target: String
    /// The host that was asked, without its port.
    let host: String
    let headers: HTTPFields
    let body: [UInt8]

    init(
        method: HTTPRequest.Method,
        target: String,
        authority: String?,
        headers: HTTPFields,
        body: [UInt8]
    ) {
        self.method = method
        self.target = target
        host = Self.host(of: authority ?? "")
        self.headers = headers
        self.body = body
    }

    private static func host(of authority: String) -> String {
        if authority.hasPrefix("[") {
            return String(authority.prefix { $0 != "]" }) + "]"
        }
        return String(authority.prefix { $0 != ":" })
    }

    /// In lower case, with its parameters.
    var contentType: String { headers[.contentType]?.lowercased() ?? "" }

    func header(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { headers[$0] }
    }

    /// What follows `Bearer` in the `Authorization`.
    var bearer: String? {
        guard let text = headers[.authorization], text.hasPrefix("Bearer ") else { return nil }
        return String(text.dropFirst(7))
    }

    /// The pair of HTTP Basic; nil when there is none.
    var basic: BasicCredentials? {
        guard let text = headers[.authorization], text.lowercased().hasPrefix("basic "),
            let bytes = Base64.decode(text.dropFirst(6))
        else { return nil }
        return BasicCredentials(String(decoding: bytes, as: UTF8.self))
    }

    var json: JSONValue? {
        try? JSONValue.parse(
            body,
            limits: JSONLimits(depth: 16, bytes: SandboxLimits.questionBytes)
        )
    }

    /// The query's fields; nil when they cannot be read.
    var query: FormFields? {
        guard let mark = target.firstIndex(of: "?") else { return FormFields([]) }
        return FormFields(Array(target[target.index(after: mark)...].utf8))
    }

    /// The body's fields; nil unless it is a form that can be read.
    var form: FormFields? {
        guard contentType.hasPrefix("application/x-www-form-urlencoded") else { return nil }
        return FormFields(body)
    }

    /// The last segment of the path, decoded.
    var lastSegment: String? {
        let path = target.prefix { $0 != "?" }
        guard let slash = path.lastIndex(of: "/"),
            let bytes = PercentCoding.decode(Array(path[path.index(after: slash)...].utf8))
        else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
