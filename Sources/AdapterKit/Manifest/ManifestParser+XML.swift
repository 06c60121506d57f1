import Yams

/// XML bodies of requests.
extension ManifestParser {
    /// A mapping of one member, the root element.
    func document(_ node: ManifestNode, _ settings: [SettingDeclaration]) -> XMLTemplate? {
        guard let members = node.members() else { return nil }
        guard members.count == 1, let root = members.first else {
            node.fail("an XML document has exactly one root element")
            return nil
        }
        let elements = elements(root.name, root.value, settings)
        if elements.count > 1 { node.fail("an XML document has exactly one root element") }
        return elements.first
    }

    /// A list stands for several elements of one name.
    private func elements(
        _ name: String,
        _ node: ManifestNode,
        _ settings: [SettingDeclaration]
    ) -> [XMLTemplate] {
        if !Self.isElementName(name) { node.fail("`\(name)` is no name of an XML element") }
        switch node.node {
        case .sequence:
            return (node.elements() ?? []).flatMap { elements(name, $0, settings) }
        case .scalar:
            return template(node, settings).map {
                [XMLTemplate(name: name, attributes: [], content: .text($0))]
            } ?? []
        case .mapping: return [element(name, node.members() ?? [], settings)]
        case .alias:
            node.fail("an alias is not understood here")
            return []
        }
    }

    private func element(
        _ name: String,
        _ members: [(name: String, value: ManifestNode)],
        _ settings: [SettingDeclaration]
    ) -> XMLTemplate {
        var element = XMLTemplate(name: name, attributes: [], content: .children([]))
        var children: [XMLTemplate] = []
        for (member, value) in members {
            if member.hasPrefix(XMLTemplate.attributePrefix) {
                let attribute = String(member.dropFirst())
                if !Self.isElementName(attribute) {
                    value.fail("`\(attribute)` is no name of an XML attribute")
                }
                if let template = template(value, settings) {
                    element.attributes.append(.init(name: attribute, value: template))
                }
            } else if member == XMLTemplate.textMember {
                if let template = template(value, settings) { element.content = .text(template) }
            } else {
                children += elements(member, value, settings)
            }
        }
        if case .children = element.content {
            element.content = .children(children)
        } else if let child = members.first(where: { $0.name == children.first?.name }) {
            child.value.fail("an element has either `\(XMLTemplate.textMember)` or elements")
        }
        return element
    }

    /// Names in ASCII, with at most one namespace prefix.
    private static func isElementName(_ name: String) -> Bool {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count <= 2
            && parts.allSatisfy { part in
                guard let first = part.utf8.first, isLetter(first) else { return false }
                return part.utf8.allSatisfy {
                    isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E
                }
            }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
    }
}
