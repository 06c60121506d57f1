import CardModel

/// Where an answer tells what may have been promised.
extension ManifestParser {
    func term(_ node: ManifestNode, _ settings: [SettingDeclaration]) -> TermExtraction? {
        guard let members = node.members(of: .term) else { return nil }
        let start = members["start"].flatMap { instant($0, settings) }
        let end = members["end"].flatMap { instant($0, settings) }
        guard let start, let end else { return nil }
        return TermExtraction(start: start, end: end)
    }

    /// Pointers by attribute.
    func attributes(_ node: ManifestNode) -> [String: String] {
        let members = node.members() ?? []
        if members.count > CodeAttributes.most {
            node.fail("more than \(CodeAttributes.most) attributes")
        }
        var pointers: [String: String] = [:]
        for (name, value) in members {
            guard CodeAttributes.isName(name) else {
                value.fail(
                    "the name of an attribute is a lower-case letter, then up to "
                        + "\(CodeAttributes.longestName - 1) lower-case letters, digits and _")
                continue
            }
            pointers[name] = value.pointer()
        }
        return pointers
    }
}
