import WireFormat

/// Copies of a document with one value changed, for answers that are bent.
extension JSONValue {
    /// Members of an answer that are bent one by one; longer answers are bent in their beginning.
    private static let mostBentMembers = 200

    /// A value inside a document.
    struct Place {
        /// The member's name; nil for the document itself and for elements of a list.
        var name: String?
        var value: JSONValue
        /// The document with another value here, or with none.
        var replacing: (JSONValue?) -> JSONValue

        var isLeaf: Bool {
            switch value {
            case .object, .array: false
            case .null, .bool, .integer, .decimal, .string: true
            }
        }
    }

    /// This value with one leaf replaced, once for each leaf.
    func withEachLeaf(replacedBy other: JSONValue) -> [JSONValue] {
        places.filter(\.isLeaf).prefix(Self.mostBentMembers).map { $0.replacing(other) }
    }

    /// This value with one member taken out, once for each member of each object.
    var withoutEachMember: [JSONValue] {
        places.filter { $0.name != nil }.prefix(Self.mostBentMembers).map { $0.replacing(nil) }
    }

    /// Every value inside, this one first, each before what it holds.
    var places: [Place] {
        var places: [Place] = []
        func visit(
            _ value: JSONValue,
            _ name: String?,
            _ replacing: @escaping (JSONValue?) -> JSONValue
        ) {
            places.append(Place(name: name, value: value, replacing: replacing))
            switch value {
            case .object(let object):
                for member in object.members {
                    visit(member.value, member.name) { inner in
                        var changed = object
                        changed[member.name] = inner
                        return replacing(.object(changed))
                    }
                }
            case .array(let elements):
                for (index, element) in elements.enumerated() {
                    visit(element, nil) { inner in
                        var changed = elements
                        changed.replaceSubrange(index...index, with: inner.map { [$0] } ?? [])
                        return replacing(.array(changed))
                    }
                }
            case .null, .bool, .integer, .decimal, .string: break
            }
        }
        visit(self, nil) { $0 ?? .null }
        return places
    }
}
