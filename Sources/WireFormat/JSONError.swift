/// Why bytes are not the JSON we accept, and where.
public struct JSONError: Error, Sendable, Equatable {
    /// The stable reason words that reach a caller's problem document.
    public enum Reason: String, Sendable {
        case invalidUTF8 = "invalid_utf8"
        case duplicateKey = "duplicate_key"
        case tooDeep = "too_deep"
        case tooLarge = "too_large"
        case syntax = "not_json"
        case notCanonicalisable = "not_canonicalisable"
    }

    public let reason: Reason
    /// Offset of the first byte that cannot stand.
    public let byteOffset: Int
    /// RFC 6901 pointer to the value that was being read.
    public let pointer: String

    public init(reason: Reason, byteOffset: Int, pointer: String) {
        self.reason = reason
        self.byteOffset = byteOffset
        self.pointer = pointer
    }
}

/// How much JSON we read before we refuse.
public struct JSONLimits: Sendable {
    /// Nested arrays and objects.
    public var depth: Int
    /// Bytes of the whole text.
    public var bytes: Int

    public init(depth: Int, bytes: Int) {
        self.depth = depth
        self.bytes = bytes
    }

    /// CONTRACT's limits of a delivery body: 32 levels, 1 MiB.
    public static let `default` = JSONLimits(depth: 32, bytes: 1 << 20)
}
