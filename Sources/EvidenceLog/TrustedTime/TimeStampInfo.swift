import SwiftASN1
public import WireFormat

/// What a stamping authority signed: that a hash was there at a time (`TSTInfo`).
///
/// Nothing of it is proven until ``TimeStampTrust/verify(_:over:certificates:revocationLists:nonce:within:)``
/// has accepted the token.
/// Source: RFC 3161 §2.4.2.
public struct TimeStampInfo: Sendable, Hashable {
    /// The policy under which the authority stamps, as a dotted object identifier.
    public let policy: String
    public let imprintAlgorithm: ImprintAlgorithm
    public let imprint: [UInt8]
    /// The authority's own number, in hexadecimal.
    public let serialNumber: String
    /// Truncated to the millisecond; what was dropped is in ``accuracy``.
    public let genTime: Instant
    /// How far the time may be off to either side, rounded up to the millisecond; nil when the
    /// authority does not say.
    public let accuracy: Duration?
    /// The number of the request, big-endian without leading zeros.
    public let nonce: [UInt8]?

    /// Serial numbers have at most 160 bits.
    static let longestSerialNumber = 20

    /// Reads the content of a token.
    /// - Throws: ``EvidenceError``: `notDER`, `malformedTimeStamp` or `unsupportedAlgorithm`.
    init(der: ArraySlice<UInt8>) throws(EvidenceError) {
        let part = EncodedPart("TSTInfo")
        let fields = try part.read { try Fields(derEncoded: Array(der)) }
        guard fields.version == 1 else {
            throw part.malformed("version \(fields.version) instead of 1")
        }
        imprintAlgorithm = try ImprintAlgorithm(fields.imprintAlgorithm, at: "messageImprint")
        imprint = fields.imprint
        guard imprint.count == imprintAlgorithm.digest(of: []).count else {
            throw part.malformed("the imprint has another length than its hash")
        }
        guard fields.serialNumber.count <= Self.longestSerialNumber else {
            throw part.malformed("a serial number of more than 160 bits")
        }
        guard !fields.hasCriticalExtension else {
            throw part.malformed("a critical extension that is not known here")
        }
        policy = fields.policy.description
        serialNumber = Hexadecimal.encode(fields.serialNumber)
        genTime = fields.genTime.instant
        accuracy = fields.accuracy.map { accuracy in
            accuracy + (fields.genTime.isTruncated ? .milliseconds(1) : .zero)
        }
        nonce = fields.nonce
    }
}

extension TimeStampInfo {
    /// The fields in their order.
    private struct Fields: DERParseable {
        var version = 0
        var policy: ASN1ObjectIdentifier
        var imprintAlgorithm: AlgorithmReference
        var imprint: [UInt8]
        var serialNumber: [UInt8]
        var genTime: EncodedTime
        var accuracy: Duration?
        var nonce: [UInt8]?
        var hasCriticalExtension: Bool

        init(derEncoded node: ASN1Node) throws {
            self = try DER.sequence(node, identifier: .sequence) { try Self(&$0) }
        }

        private init(_ nodes: inout ASN1NodeCollection.Iterator) throws {
            version = try Int(derEncoded: &nodes)
            policy = try ASN1ObjectIdentifier(derEncoded: &nodes)
            (imprintAlgorithm, imprint) = try Self.imprint(nodes.next())
            serialNumber = try Array(ArraySlice<UInt8>(derEncoded: &nodes))
            guard let time = nodes.next() else { throw ASN1Error.unexpectedFieldType(.sequence) }
            genTime = try EncodedTime(generalizedTime: time)
            accuracy = try Self.optional(.sequence, in: &nodes, Self.accuracy)
            _ = try DER.decodeDefault(&nodes, defaultValue: false)
            nonce = try Self.optional(.integer, in: &nodes) { node in
                Array(try ArraySlice<UInt8>(derEncoded: node))
            }
            _ = try Self.optional(.tag(0), in: &nodes) { node in
                try EncodedPart.only(in: node, identifier: .tag(0))
            }
            let critical = try Self.optional(.tag(1), in: &nodes, Self.hasCriticalExtension)
            hasCriticalExtension = critical ?? false
        }

        private static func imprint(_ node: ASN1Node?) throws -> (AlgorithmReference, [UInt8]) {
            guard let node else { throw ASN1Error.unexpectedFieldType(.sequence) }
            return try DER.sequence(node, identifier: .sequence) { nodes in
                let algorithm = try AlgorithmReference(derEncoded: &nodes)
                return (algorithm, Array(try ASN1OctetString(derEncoded: &nodes).bytes))
            }
        }

        /// Seconds, milliseconds and microseconds, each of which may be absent.
        private static func accuracy(_ node: ASN1Node) throws -> Duration {
            try DER.sequence(node, identifier: .sequence) { nodes in
                let seconds = try optional(.integer, in: &nodes) { try Int64(derEncoded: $0) }
                let milliseconds = try optional(.tag(0), in: &nodes) { node in
                    try Int64(derEncoded: node, withIdentifier: .tag(0))
                }
                let microseconds = try optional(.tag(1), in: &nodes) { node in
                    try Int64(derEncoded: node, withIdentifier: .tag(1))
                }
                guard (0...largestSeconds).contains(seconds ?? 0),
                    (1...999).contains(milliseconds ?? 1), (1...999).contains(microseconds ?? 1)
                else { throw ASN1Error.invalidASN1Object(reason: "an accuracy out of range") }
                return .seconds(seconds ?? 0)
                    + .milliseconds((milliseconds ?? 0) + (microseconds == nil ? 0 : 1))
            }
        }

        /// A century: more seconds than any accuracy has, and few enough to add without overflow.
        private static let largestSeconds: Int64 = 3_155_760_000

        private static func hasCriticalExtension(_ node: ASN1Node) throws -> Bool {
            let extensions = try EncodedPart.elements(of: node, identifier: .tag(1))
            return try extensions.contains { node in
                try DER.sequence(node, identifier: .sequence) { nodes in
                    _ = try ASN1ObjectIdentifier(derEncoded: &nodes)
                    let isCritical = try DER.decodeDefault(&nodes, defaultValue: false)
                    _ = try ASN1OctetString(derEncoded: &nodes)
                    return isCritical
                }
            }
        }

        private static func optional<Value>(
            _ identifier: ASN1Identifier,
            in nodes: inout ASN1NodeCollection.Iterator,
            _ read: (ASN1Node) throws -> Value
        ) throws -> Value? {
            var rest = nodes
            guard let node = rest.next(), node.identifier == identifier else { return nil }
            nodes = rest
            return try read(node)
        }
    }
}
