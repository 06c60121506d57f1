/// Why something is no statement document, and where.
public struct StatementFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// RFC 6901 pointer into the document's JSON.
    public let pointer: String
    /// What is there, and what is expected.
    public let message: String

    public init(_ pointer: String, _ message: String) {
        self.pointer = pointer
        self.message = message
    }

    /// The same fault in a document that stands at `place`.
    func inside(_ place: String) -> StatementFault { StatementFault(place + pointer, message) }

    public var description: String { "\(pointer.isEmpty ? "/" : pointer): \(message)" }
}
