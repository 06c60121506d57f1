import CardModel
import Gateway
import HTTPTypes
import Hummingbird
import NIOCore
import WireFormat

/// One request on its way through an endpoint.
struct Call: Sendable {
    let request: Request
    let context: ConnectionContext
    /// The values of the route's parameters, in the order of its pattern.
    let parameters: [Substring]

    var headers: HTTPFields { request.headers }

    /// The language of texts for people, as the caller prefers.
    var language: Language { Language(acceptLanguage: request.headers[.acceptLanguage]) }

    /// The raw bytes of a JSON body, refused by length first and by media type second
    /// (CONTRACT, Precedence).
    /// - Throws: ``Problem`` with `body_too_large` or `unsupported_media_type`.
    func jsonBytes(limit: Int = DeliveryNotice.largestBodyBytes) async throws -> [UInt8] {
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw Problem(.bodyTooLarge)
        }
        guard let type = headers[.contentType], MediaType.isJSON(type) else {
            throw Problem(.unsupportedMediaType)
        }
        do {
            let buffer = try await request.body.collect(upTo: limit)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem(.bodyTooLarge)
        }
    }

    /// A JSON body, parsed.
    /// - Throws: ``Problem``, `invalid_fields` too when it is no object.
    func jsonObject(limit: Int) async throws -> JSONObject {
        try Self.jsonObject(await jsonBytes(limit: limit))
    }

    /// The object that the bytes of a body are.
    static func jsonObject(_ bytes: [UInt8]) throws(Problem) -> JSONObject {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue.parse(bytes)
        } catch {
            throw Problem(error)
        }
        guard let object = value.objectValue else {
            throw Problem(
                .invalidFields,
                errors: [FieldProblem(.pointer(""), .wrongType)]
            )
        }
        return object
    }
}

/// Media types of requests.
enum MediaType {
    /// `application/json` in any case, with or without parameters.
    static func isJSON(_ header: String) -> Bool {
        let wanted = "application/json".utf8
        let given = header.utf8
        guard given.count >= wanted.count,
            zip(given, wanted).allSatisfy({ $0 | 0x20 == $1 | 0x20 })
        else { return false }
        let rest = given.dropFirst(wanted.count).first { $0 != 0x20 && $0 != 0x09 }
        return rest == nil || rest == UInt8(ascii: ";")
    }
}
