import CardModel
import WireFormat

extension TextTemplate {
    enum Place: Sendable, Hashable {
        case key
        case serial
        case product
        case faceValueMinor
        case faceValueCurrency
        case issuerReference
        case nonce
        case askedAt(TimeNotation)
        case setting(String)
        case secret(String)
        /// Of the message that is being signed or verified.
        case message(MessagePart)

        /// How the time of the question is written.
        enum TimeNotation: String, Sendable, Hashable, CaseIterable {
            case rfc3339 = ""
            case unix
            case unixMilliseconds = "unix_ms"
            case httpDate = "http_date"
            /// `2026-11-20 16:00:00`, in the platform's zone.
            case local
            /// `20261120160000`, in the platform's zone.
            case localCompact = "local_compact"

            func text(_ instant: Instant, _ zone: LocalZone) -> String {
                let (seconds, _) = instant.secondsAndMilliseconds
                switch self {
                case .rfc3339: return instant.rfc3339
                case .unix: return String(seconds)
                case .unixMilliseconds: return String(instant.millisecondsSinceEpoch)
                case .httpDate: return HTTPDate.text(instant)
                case .local, .localCompact:
                    let shifted = instant + .seconds(zone.offsetSeconds(at: instant))
                    let text = shifted.rfc3339Seconds.dropLast()
                    return self == .local
                        ? "\(text.prefix(10)) \(text.suffix(8))"
                        : String(text.filter(\.isNumber))
                }
            }
        }

        var isSecret: Bool {
            switch self {
            case .key, .secret, .issuerReference, .message: true
            case .serial, .product, .faceValueMinor, .faceValueCurrency, .nonce, .askedAt,
                .setting:
                false
            }
        }

        /// How the place is written.
        var name: String {
            switch self {
            case .key: "key"
            case .serial: "serial"
            case .product: "product"
            case .faceValueMinor: "face_value.minor"
            case .faceValueCurrency: "face_value.currency"
            case .issuerReference: "issuer_reference"
            case .nonce: "nonce"
            case .askedAt(.rfc3339): "asked_at"
            case .askedAt(let notation): "asked_at.\(notation.rawValue)"
            case .setting(let name): "settings.\(name)"
            case .secret(let name): "secrets.\(name)"
            case .message(let part): part.name
            }
        }

        /// What the inquiry provides.
        static let ofInquiry: [Place] =
            [
                .key, .serial, .product, .faceValueMinor, .faceValueCurrency, .issuerReference,
                .nonce,
            ] + TimeNotation.allCases.map { .askedAt($0) }
    }

    /// A part of a message that a signature covers, or the signature itself.
    enum MessagePart: Sendable, Hashable {
        case method
        case path
        case query
        case body
        case bodyMD5
        case bodySHA256
        /// The body's characters in the order of their code points, as they are before the
        /// signature is added.
        case bodySorted
        /// `a=1&b=2`: parameters, form fields or JSON members, sorted by name, empty ones left out.
        case fieldPairs
        /// `a1b2`, likewise.
        case fieldTexts
        case signature
        case responseStatus
        case responseBody
        case responseBodyMD5
        case responseBodySHA256
        case responseHeader(String)

        var name: String {
            switch self {
            case .method: "method"
            case .path: "path"
            case .query: "query"
            case .body: "body"
            case .bodyMD5: "body.md5"
            case .bodySHA256: "body.sha256"
            case .bodySorted: "body.sorted"
            case .fieldPairs: "fields.pairs"
            case .fieldTexts: "fields.texts"
            case .signature: "signature"
            case .responseStatus: "response.status"
            case .responseBody: "response.body"
            case .responseBodyMD5: "response.body.md5"
            case .responseBodySHA256: "response.body.sha256"
            case .responseHeader(let name): Self.headerPrefix + name.lowercased()
            }
        }

        static let headerPrefix = "response.header."
    }

    /// Where a template stands, and so which places it may hold beside settings and secrets.
    enum Scope: Sendable {
        /// A request's own parts.
        case request
        /// What is the same for every question: accounts and keys.
        case configuration
        /// The string a request's signature is over.
        case signedRequest
        /// What carries a request's signature.
        case signature
        /// The string an answer's signature is over.
        case signedAnswer

        var places: [Place] {
            switch self {
            case .request: Place.ofInquiry
            case .configuration: []
            case .signedRequest:
                Place.ofInquiry
                    + [
                        MessagePart.method, .path, .query, .body, .bodyMD5, .bodySHA256,
                        .bodySorted, .fieldPairs, .fieldTexts,
                    ].map { .message($0) }
            case .signature: Place.ofInquiry + [.message(.signature)]
            case .signedAnswer:
                Place.ofInquiry
                    + [
                        MessagePart.method, .path, .responseStatus, .responseBody,
                        .responseBodyMD5, .responseBodySHA256,
                    ].map { .message($0) }
            }
        }
    }
}
