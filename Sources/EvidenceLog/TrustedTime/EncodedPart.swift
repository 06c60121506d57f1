import SwiftASN1

/// A part of a DER structure, named for the reader of an error.
///
/// Everything here is read as DER (X.690): one encoding for each value, so that two different
/// files cannot mean the same and a damaged byte cannot hide in a spelling.
struct EncodedPart {
    let name: String

    init(_ name: String) { self.name = name }

    /// Runs `body` and names this part in what it throws.
    ///
    /// - Throws: ``EvidenceError``: `notDER` for bytes that no DER encoder writes,
    ///   `malformedTimeStamp` for a structure that is another than the expected one, and whatever
    ///   ``EvidenceError`` `body` throws.
    func read<Value>(_ body: () throws -> Value) throws(EvidenceError) -> Value {
        do {
            return try body()
        } catch let error as EvidenceError {
            throw error
        } catch let error as ASN1Error where error.code == .unexpectedFieldType {
            throw malformed("a field is missing or of another type than RFC 3161 gives it")
        } catch {
            throw EvidenceError(.notDER, at: name, "not the DER encoding of this structure")
        }
    }

    func malformed(_ detail: String) -> EvidenceError {
        EvidenceError(.malformedTimeStamp, at: name, detail)
    }

    /// A list of any length whose elements stay encoded.
    static func elements(
        of node: ASN1Node,
        identifier: ASN1Identifier
    ) throws -> [ASN1Node] {
        guard node.identifier == identifier, case .constructed(let nodes) = node.content else {
            throw ASN1Error.unexpectedFieldType(node.identifier)
        }
        return Array(nodes)
    }

    /// The content of a tag that wraps exactly one element.
    static func only(in node: ASN1Node, identifier: ASN1Identifier) throws -> ASN1Node {
        let nodes = try elements(of: node, identifier: identifier)
        guard nodes.count == 1 else { throw ASN1Error.unexpectedFieldType(identifier) }
        return nodes[0]
    }
}

extension ASN1Identifier {
    static func tag(_ number: UInt) -> ASN1Identifier {
        ASN1Identifier(tagWithNumber: number, tagClass: .contextSpecific)
    }
}

/// A SET OF whose order is checked by the library, elements left encoded.
struct EncodedElement: DERParseable {
    let node: ASN1Node

    init(derEncoded node: ASN1Node) { self.node = node }
}
