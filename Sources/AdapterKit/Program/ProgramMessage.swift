import CardModel
import WireFormat

/// One line to a program. It holds keys or credentials, and prints as its length.
public struct ProgramMessage: Sendable, CustomStringConvertible, CustomReflectable {
    private let object: JSONObject

    /// The version of the protocol that this program speaks.
    static let protocolVersion: Int64 = 1

    private init(_ object: JSONObject) {
        self.object = object
    }

    /// The line with its end, for the program's standard input and nothing else.
    public var line: [UInt8] {
        JSONValue.object(object).serialized() + [UInt8(ascii: "\n")]
    }

    public var description: String { "(\(line.count) bytes)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension ProgramMessage {
    /// The first line of every life: who is greeted, and what the operator configured.
    static func greeting(_ descriptor: AdapterDescriptor, _ setup: AdapterSetup) -> ProgramMessage {
        let settings = setup.settings.sorted { $0.key < $1.key }.map {
            JSONObject.Member(name: $0.key, value: .string($0.value))
        }
        let secrets = setup.secrets.sorted { $0.key < $1.key }.map { name, secret in
            JSONObject.Member(name: name, value: .string(secret.withUnredacted { $0 }))
        }
        return ProgramMessage(
            JSONObject([
                .init(name: "cardproof", value: .integer(protocolVersion)),
                .init(name: "adapter", value: .string(descriptor.id)),
                .init(name: "version", value: .integer(Int64(descriptor.version))),
                .init(name: "concurrency", value: .integer(Int64(descriptor.limits.concurrency))),
                .init(name: "settings", value: .object(JSONObject(settings))),
                .init(name: "secrets", value: .object(JSONObject(secrets))),
            ])
        )
    }

    /// The question. Members that nobody knows are left out.
    static func inquiry(_ inquiry: Inquiry, _ number: UInt64) -> ProgramMessage {
        let code = inquiry.askedCode
        let question: JSONValue = [
            "key": .string(code.key.withUnredacted { $0 }),
            "serial": text(code.serial?.text),
            "product": .string(inquiry.product),
            "face_value": inquiry.faceValue?.jsonValue ?? .null,
            "expires_on": text(inquiry.expiresOn?.iso8601),
            "asked_at": .string(inquiry.askedAt.rfc3339),
            "asked_on": .string(inquiry.askedOn.iso8601),
            "delivered_at": text(inquiry.deliveredAt?.rfc3339),
            "issuer_reference": text(inquiry.issuerReference?.withUnredacted { $0 }),
            "nonce": .integer(Int64(clamping: inquiry.nonce)),
            "continuation": text(inquiry.continuation),
        ]
        return message(number, "inquire", question)
    }

    /// What the issuer answered to a request that the program asked us to send.
    ///
    /// - Parameter json: the body, where it is JSON that can be read without doubt.
    static func answer(
        _ response: OutboundResponse,
        json: JSONValue?,
        _ number: UInt64
    ) -> ProgramMessage {
        var names: Set<String> = []
        let headers = response.headers.compactMap { header -> JSONObject.Member? in
            let name = header.name.lowercased()
            guard names.insert(name).inserted else { return nil }
            return JSONObject.Member(name: name, value: .string(header.value))
        }
        let body = String(validating: response.body, as: UTF8.self)
        return message(
            number,
            "http",
            [
                "status": .integer(Int64(response.status)),
                "headers": .object(JSONObject(headers)),
                "json": json ?? .null,
                "body": text(body),
                "body_base64": text(body == nil ? Base64.encode(response.body) : nil),
            ]
        )
    }

    /// The dialogue is over: what the program says to this is not read any more, but it has to
    /// say its result before it is asked again.
    public static func over(_ number: UInt64) -> ProgramMessage {
        message(number, "http", ["error": "over"])
    }

    /// Members of ours without a value are left out; what an issuer said stays as it is.
    private static func message(
        _ number: UInt64,
        _ name: String,
        _ value: JSONValue
    ) -> ProgramMessage {
        let members = (value.objectValue?.members ?? []).filter { !$0.value.isNull }
        return ProgramMessage(
            JSONObject([
                .init(name: "id", value: .integer(Int64(clamping: number))),
                .init(name: name, value: .object(JSONObject(members))),
            ])
        )
    }

    private static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}
