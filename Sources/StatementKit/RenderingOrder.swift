public import WireFormat

/// What `cardproof-render` is asked on its standard input: one JSON object.
public enum RenderingOrder: Sendable, Hashable {
    /// `{"documents": […]}`: one PDF, each document from a new page on.
    case pdf([StatementDocument])
    /// `{"text": "…"}`: one QR code as SVG.
    case qrSVG(String)

    /// Which of them is meant; the program's only argument.
    public enum Kind: String, Sendable, CaseIterable {
        case pdf
        case qr
    }

    /// The largest table has about a megabyte.
    public static let mostInputBytes = 8 << 20
    /// Languages of one bundle.
    public static let mostDocuments = 4
    /// An object in an array in a member of a block of a document in a list, and some.
    static let deepestNesting = 12

    public var kind: Kind {
        switch self {
        case .pdf: .pdf
        case .qrSVG: .qr
        }
    }

    /// As it is written to the program.
    public var jsonValue: JSONValue {
        switch self {
        case .pdf(let documents): ["documents": .array(documents.map(\.jsonValue))]
        case .qrSVG(let text): ["text": .string(text)]
        }
    }

    /// Reads an order.
    /// - Throws: ``StatementFault``, for bytes that are no JSON too.
    public init(_ kind: Kind, json bytes: [UInt8]) throws(StatementFault) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue.parse(
                bytes,
                limits: JSONLimits(depth: Self.deepestNesting, bytes: Self.mostInputBytes)
            )
        } catch {
            throw StatementFault(
                error.pointer,
                "not the JSON that is expected (\(error.reason.rawValue)) at byte "
                    + "\(error.byteOffset)"
            )
        }
        switch kind {
        case .pdf: self = .pdf(try Self.documents(value))
        case .qr:
            let fields = try StatementFields(value, at: "", names: ["text"])
            self = .qrSVG(try StatementDocument.checkedQRText(try fields.text("text"), at: "/text"))
        }
    }

    private static func documents(
        _ value: JSONValue
    ) throws(StatementFault) -> [StatementDocument] {
        let list = try StatementFields(value, at: "", names: ["documents"]).list("documents")
        guard (1...mostDocuments).contains(list.count) else {
            throw StatementFault(
                "/documents",
                "\(list.count) documents, from 1 to \(mostDocuments) are drawn at once"
            )
        }
        var documents: [StatementDocument] = []
        for (index, document) in list.enumerated() {
            do throws(StatementFault) {
                documents.append(try StatementDocument(json: document))
            } catch {
                throw error.inside("/documents/\(index)")
            }
        }
        return documents
    }
}
