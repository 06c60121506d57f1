import SwiftASN1

/// A time stamp token, read; ``TimeStampTrust`` says whether it proves anything.
///
/// Source: RFC 3161 §2.4.2.
public struct TimeStampToken: Sendable, Hashable {
    /// Bytes of a token: room for a long chain of certificates.
    public static let largestByteCount = 64 * 1024

    /// The exact bytes, as the authority gave them.
    public let der: [UInt8]
    /// What the authority says; unproven.
    public let info: TimeStampInfo
    let signed: SignedContent

    /// - Throws: ``EvidenceError``: `notDER`, `malformedTimeStamp`, `unsupportedAlgorithm` or
    ///   `limitExceeded`.
    public init(der: [UInt8]) throws(EvidenceError) {
        guard der.count <= Self.largestByteCount else {
            throw EvidenceError(.limitExceeded, "longer than \(Self.largestByteCount) bytes")
        }
        self.der = der
        signed = try SignedContent(der: der)
        info = try TimeStampInfo(der: signed.content)
    }

    /// The token as an answer that grants it (`TimeStampResp`), for tools that read no bare
    /// tokens; the same bytes each time.
    public var response: [UInt8] { Self.response(granting: der) }

    /// The answer that grants a token, whatever the token is.
    static func response(granting token: [UInt8]) -> [UInt8] {
        var coder = DER.Serializer()
        coder.appendConstructedNode(identifier: .sequence) { response in
            // PKIStatusInfo with status 0, granted.
            response.serializeRawBytes([0x30, 0x03, 0x02, 0x01, 0x00])
            response.serializeRawBytes(token)
        }
        return coder.serializedBytes
    }
}

/// An authority's answer to a ``TimeStampRequest``.
///
/// Source: RFC 3161 §2.4.2, `TimeStampResp`.
public struct TimeStampResponse: Sendable, Hashable {
    public let token: TimeStampToken

    /// Reads an answer that grants a stamp.
    ///
    /// - Throws: ``EvidenceError``: `timeStampNotGranted` for every status but `granted`, also for
    ///   a stamp granted with modifications: what was changed is nowhere said. Else as
    ///   ``TimeStampToken/init(der:)``.
    public init(der: [UInt8]) throws(EvidenceError) {
        guard der.count <= TimeStampToken.largestByteCount else {
            throw EvidenceError(
                .limitExceeded,
                "longer than \(TimeStampToken.largestByteCount) bytes"
            )
        }
        let part = EncodedPart("TimeStampResp")
        let (status, token) = try part.read {
            try DER.sequence(DER.parse(der), identifier: .sequence) { nodes in
                (try Status(derEncoded: &nodes), nodes.next())
            }
        }
        guard status.number == 0 else {
            throw EvidenceError(.timeStampNotGranted, at: "status", status.words)
        }
        guard let token else { throw part.malformed("granted, and no token") }
        self.token = try TimeStampToken(der: Array(token.encodedBytes))
    }

    /// `PKIStatusInfo`; its free text is not kept.
    private struct Status: DERParseable {
        var number: Int
        var failures: [String] = []

        init(derEncoded node: ASN1Node) throws {
            (number, failures) = try DER.sequence(node, identifier: .sequence) { nodes in
                let number = try Int(derEncoded: &nodes)
                var rest = nodes
                if let text = rest.next(), text.identifier == .sequence {
                    _ = try EncodedPart.elements(of: text, identifier: .sequence)
                    nodes = rest
                }
                guard let node = nodes.next() else { return (number, []) }
                return (number, Self.failures(try ASN1BitString(derEncoded: node)))
            }
        }

        private static func failures(_ bits: ASN1BitString) -> [String] {
            names.filter { place, _ in
                let index = bits.bytes.startIndex + place / 8
                return index < bits.bytes.endIndex
                    && bits.bytes[index] & (0x80 >> UInt8(place % 8)) != 0
            }.map(\.1)
        }

        /// `PKIFailureInfo`.
        private static let names = [
            (0, "badAlg"), (2, "badRequest"), (5, "badDataFormat"), (14, "timeNotAvailable"),
            (15, "unacceptedPolicy"), (16, "unacceptedExtension"), (17, "addInfoNotAvailable"),
            (25, "systemFailure"),
        ]

        var words: String {
            let name =
                switch number {
                case 1: "granted with modifications"
                case 2: "rejected"
                case 3: "waiting"
                case 4: "a warning of revocation"
                case 5: "a notice of revocation"
                default: "status \(number)"
                }
            return failures.isEmpty ? name : "\(name): \(failures.joined(separator: ", "))"
        }
    }
}
