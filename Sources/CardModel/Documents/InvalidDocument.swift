/// Everything that is wrong with a document an operator wrote; thrown once, with all of it.
public struct InvalidDocument: Error, Sendable, Hashable {
    /// In the order of the document's rules; never empty.
    public let issues: [DocumentIssue]

    public init(issues: [DocumentIssue]) {
        self.issues = issues
    }
}

extension InvalidDocument: CustomStringConvertible {
    public var description: String {
        issues.map(\.description).joined(separator: "\n")
    }
}

/// One thing that is wrong, and where.
public struct DocumentIssue: Sendable, Hashable {
    /// RFC 6901; the empty string is the whole document.
    public let pointer: String
    public let reason: Reason

    /// What is wrong and what to write instead.
    public let detail: String

    public init(pointer: String, reason: Reason, detail: String) {
        self.pointer = pointer
        self.reason = reason
        self.detail = detail
    }

    public enum Reason: String, Sendable, Hashable {
        case missing
        case wrongType = "wrong_type"
        case unknownField = "unknown_field"
        case unknownValue = "unknown_value"
        case outOfRange = "out_of_range"
        case contradiction
        /// A policy protects the buyer less than the platform's minimum.
        case belowMinimum = "below_minimum"
    }
}

extension DocumentIssue: CustomStringConvertible {
    public var description: String {
        "\(pointer.isEmpty ? "/" : pointer): \(detail) (\(reason.rawValue))"
    }
}
