import StatementKit
import WireFormat

/// Documents as one PDF.
enum PDFDrawing {
    /// - Throws: ``RenderFailure``: too many pages, no font, or what cairo says.
    static func bytes(of documents: [StatementDocument]) throws(RenderFailure) -> [UInt8] {
        guard let first = documents.first else { throw .input("/documents: there are none") }
        let fonts = try Fonts()
        var counting = PageComposer(fonts: fonts, canvas: nil, pageCount: nil)
        for document in documents { try counting.compose(document) }

        let canvas = try PDFCanvas(
            title: documents.map(\.title).joined(separator: " · "),
            creator: "cardproof-render",
            created: first.createdAt.rfc3339Seconds
        )
        var drawing = PageComposer(fonts: fonts, canvas: canvas, pageCount: counting.page)
        for document in documents { try drawing.compose(document) }
        return try canvas.finish()
    }
}
