public import WireFormat

/// A witness's dated signature over a checkpoint, as it stands in a note signature of type 04:
/// eight bytes of POSIX time, big-endian, and 64 of Ed25519.
///
/// Source: https://c2sp.org/tlog-cosignature.
public struct Cosignature: Sendable, Hashable {
    /// When the witness says it signed, in seconds since 1970.
    public let timestamp: UInt64
    let signature: ArraySlice<UInt8>

    /// Reads the payload of a signature line; it is not verified yet.
    /// - Throws: ``EvidenceError`` with code `malformedCosignature` for another length or a time
    ///   beyond 2^63 − 1.
    public init(_ line: NoteSignature) throws(EvidenceError) {
        guard line.bytes.count == Self.payloadLength else {
            throw EvidenceError(
                .malformedCosignature,
                at: line.name,
                "\(line.bytes.count) bytes instead of \(Self.payloadLength)"
            )
        }
        timestamp = line.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        guard timestamp <= UInt64(Int64.max) else {
            throw EvidenceError(.malformedCosignature, at: line.name, "a time beyond 2^63 - 1")
        }
        signature = line.bytes.dropFirst(8)
    }

    /// The time as an instant; the last millisecond we can write stands for all later ones.
    public var time: Instant {
        let largest = Int64.max / 1000
        return Instant(secondsSinceEpoch: min(Int64(timestamp), largest))
    }

    /// Whether `key` made this signature over the checkpoint's text.
    public func isValid(for checkpointText: [UInt8], by key: NoteVerifierKey) -> Bool {
        key.type == .ed25519Cosignature
            && key.isValid(
                signature,
                for: Self.message(timestamp: timestamp, checkpointText: checkpointText)
            )
    }

    /// The bytes that are signed: two lines, and the whole text with its extension lines.
    public static func message(timestamp: UInt64, checkpointText: [UInt8]) -> [UInt8] {
        Array("cosignature/v1\ntime \(timestamp)\n".utf8) + checkpointText
    }

    private static let payloadLength = 72
}
