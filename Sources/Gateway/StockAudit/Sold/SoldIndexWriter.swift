/// Where a new index goes: nobody sees it before it is whole.
public protocol SoldIndexTarget: AnyObject {
    func append(_ bytes: UnsafeRawBufferPointer) throws

    /// Writes `header` over the first bytes, makes all durable, and puts the file in its place.
    func publish(header: [UInt8]) throws
}

/// Writes an index from fingerprints in their order.
struct SoldIndexWriter {
    private let target: any SoldIndexTarget
    private let key: SipHashKey
    private var block: [UInt8] = []
    private var directory: [UInt8] = []
    private(set) var count = 0

    init(_ target: any SoldIndexTarget, key: SipHashKey) throws {
        self.target = target
        self.key = key
        block.reserveCapacity(SoldIndexFormat.blockBytes)
        try [UInt8](repeating: 0, count: SoldIndexFormat.headerBytes).withUnsafeBytes {
            try target.append($0)
        }
    }

    /// - Parameter fingerprints: ascending, and all behind those that were added before.
    mutating func append(_ fingerprints: [SoldFingerprint]) throws {
        for fingerprint in fingerprints {
            if block.isEmpty {
                directory.append(littleEndian: fingerprint.high)
                directory.append(littleEndian: fingerprint.low)
            }
            block.append(littleEndian: fingerprint.high)
            block.append(littleEndian: fingerprint.low)
            if block.count == SoldIndexFormat.blockBytes { try writeBlock() }
        }
        count += fingerprints.count
    }

    private mutating func writeBlock() throws {
        let number = directory.count / SoldIndexFormat.directoryEntryBytes
        let authenticator = block.withUnsafeBytes {
            SoldIndexFormat.authenticator(of: $0, number: UInt64(number), key: key)
        }
        directory.append(littleEndian: authenticator.high)
        try block.withUnsafeBytes { try target.append($0) }
        block.removeAll(keepingCapacity: true)
    }

    /// Ends the file.
    mutating func finish(
        _ fingerprinting: LastingFingerprinting,
        normalForm: String
    ) throws {
        if !block.isEmpty { try writeBlock() }
        let authenticator = directory.withUnsafeBytes {
            SoldIndexFormat.authenticator(of: $0, number: SoldIndexFormat.directoryNumber, key: key)
        }
        let header = SoldIndexHeader(
            origin: fingerprinting.origin,
            keyID: fingerprinting.keyID,
            count: count,
            directory: authenticator,
            normalForm: normalForm,
            issuer: fingerprinting.issuer
        )
        guard let bytes = header.bytes(key: key) else { throw SoldIndexError.issuerTooLong }
        try directory.withUnsafeBytes { try target.append($0) }
        try target.publish(header: bytes)
    }
}
