import WireFormat

extension JSONValue {
    /// Members of an answer that are bent one by one; longer answers are bent in their beginning.
    private static let mostBentMembers = 200

    /// This value with one leaf replaced, once for each leaf.
    func withEachLeaf(replacedBy other: JSONValue) -> [JSONValue] {
        bent { value in
            switch value {
            case .object, .array: nil
            case .null, .bool, .integer, .decimal, .string: other
            }
        }
    }

    /// This value with one member taken out, once for each member of each object.
    var withoutEachMember: [JSONValue] {
        var results: [JSONValue] = []
        func visit(_ value: JSONValue, _ rebuild: (JSONValue) -> JSONValue) {
            guard results.count < Self.mostBentMembers else { return }
            switch value {
            case .object(let object):
                for member in object.members {
                    var without = object
                    without[member.name] = nil
                    results.append(rebuild(.object(without)))
                    visit(member.value) { inner in
                        var changed = object
                        changed[member.name] = inner
                        return rebuild(.object(changed))
                    }
                }
            case .array(let elements):
                for (index, element) in elements.enumerated() {
                    visit(element) { inner in
                        var changed = elements
                        changed[index] = inner
                        return rebuild(.array(changed))
                    }
                }
            case .null, .bool, .integer, .decimal, .string: break
            }
        }
        visit(self) { $0 }
        return results
    }

    private func bent(_ replacement: (JSONValue) -> JSONValue?) -> [JSONValue] {
        var results: [JSONValue] = []
        func visit(_ value: JSONValue, _ rebuild: (JSONValue) -> JSONValue) {
            guard results.count < Self.mostBentMembers else { return }
            if let other = replacement(value) { results.append(rebuild(other)) }
            switch value {
            case .object(let object):
                for member in object.members {
                    visit(member.value) { inner in
                        var changed = object
                        changed[member.name] = inner
                        return rebuild(.object(changed))
                    }
                }
            case .array(let elements):
                for (index, element) in elements.enumerated() {
                    visit(element) { inner in
                        var changed = elements
                        changed[index] = inner
                        return rebuild(.array(changed))
                    }
                }
            case .null, .bool, .integer, .decimal, .string: break
            }
        }
        visit(self) { $0 }
        return results
    }
}
