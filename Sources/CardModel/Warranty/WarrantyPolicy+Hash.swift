import Crypto
public import WireFormat

/// What an order keeps of the policy it was placed under.
public struct PolicyPin: Sendable, Hashable {
    public let id: String
    public let version: Int

    /// ``WarrantyPolicy/contentHash``.
    public let hash: [UInt8]

    public init(id: String, version: Int, hash: [UInt8]) {
        self.id = id
        self.version = version
        self.hash = hash
    }
}

extension WarrantyPolicy {
    /// SHA-256 over the JCS form (RFC 8785) of ``jsonValue``, 32 bytes: every field with its
    /// value, whether the file wrote it or left it to the default.
    public var contentHash: [UInt8] {
        get throws(JSONError) {
            Array(SHA256.hash(data: try jsonValue.canonical()))
        }
    }

    /// What an order placed now pins.
    public var pin: PolicyPin {
        get throws(JSONError) {
            PolicyPin(id: id, version: version, hash: try contentHash)
        }
    }
}

extension PolicyPin {
    public var jsonValue: JSONValue {
        [
            "id": .string(id), "version": .integer(Int64(version)),
            "hash": .string(Hexadecimal.encode(hash)),
        ]
    }

    public init?(jsonValue: JSONValue) {
        guard let id = jsonValue["id"]?.stringValue,
            let version = jsonValue["version"]?.integerValue,
            let hash = jsonValue["hash"]?.stringValue.flatMap({ Hexadecimal.decode($0) })
        else { return nil }
        self.init(id: id, version: Int(version), hash: hash)
    }
}
