public import WireFormat

/// One field of a leaf, opened: base64url of `["<salt>","<name>",<value>]`.
///
/// Its SHA-256, base64url, stands among the leaf's digests; who lacks the salt learns nothing.
/// Opens with coreutils: `printf %s "$d" | openssl dgst -sha256 -binary | basenc --base64url`.
/// Source: RFC 9901 §4.2 (selective disclosure for JWTs), with the array in the canonical form of
/// RFC 8785 so that a field has one disclosure a salt.
public struct Disclosure: Sendable {
    /// Symbols of a disclosure: a field never outgrows a leaf.
    public static let longestText = 65_535

    /// The base64url text as ASCII.
    public let bytes: [UInt8]
    public let name: String
    public let value: JSONValue

    /// Reads a disclosure.
    /// - Throws: ``EvidenceError`` with code `malformedDisclosure`, naming the part.
    public init(text: String) throws(EvidenceError) {
        guard text.utf8.count <= Self.longestText, let json = Base64.decodeURL(text) else {
            throw Self.malformed("text", "not base64url without padding")
        }
        let array: JSONValue
        do {
            array = try JSONValue.parse(json)
        } catch {
            throw Self.malformed("byte \(error.byteOffset)", error.reason.rawValue)
        }
        guard let parts = array.arrayValue, parts.count == 3,
            let salt = parts[0].stringValue, let name = parts[1].stringValue
        else { throw Self.malformed("array", "does not have the form [salt, name, value]") }
        guard let saltBytes = Base64.decodeURL(salt),
            saltBytes.count >= RecordSecret.saltByteCount
        else { throw Self.malformed("salt", "not base64url of 16 or more bytes") }
        guard LeafFields.isName(name) else {
            throw Self.malformed("name", "is not like `face_value`")
        }
        guard CanonicalText.isWritable(array), Self.canonical(array) == json else {
            throw Self.malformed("array", "not in its canonical form (RFC 8785)")
        }
        bytes = Array(text.utf8)
        self.name = name
        value = parts[2]
    }

    /// What a bundle carries, a line each.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// SHA-256 of ``bytes``: what the leaf holds as base64url.
    public var digest: TreeHash { .plain(bytes) }

    /// `bytes` are those of the array that ``appendArray(salt:name:value:to:)`` writes.
    init(bytes: [UInt8], name: String, value: JSONValue) {
        self.bytes = bytes
        self.name = name
        self.value = value
    }

    /// Appends `["<salt>","<name>",<value>]`; name and value were checked by ``LeafFields``.
    static func appendArray(
        salt: ArraySlice<UInt8>,
        name: String,
        value: ArraySlice<UInt8>,
        to array: inout [UInt8]
    ) {
        array.append(UInt8(ascii: "["))
        array.append(UInt8(ascii: "\""))
        salt.withUnsafeBytes { Base64.appendURL(raw: $0, to: &array) }
        array.append(contentsOf: "\",\"".utf8)
        array.append(contentsOf: name.utf8)
        array.append(contentsOf: "\",".utf8)
        array.append(contentsOf: value)
        array.append(UInt8(ascii: "]"))
    }

    private static func canonical(_ value: JSONValue) -> [UInt8] {
        var bytes: [UInt8] = []
        CanonicalText.append(value, to: &bytes)
        return bytes
    }

    private static func malformed(_ location: String, _ detail: String) -> EvidenceError {
        EvidenceError(.malformedDisclosure, at: location, detail)
    }
}

/// Two disclosures are the same when their bytes are: the order in which an object's members were
/// given does not matter, they are written in the canonical one.
extension Disclosure: Hashable {
    public static func == (left: Disclosure, right: Disclosure) -> Bool {
        left.bytes == right.bytes
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(bytes)
    }
}
