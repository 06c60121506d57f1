/// The file of a ``SoldIndex``, version 1. Words are little-endian.
///
/// | bytes | |
/// |---|---|
/// | 0…7 | `CPSOLD\r\n`: a transfer that changes line ends breaks it at once |
/// | 8…11 | version |
/// | 12…15 | ``LastingFingerprinting/Origin`` |
/// | 16…47 | key id |
/// | 48…55 | fingerprints in the file |
/// | 56…59 | fingerprints of a block; the last may have fewer |
/// | 60…63 | 0 |
/// | 64…79 | authenticator of the directory |
/// | 80…81, then text | normal form, its length before it |
/// | after it, 2, then text | issuer domain, its length before it |
/// | 1008…1023 | authenticator of bytes 0…1007 |
/// | 1024… | fingerprints, ascending: high word, low word |
/// | after them | directory: of each block its first fingerprint, and half its authenticator |
///
/// An authenticator is SipHash-2-4-128 under a key derived from that of the fingerprints, over the
/// bytes; of a block before it the number of the block. So damage is found when a block is met, and
/// a block that was moved, or comes from another file, is damage too.
enum SoldIndexFormat {
    static let magic = Array("CPSOLD\r\n".utf8)
    static let version: UInt32 = 1
    static let headerBytes = 1024
    static let fingerprintBytes = 16
    static let directoryEntryBytes = 24
    /// 64 KiB: a sparse stock reads little of a large index, and the directory stays small.
    static let blockFingerprints = 4096
    static let blockBytes = blockFingerprints * fingerprintBytes
    /// What one file may hold: 16 TiB, more than any disk that was ever meant.
    static let mostFingerprints = 1 << 40
    static let textStart = 80
    static let authenticatorStart = headerBytes - 16
    /// Bytes that the two texts may have together with their lengths.
    static let textBytes = authenticatorStart - textStart

    static func blockCount(of fingerprints: Int) -> Int {
        (fingerprints + blockFingerprints - 1) / blockFingerprints
    }

    static func fileBytes(of fingerprints: Int) -> Int {
        headerBytes + fingerprints * fingerprintBytes
            + blockCount(of: fingerprints) * directoryEntryBytes
    }

    /// The key under which block `number` is authenticated; the directory and the header have
    /// numbers that no block has.
    static func authenticator(
        of bytes: UnsafeRawBufferPointer,
        number: UInt64,
        key: SipHashKey
    ) -> SoldFingerprint {
        guard !bytes.isEmpty, let start = bytes.baseAddress else {
            return SoldFingerprint(high: 0, low: number)
        }
        let found = SipHash.lastingFingerprint(
            start.assumingMemoryBound(to: UInt8.self),
            count: bytes.count,
            key: SipHashKey(key.k0 ^ number, key.k1)
        )
        return SoldFingerprint(high: found.high, low: found.low)
    }

    static let directoryNumber = UInt64.max
    static let headerNumber = UInt64.max - 1
}

/// What the beginning of an index says.
struct SoldIndexHeader: Equatable {
    var origin: LastingFingerprinting.Origin
    var keyID: [UInt8]
    var count: Int
    var directory: SoldFingerprint
    var normalForm: String
    var issuer: String

    /// The header's bytes.
    /// - Returns: nil when the texts do not fit.
    func bytes(key: SipHashKey) -> [UInt8]? {
        var bytes = SoldIndexFormat.magic
        bytes.append(littleEndian: SoldIndexFormat.version)
        bytes.append(littleEndian: origin.rawValue)
        bytes += keyID
        bytes.append(littleEndian: UInt64(count))
        bytes.append(littleEndian: UInt32(SoldIndexFormat.blockFingerprints))
        bytes.append(littleEndian: UInt32(0))
        bytes.append(littleEndian: directory.high)
        bytes.append(littleEndian: directory.low)
        for text in [normalForm, issuer] {
            guard text.utf8.count <= SoldIndexFormat.textBytes else { return nil }
            bytes.append(littleEndian: UInt16(text.utf8.count))
            bytes += text.utf8
        }
        let padding = SoldIndexFormat.authenticatorStart - bytes.count
        guard padding >= 0 else { return nil }
        bytes += repeatElement(0, count: padding)
        let authenticator = bytes.withUnsafeBytes {
            SoldIndexFormat.authenticator(of: $0, number: SoldIndexFormat.headerNumber, key: key)
        }
        bytes.append(littleEndian: authenticator.high)
        bytes.append(littleEndian: authenticator.low)
        return bytes
    }
}

extension SoldIndexHeader {
    /// Reads a header and finds out whether it is ours to read.
    ///
    /// - Parameter bytes: the first ``SoldIndexFormat/headerBytes`` of the file.
    init(
        _ bytes: [UInt8],
        for fingerprinting: LastingFingerprinting
    ) throws(SoldIndexError) {
        guard bytes.count >= 16, bytes.starts(with: SoldIndexFormat.magic) else {
            throw .notAnIndex
        }
        let version = bytes.word32(at: 8)
        guard version == SoldIndexFormat.version else { throw .otherVersion(version) }
        guard bytes.count == SoldIndexFormat.headerBytes else { throw .truncated }
        guard let origin = LastingFingerprinting.Origin(rawValue: bytes.word32(at: 12)) else {
            throw .damaged(offset: 12)
        }
        guard origin == fingerprinting.origin else { throw .otherOrigin(origin) }
        guard Array(bytes[16..<48]) == fingerprinting.keyID else { throw .otherKey(origin) }
        let authenticator = bytes[..<SoldIndexFormat.authenticatorStart].withUnsafeBytes {
            SoldIndexFormat.authenticator(
                of: $0,
                number: SoldIndexFormat.headerNumber,
                key: fingerprinting.blockKey
            )
        }
        let start = SoldIndexFormat.authenticatorStart
        guard authenticator.high == bytes.word64(at: start),
            authenticator.low == bytes.word64(at: start + 8)
        else { throw .damaged(offset: 0) }
        let (normalForm, next) = bytes.text(at: SoldIndexFormat.textStart)
        self.origin = origin
        keyID = fingerprinting.keyID
        count = Int(clamping: bytes.word64(at: 48))
        directory = SoldFingerprint(high: bytes.word64(at: 64), low: bytes.word64(at: 72))
        self.normalForm = normalForm
        issuer = bytes.text(at: next).text
        guard count <= SoldIndexFormat.mostFingerprints,
            bytes.word32(at: 56) == SoldIndexFormat.blockFingerprints
        else { throw .damaged(offset: 48) }
    }
}

extension [UInt8] {
    mutating func append(littleEndian word: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: word.littleEndian) { append(contentsOf: $0) }
    }

    func word32(at offset: Int) -> UInt32 {
        withUnsafeBytes {
            UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
    }

    func word64(at offset: Int) -> UInt64 {
        withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
    }

    /// A text with its length before it, of bytes that were authenticated.
    func text(at offset: Int) -> (text: String, next: Int) {
        let start = Swift.min(offset + 2, count)
        let length = Int(offset + 2 <= count ? word32(at: offset) & 0xffff : 0)
        let end = Swift.min(start + length, count)
        return (String(decoding: self[start..<end], as: UTF8.self), end)
    }
}
