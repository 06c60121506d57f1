import SwiftASN1
import WireFormat

/// Certificates and revocation lists as text.
///
/// Source: RFC 7468.
public enum PEMText {
    public static let certificate = "CERTIFICATE"
    public static let revocationList = "X509 CRL"

    /// Characters of a text: the largest revocation list in base64, a few times over.
    public static let largestByteCount = 32 * 1024 * 1024

    private static let lineLength = 64

    /// The DER of every block with this label, in order; other blocks are passed over.
    ///
    /// - Throws: ``EvidenceError``: `malformedCertificate` for text that is not PEM,
    ///   `limitExceeded`.
    public static func blocks(_ label: String, in text: String) throws(EvidenceError) -> [[UInt8]] {
        guard text.utf8.count <= largestByteCount else {
            throw EvidenceError(.limitExceeded, "longer than \(largestByteCount) bytes")
        }
        do {
            return try PEMDocument.parseMultiple(pemString: text)
                .filter { $0.discriminator == label }.map(\.derBytes)
        } catch {
            throw EvidenceError(.malformedCertificate, "not PEM: -----BEGIN \(label)-----")
        }
    }

    /// One block after the other, each ending in a newline.
    public static func text(_ label: String, _ blocks: [[UInt8]]) -> String {
        blocks.map { block in
            let symbols = Array(Base64.encode(block).utf8)
            let lines = stride(from: 0, to: symbols.count, by: lineLength).map { start in
                let end = min(start + lineLength, symbols.count)
                return String(decoding: symbols[start..<end], as: UTF8.self)
            }
            let body = lines.joined(separator: "\n")
            return "-----BEGIN \(label)-----\n\(body)\n-----END \(label)-----\n"
        }.joined()
    }
}
