import SwiftASN1
import WireFormat
import X509

/// A certificate authority's list of the certificates it took back.
///
/// Only complete lists of the certificate's own issuer are understood: a list with a critical
/// extension (a part of the certificates, a difference to an earlier list, another issuer's
/// certificates) could be silent about the one that matters, and counts as no list.
/// Source: RFC 5280 §5.
struct RevocationList: Hashable {
    /// Bytes of a list; public authorities' are below a mebibyte.
    static let largestByteCount = 8 * 1024 * 1024

    struct Entry: Hashable {
        var date: Instant
        /// `CRLReason`; nil when the list does not say.
        var reason: Int?

        /// RFC 3161 §4: a key that merely went out of use leaves earlier stamps valid; a lost one,
        /// or one whose fate is not told, leaves none.
        var sparesEarlierStamps: Bool {
            switch reason {
            case 0, 3, 4, 5: true
            default: false
            }
        }
    }

    let issuer: DistinguishedName
    let thisUpdate: Instant
    let nextUpdate: Instant
    /// By serial number, without leading zeros.
    let entries: [[UInt8]: Entry]
    private let signedBytes: ArraySlice<UInt8>
    private let signature: [UInt8]
    private let signatureAlgorithm: AlgorithmReference

    /// - Throws: ``EvidenceError``: `malformedRevocationList` or `limitExceeded`.
    init(der: [UInt8]) throws(EvidenceError) {
        guard der.count <= Self.largestByteCount else {
            throw EvidenceError(.limitExceeded, "longer than \(Self.largestByteCount) bytes")
        }
        let fields: Fields
        do {
            fields = try Fields(derEncoded: der)
        } catch {
            throw EvidenceError(
                .malformedRevocationList,
                "not the DER encoding of a complete list (RFC 5280)"
            )
        }
        issuer = fields.issuer
        thisUpdate = fields.thisUpdate.instant
        nextUpdate = fields.nextUpdate.instant
        entries = fields.entries
        signedBytes = fields.signedBytes
        signature = fields.signature
        signatureAlgorithm = fields.signatureAlgorithm
    }

    /// Whether the certificate's owner signed this list and may sign lists.
    func isSigned(by certificate: Certificate) -> Bool {
        guard let algorithm = SignatureScheme(signatureAlgorithm)?.certificateAlgorithm,
            certificate.allows({ $0.cRLSign })
        else { return false }
        return certificate.publicKey.isValidSignature(
            signature,
            for: Array(signedBytes),
            signatureAlgorithm: algorithm
        )
    }
}

extension RevocationList {
    private struct Fields: DERParseable {
        var signedBytes: ArraySlice<UInt8>
        var signatureAlgorithm: AlgorithmReference
        var signature: [UInt8]
        var issuer: DistinguishedName
        var thisUpdate: EncodedTime
        var nextUpdate: EncodedTime
        var entries: [[UInt8]: Entry] = [:]

        init(derEncoded node: ASN1Node) throws {
            self = try DER.sequence(node, identifier: .sequence) { nodes in
                guard let list = nodes.next() else {
                    throw ASN1Error.unexpectedFieldType(.sequence)
                }
                let algorithm = try AlgorithmReference(derEncoded: &nodes)
                let signature = try ASN1BitString(derEncoded: &nodes)
                guard signature.paddingBits == 0 else {
                    throw ASN1Error.invalidASN1Object(reason: "a signature of odd bits")
                }
                return try DER.sequence(list, identifier: .sequence) { fields in
                    try Self(
                        &fields,
                        signedBytes: list.encodedBytes,
                        algorithm: algorithm,
                        signature: Array(signature.bytes)
                    )
                }
            }
        }

        private init(
            _ nodes: inout ASN1NodeCollection.Iterator,
            signedBytes: ArraySlice<UInt8>,
            algorithm: AlgorithmReference,
            signature: [UInt8]
        ) throws {
            self.signedBytes = signedBytes
            self.signatureAlgorithm = algorithm
            self.signature = signature
            // Version 2 is written as 1.
            guard try Int(derEncoded: &nodes) == 1,
                try AlgorithmReference(derEncoded: &nodes) == algorithm
            else { throw ASN1Error.invalidASN1Object(reason: "version or algorithm") }
            guard let name = nodes.next(), let this = nodes.next(), let next = nodes.next() else {
                throw ASN1Error.unexpectedFieldType(.utcTime)
            }
            guard name.hasReadableTexts else {
                throw ASN1Error.invalidASN1Object(reason: "a name that is no UTF-8")
            }
            issuer = try DistinguishedName(derEncoded: name)
            thisUpdate = try EncodedTime(time: this)
            nextUpdate = try EncodedTime(time: next)
            var rest = nodes
            if let revoked = rest.next(), revoked.identifier == .sequence {
                nodes = rest
                entries = try Self.entries(revoked)
            }
            if let extensions = nodes.next() {
                try Self.refuseCritical(
                    EncodedPart.only(in: extensions, identifier: .tag(0))
                )
            }
        }

        private static func entries(_ node: ASN1Node) throws -> [[UInt8]: Entry] {
            var found: [[UInt8]: Entry] = [:]
            for node in try EncodedPart.elements(of: node, identifier: .sequence) {
                let (number, entry) = try DER.sequence(node, identifier: .sequence) { nodes in
                    let number = try ArraySlice<UInt8>(derEncoded: &nodes)
                    guard let time = nodes.next() else {
                        throw ASN1Error.unexpectedFieldType(.utcTime)
                    }
                    let date = try EncodedTime(time: time).instant
                    let reason = try nodes.next().flatMap(reason)
                    return (Array(number), Entry(date: date, reason: reason))
                }
                found[number] = entry
            }
            return found
        }

        private static let reasonCode: ASN1ObjectIdentifier = [2, 5, 29, 21]

        private static func reason(_ node: ASN1Node) throws -> Int? {
            for node in try EncodedPart.elements(of: node, identifier: .sequence) {
                let field = try Certificate.Extension(derEncoded: node)
                if field.oid == reasonCode {
                    let value = try DER.parse(field.value)
                    return try Int(derEncoded: value, withIdentifier: .enumerated)
                }
                try refuse(field)
            }
            return nil
        }

        private static func refuseCritical(_ node: ASN1Node) throws {
            for node in try EncodedPart.elements(of: node, identifier: .sequence) {
                try refuse(Certificate.Extension(derEncoded: node))
            }
        }

        private static func refuse(_ field: Certificate.Extension) throws {
            guard !field.critical else {
                throw ASN1Error.invalidASN1Object(reason: "a critical extension")
            }
        }
    }
}

extension ASN1Node {
    /// Whether every UTF8String in it is one. The library takes names as bytes; other readers of
    /// the same list refuse them.
    fileprivate var hasReadableTexts: Bool {
        switch content {
        case .constructed(let nodes): nodes.allSatisfy(\.hasReadableTexts)
        case .primitive(let bytes):
            identifier != .utf8String || String(validating: bytes, as: UTF8.self) != nil
        }
    }
}
