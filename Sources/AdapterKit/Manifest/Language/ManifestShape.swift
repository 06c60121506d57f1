/// One mapping of the manifest language: the keys it has and what stands under them.
///
/// The parser knows no key but those that stand here, and the JSON Schema is written from here, so
/// that the two cannot come apart.
struct ManifestShape: Sendable {
    /// How the schema names it.
    var name: String
    var keys: [Key]

    struct Key: Sendable {
        var name: String
        var isRequired: Bool
        var value: ManifestValue
        /// One line for editors.
        var summary: String
    }

    init(_ name: String, _ keys: [Key]) {
        self.name = name
        self.keys = keys
    }

    var keyNames: [String] { keys.map(\.name) }
}

/// What may stand under a key.
indirect enum ManifestValue: Sendable {
    /// A scalar, read as written.
    case text
    /// A text with places.
    case template
    /// An RFC 6901 pointer into the answer, JSON or XML.
    case pointer
    case flag
    case constant(String)
    case words([String])
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case mapping(ManifestShape)
    /// A mapping whose names are free.
    case named(ManifestValue)
    case list(ManifestValue)
    /// One value, or a list of them.
    case oneOrMore(ManifestValue)
    case either([ManifestValue])
    /// A body of the issuer's own making.
    case body
}

extension ManifestShape.Key {
    static func required(
        _ name: String,
        _ value: ManifestValue,
        _ summary: String
    ) -> ManifestShape.Key {
        ManifestShape.Key(name: name, isRequired: true, value: value, summary: summary)
    }

    static func optional(
        _ name: String,
        _ value: ManifestValue,
        _ summary: String
    ) -> ManifestShape.Key {
        ManifestShape.Key(name: name, isRequired: false, value: value, summary: summary)
    }
}

extension ManifestValue {
    /// The words of a closed list.
    static func word<Word>(_ type: Word.Type) -> ManifestValue
    where Word: RawRepresentable<String> & CaseIterable {
        .words(Word.allCases.map(\.rawValue))
    }
}

extension ManifestNode {
    /// The members of a mapping by its shape; unknown and missing keys are reported.
    func members(of shape: ManifestShape) -> [String: ManifestNode]? {
        guard let members = members(known: shape.keyNames) else { return nil }
        for key in shape.keys where key.isRequired && members[key.name] == nil {
            fail("`\(key.name)` is missing")
        }
        return members
    }
}
