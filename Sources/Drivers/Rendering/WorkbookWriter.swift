public import Gateway
public import StatementKit
import WireFormat

/// Writes an .xlsx workbook record by record with `cardproof-render`, and hands its bytes over as
/// they come. A writer that is released unfinished gives no whole workbook.
public final class WorkbookWriter {
    /// Records gathered before they go to the program.
    private static let pieceBytes = 256 << 10

    private let stream: RendererStream
    private let take: ([UInt8]) throws -> Void
    private var piece: [UInt8] = []

    /// - Parameters:
    ///   - program: where `cardproof-render` is.
    ///   - take: gets the workbook's bytes in order, during ``write(_:)`` and ``finish()``.
    /// - Throws: `RenderingError` when the program cannot be started.
    public init(
        program: String,
        take: @escaping ([UInt8]) throws -> Void
    ) throws(RenderingError) {
        stream = try RendererStream(
            RendererStream.Command(program: program, arguments: ["workbook"], file: nil)
        )
        self.take = take
    }

    /// Adds a sheet, or a row to the last one; after 1,048,576 rows it is continued in another.
    ///
    /// - Throws: `RenderingError` when the program fails, and what `take` throws.
    public func write(_ record: WorkbookRecord) throws {
        record.jsonValue.append(to: &piece)
        piece.append(0x0a)
        if piece.count >= Self.pieceBytes { try flush() }
    }

    /// Ends the workbook. Called once.
    public func finish() throws {
        try flush()
        try stream.finish(take)
    }

    private func flush() throws {
        try stream.write(piece, take)
        piece.removeAll(keepingCapacity: true)
    }
}
