import Crypto
import WireFormat

/// The tamper-evident log, and nothing that needs a disk, a network or a clock.
///
/// What belongs here: the bytes of a leaf and of its disclosures, the RFC 6962 tree over them, the
/// tiles, checkpoints, signed notes, cosignatures, proofs and policies of C2SP, and the checks an
/// auditor runs on them. An auditor can use this module alone: he supplies bytes, it answers with
/// values. What does not belong here: files, keys at rest, time stamping, the meaning of a field.
///
/// A SHA-256 hash of a node or leaf of an RFC 6962 Merkle tree: 32 bytes, held in place.
///
/// Hashes are never secret, so comparison is not constant-time.
/// Source: RFC 6962 §2.1 (https://www.rfc-editor.org/rfc/rfc6962#section-2.1).
public struct TreeHash: Sendable, Hashable {
    /// Bytes of a hash.
    public static let byteCount = 32

    // Four machine words in memory order: no heap, and equality is four comparisons.
    private let word0: UInt64
    private let word1: UInt64
    private let word2: UInt64
    private let word3: UInt64

    /// The hash of the tree without leaves: SHA-256 of nothing.
    public static let emptyTree = TreeHash(SHA256().finalize())

    /// Nil unless `bytes` has exactly 32 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(copying: bytes)
    }

    /// Nil unless `text` is the canonical padded base64 of 32 bytes.
    public init?(base64 text: some StringProtocol) {
        guard let bytes = Base64.decode(text) else { return nil }
        self.init(bytes: bytes)
    }

    /// Hash of a leaf: `SHA256(0x00 || entry)`.
    public static func leaf(of entry: [UInt8]) -> TreeHash {
        entry.withUnsafeBytes { leaf(ofRawBytes: $0) }
    }

    /// Hash of a leaf whose entry is a part of a larger buffer, such as an entry bundle.
    public static func leaf(of entry: ArraySlice<UInt8>) -> TreeHash {
        entry.withUnsafeBytes { leaf(ofRawBytes: $0) }
    }

    /// Hash of an inner node: `SHA256(0x01 || left || right)`.
    public static func node(_ left: TreeHash, _ right: TreeHash) -> TreeHash {
        withUnsafeTemporaryAllocation(byteCount: 65, alignment: 1) { buffer in
            buffer[0] = nodePrefix
            buffer.storeBytes(of: left, toByteOffset: 1, as: TreeHash.self)
            buffer.storeBytes(of: right, toByteOffset: 33, as: TreeHash.self)
            var hasher = SHA256()
            hasher.update(bufferPointer: UnsafeRawBufferPointer(buffer))
            return TreeHash(hasher.finalize())
        }
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        withUnsafeBytes(of: self) { Array($0) }
    }

    /// Standard base64 with padding, 44 symbols: how notes and proofs write a hash.
    public var base64: String {
        var symbols: [UInt8] = []
        appendBase64(to: &symbols)
        return String(decoding: symbols, as: UTF8.self)
    }

    /// Appends the 44 symbols of ``base64``.
    func appendBase64(to buffer: inout [UInt8]) {
        withUnsafeBytes(of: self) { Base64.append(raw: $0, to: &buffer) }
    }

    /// Appends the 32 bytes.
    public func append(to buffer: inout [UInt8]) {
        withUnsafeBytes(of: self) { buffer.append(contentsOf: $0) }
    }

    private static let leafPrefix: UInt8 = 0x00
    private static let nodePrefix: UInt8 = 0x01

    static func leaf(ofRawBytes entry: UnsafeRawBufferPointer) -> TreeHash {
        var hasher = SHA256()
        withUnsafeBytes(of: leafPrefix) { hasher.update(bufferPointer: $0) }
        hasher.update(bufferPointer: entry)
        return TreeHash(hasher.finalize())
    }

    /// The plain SHA-256 of `bytes`, for digests that are not part of a tree.
    static func plain(_ bytes: [UInt8]) -> TreeHash {
        bytes.withUnsafeBytes { raw in
            var hasher = SHA256()
            hasher.update(bufferPointer: raw)
            return TreeHash(hasher.finalize())
        }
    }

    init(_ digest: SHA256.Digest) {
        self = digest.withUnsafeBytes { $0.loadUnaligned(as: TreeHash.self) }
    }

    /// `rawBytes` has at least 32 bytes from `offset` on.
    init(rawBytes: UnsafeRawBufferPointer, at offset: Int) {
        self = rawBytes.loadUnaligned(fromByteOffset: offset, as: TreeHash.self)
    }

    private init(copying bytes: some Collection<UInt8>) {
        self = withUnsafeTemporaryAllocation(byteCount: Self.byteCount, alignment: 8) { buffer in
            buffer.copyBytes(from: bytes)
            return UnsafeRawBufferPointer(buffer).load(as: TreeHash.self)
        }
    }
}

extension TreeHash: CustomStringConvertible {
    public var description: String { base64 }
}

extension TreeHash {
    /// Hashes that stand one after the other, as in a tile: nil unless whole.
    public static func sequence(_ bytes: [UInt8]) -> [TreeHash]? {
        guard bytes.count.isMultiple(of: byteCount) else { return nil }
        return bytes.withUnsafeBytes { raw in
            (0..<bytes.count / byteCount).map { TreeHash(rawBytes: raw, at: $0 * byteCount) }
        }
    }
}
