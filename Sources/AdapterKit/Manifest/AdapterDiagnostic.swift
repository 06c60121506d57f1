/// One thing that is wrong with a manifest or with an adapter's configuration, where it stands,
/// and what was probably meant.
public struct AdapterDiagnostic: Sendable, Hashable, CustomStringConvertible {
    /// The file's name as the caller gave it; nil when the fault is in no file.
    public var file: String?
    /// Counted from 1.
    public var line: Int?
    /// Counted from 1.
    public var column: Int?
    public var message: String
    /// The nearest known word.
    public var suggestion: String?

    public init(
        file: String? = nil,
        line: Int? = nil,
        column: Int? = nil,
        message: String,
        suggestion: String? = nil
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.suggestion = suggestion
    }

    /// `keygen.yaml:12:3: unknown key `stat`, did you mean `state`?`
    public var description: String {
        var place = file ?? ""
        if let line { place += ":\(line)" }
        if let column { place += ":\(column)" }
        let hint = suggestion.map { ", did you mean `\($0)`?" } ?? ""
        return (place.isEmpty ? "" : place + ": ") + message + hint
    }
}

/// Everything that is wrong, at once.
public struct AdapterDiagnostics: Error, Sendable, Hashable, CustomStringConvertible {
    /// In the order of the file; never empty.
    public var all: [AdapterDiagnostic]

    public init(_ all: [AdapterDiagnostic]) {
        self.all = all
    }

    public var description: String { all.map(\.description).joined(separator: "\n") }
}
