/// The texts of a document's leaf elements, by name: enough for answers that are a flat record.
public struct XMLLeaves: Sendable, Hashable {
    private let texts: [String: String]

    /// Reads a document; nil when it is no XML in UTF-8, or when a leaf's name occurs twice.
    public init?(_ bytes: [UInt8]) {
        guard let root = try? XMLElementReader.read(bytes), !root.children.isEmpty,
            let texts = Self.leaves(of: root)
        else { return nil }
        self.texts = texts
    }

    /// The text of the leaf `name`; nil when there is none.
    public subscript(name: String) -> String? { texts[name] }

    private static func leaves(of element: XMLElement) -> [String: String]? {
        guard !element.children.isEmpty else { return [element.name: element.text] }
        guard element.hasOnlyChildren else { return nil }
        var found: [String: String] = [:]
        for child in element.children {
            guard let texts = leaves(of: child) else { return nil }
            for (name, text) in texts {
                guard found.updateValue(text, forKey: name) == nil else { return nil }
            }
        }
        return found
    }
}
