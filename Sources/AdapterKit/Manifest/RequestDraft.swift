import CardModel
import Crypto
import WireFormat

/// A request whose places are filled, before it is written out: what a signature is over, and what
/// it is added to.
struct RequestDraft {
    struct Field {
        var name: String
        var value: String
        var isSecret: Bool

        var header: OutboundHeader {
            OutboundHeader(name: name, value: value, isSecret: isSecret)
        }

        /// `name=value`, both percent-encoded.
        var pair: String { FormEncoding.text([(name, value)]) }
    }

    enum Body {
        case none
        case json(JSONValue)
        case form([Field])
        case xml([UInt8])
    }

    var method: String
    var address: TextTemplate.Filled
    var query: [Field]
    var headers: [OutboundHeader]
    var body: Body
    /// What was made of secrets on the way, and is kept as little as they are.
    var derivedSecrets: [SecretValue] = []

    /// The request line's target, as far as it is ours to write.
    var url: SecretURL {
        var text = address.text
        var secretParts = address.secretParts
        var separator = text.contains("?") ? "&" : "?"
        for field in query {
            text += separator + field.pair
            if field.isSecret { secretParts.append(URLSyntax.percentEncoded(field.value)) }
            separator = "&"
        }
        return SecretURL(text, secretParts: secretParts)
    }

    var bodyBytes: [UInt8] {
        switch body {
        case .none: []
        case .json(let value): value.serialized()
        case .form(let fields): Array(fields.map(\.pair).joined(separator: "&").utf8)
        case .xml(let bytes): bytes
        }
    }

    var contentType: String? {
        switch body {
        case .none: nil
        case .json: "application/json"
        case .form: FormEncoding.mediaType
        case .xml: "application/xml"
        }
    }

    mutating func appendToForm(_ field: Field) throws(AdapterError) {
        guard case .form(let fields) = body else { throw Self.noPlace(field.name) }
        body = .form(fields + [field])
    }

    mutating func appendToJSON(_ field: Field) throws(AdapterError) {
        guard case .json(.object(var object)) = body, object[field.name] == nil
        else { throw Self.noPlace(field.name) }
        object[field.name] = .string(field.value)
        body = .json(.object(object))
    }

    private static func noPlace(_ name: String) -> AdapterError {
        AdapterError(
            code: .settings,
            message: "the request's body has no place for the signature `\(name)`",
            cause: .ourRequest
        )
    }

    /// What a string to be signed may name.
    func messageParts() throws(AdapterError) -> [TextTemplate.MessagePart: String] {
        let (path, query) = url.withUnredacted(URLSyntax.target)
        let body = bodyBytes
        let text = String(decoding: body, as: UTF8.self)
        let fields = signedFields
        return [
            .method: method, .path: path, .query: query,
            .body: text,
            .bodyMD5: Hexadecimal.encode(Array(Insecure.MD5.hash(data: body))),
            .bodySHA256: Hexadecimal.encode(Array(SHA256.hash(data: body))),
            .bodySorted: String(String.UnicodeScalarView(text.unicodeScalars.sorted())),
            .fieldPairs: fields.map { "\($0.name)=\($0.value)" }.joined(separator: "&"),
            .fieldTexts: fields.map { $0.name + $0.value }.joined(),
        ]
    }

    /// By name in byte order, empty ones left out; values as they are, not encoded.
    private var signedFields: [(name: String, value: String)] {
        let fields: [(name: String, value: String)] =
            switch body {
            case .form(let fields): fields.map { ($0.name, $0.value) }
            case .json(let value):
                (value.objectValue?.members ?? []).map { ($0.name, $0.value.lexeme ?? "") }
            case .none, .xml: query.map { ($0.name, $0.value) }
            }
        return fields.filter { !$0.value.isEmpty }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
