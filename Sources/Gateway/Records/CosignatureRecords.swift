import Crypto
public import WireFormat

/// A witness's verified cosignature of one published checkpoint.
public struct CosignatureRecord: Sendable, Hashable {
    public var platform: PlatformNumber
    /// Of the checkpoint.
    public var size: UInt64
    /// The witness's vkey: a witness that changes its key is another one.
    public var witness: String
    /// The signature line with its newline, as it stands in a note.
    public var line: [UInt8]
    /// When the witness says it signed.
    public var cosignedAt: Instant

    public init(
        platform: PlatformNumber,
        size: UInt64,
        witness: String,
        line: [UInt8],
        cosignedAt: Instant
    ) {
        self.platform = platform
        self.size = size
        self.witness = witness
        self.line = line
        self.cosignedAt = cosignedAt
    }
}

/// The largest tree of a log that a witness has cosigned.
public struct WitnessPosition: Sendable, Hashable {
    public var platform: PlatformNumber
    /// The witness's vkey.
    public var witness: String
    public var size: UInt64
    public var cosignedAt: Instant

    public init(platform: PlatformNumber, witness: String, size: UInt64, cosignedAt: Instant) {
        self.platform = platform
        self.witness = witness
        self.size = size
        self.cosignedAt = cosignedAt
    }
}

/// How many of which witnesses make a checkpoint count as witnessed.
public struct WitnessQuorum: Sendable, Hashable {
    /// At least 1; there is no quorum of nobody.
    public let threshold: Int
    /// Their vkeys.
    public let witnesses: Set<String>

    /// Nil unless the threshold is 1 to the number of witnesses.
    public init?(threshold: Int, of witnesses: Set<String>) {
        guard (1...max(1, witnesses.count)).contains(threshold), !witnesses.isEmpty else {
            return nil
        }
        self.threshold = threshold
        self.witnesses = witnesses
    }

    /// 32 bytes that tell this quorum from every other: what is marked under one says nothing
    /// about another that is configured later.
    public var code: [UInt8] {
        let text = ([String(threshold)] + witnesses.sorted()).joined(separator: "\n")
        return Array(SHA256.hash(data: Array(text.utf8)))
    }

    public func isReached(by cosigners: some Sequence<String>) -> Bool {
        Set(cosigners).intersection(witnesses).count >= threshold
    }
}
