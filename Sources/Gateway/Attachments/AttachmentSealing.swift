import Crypto

/// Seals an attachment piece by piece: AES-256-GCM over pieces of 64 KiB, each bound to its place
/// and to whether it is the last, under a key of this attachment alone.
///
/// So a file that was cut, lengthened or reordered does not open, and nobody holds a whole
/// recording in memory to seal it. The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár:
/// Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance, 2015).
struct AttachmentSealing: Sendable {
    /// Bytes of one piece of content.
    static let pieceByteCount = 64 << 10
    /// Nonce and tag of a sealed piece.
    private static let overhead = Sealing.nonceByteCount + 16

    private let key: SymmetricKey
    private var number: UInt64 = 0

    init(id: AttachmentID, dataKey: SymmetricKey) {
        key = KeyDerivation.key(from: dataKey, purpose: "attachment \(id.text)")
    }

    /// Seals the next piece; all but the last are whole.
    mutating func seal(_ piece: some Sequence<UInt8>, isLast: Bool) throws -> [UInt8] {
        defer { number += 1 }
        return try Sealing.seal(
            piece,
            under: key,
            nonce: Self.nonce(number, isLast: isLast),
            context: []
        )
    }

    /// Opens a whole file.
    /// - Throws: `CryptoKitError` when a byte was changed, or pieces are missing, too many or in
    ///   another order.
    func open(_ sealed: [UInt8]) throws -> [UInt8] {
        var content: [UInt8] = []
        content.reserveCapacity(sealed.count)
        var rest = sealed[...]
        var number: UInt64 = 0
        repeat {
            let piece = rest.prefix(Self.pieceByteCount + Self.overhead)
            rest = rest.dropFirst(piece.count)
            let nonce = Self.nonce(number, isLast: rest.isEmpty)
            guard piece.starts(with: nonce) else { throw CryptoKitError.authenticationFailure }
            content += try Sealing.open(Array(piece), under: key, context: [])
            number += 1
        } while !rest.isEmpty
        return content
    }

    private static func nonce(_ number: UInt64, isLast: Bool) -> [UInt8] {
        [0, 0, 0, isLast ? 1 : 0] + withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}
