import Foundation
import StatementKit
import WireFormat

/// The statement on one delivery that stands in `Tests/Vectors`, in Chinese and in English.
enum ExampleStatement {
    static let url = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Vectors/statement.json")

    static func documents() throws -> [StatementDocument] {
        let order = try RenderingOrder(.pdf, json: [UInt8](Data(contentsOf: url)))
        guard case .pdf(let documents) = order else { return [] }
        return documents
    }

    /// A document of these blocks and nothing else that could be wrong.
    static func document(
        _ blocks: [StatementDocument.Block],
        title: String = "t",
        languageTag: String = "en",
        footer: String = "f"
    ) throws(StatementFault) -> StatementDocument {
        try StatementDocument(
            title: title,
            languageTag: languageTag,
            createdAt: Instant(secondsSinceEpoch: 1_795_161_600),
            footer: footer,
            blocks: blocks
        )
    }

    /// Where the document's fault is.
    static func faultPointer(
        of make: () throws(StatementFault) -> StatementDocument
    ) -> String? {
        do throws(StatementFault) {
            _ = try make()
            return nil
        } catch {
            return error.pointer
        }
    }
}
