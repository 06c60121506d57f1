/// Copies of a document with one element changed, for answers that are bent.
extension XMLElement {
    /// Elements of an answer that are bent one by one; longer answers are bent in their beginning.
    private static let mostBentElements = 200

    /// The document without one of its elements, once for each but the root.
    var withoutEachElement: [XMLElement] {
        bent { siblings, index in siblings.remove(at: index) }
    }

    /// The document with one leaf changed, once for each.
    func withEachLeaf(_ change: (inout XMLElement) -> Void) -> [XMLElement] {
        bent { siblings, index in
            if siblings[index].children.isEmpty { change(&siblings[index]) }
        }
    }

    /// - Parameter change: gets the children of an element and which of them to change; what it
    ///   leaves as it was is no copy.
    private func bent(_ change: (inout [XMLElement], Int) -> Void) -> [XMLElement] {
        var results: [XMLElement] = []
        func visit(_ element: XMLElement, _ rebuild: (XMLElement) -> XMLElement) {
            for index in element.children.indices where results.count < Self.mostBentElements {
                var changed = element
                change(&changed.children, index)
                if changed.serialized != element.serialized { results.append(rebuild(changed)) }
                visit(element.children[index]) { inner in
                    var around = element
                    around.children[index] = inner
                    return rebuild(around)
                }
            }
        }
        visit(self) { $0 }
        return results
    }

    /// The document written out, without the blanks between its elements.
    var serialized: [UInt8] { Array(written.utf8) }

    private var written: String {
        let attributes = attributes.map { " \($0.name)=\"\(Self.escaped($0.value))\"" }.joined()
        let content = Self.escaped(text) + children.map(\.written).joined()
        return "<\(name)\(attributes)>\(content)</\(name)>"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}
