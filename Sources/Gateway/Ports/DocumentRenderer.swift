public import StatementKit

/// Draws documents for paper. A gateway may have none: a bundle then says that the drawing is
/// missing, and has the HTML page all the same.
public protocol DocumentRenderer: Sendable {
    /// The documents as one PDF on A4, each from a new page on. The same documents give the same
    /// bytes on one machine.
    func pdf(of documents: [StatementDocument]) async throws(RenderingError) -> [UInt8]

    /// A QR code with error correction level M, as SVG.
    func qrSVG(of text: String) async throws(RenderingError) -> [UInt8]
}

extension DocumentRenderer {
    public func pdf(of document: StatementDocument) async throws(RenderingError) -> [UInt8] {
        try await pdf(of: [document])
    }
}

/// Why nothing was drawn. Holds nothing of the document.
public struct RenderingError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The program could not be started.
        case notStarted = "not_started"
        /// It cannot draw this document: too many pages, say.
        case refused
        /// Fonts are missing on this machine.
        case fontsMissing = "fonts_missing"
        /// It was not ready in time.
        case timedOut = "timed_out"
        /// It drew more than is taken.
        case tooLarge = "too_large"
        /// It ended in any other way, or drew nothing.
        case failed
    }

    public let reason: Reason
    /// What happened, for the operator.
    public let message: String

    public init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    public var description: String { "\(reason.rawValue): \(message)" }
}
