/// Takes personal data at declared places out of an XML answer before it is kept.
enum PersonalXML {
    /// The body unchanged when there is nothing to take out. A body that cannot be parsed is
    /// withheld as a whole when something should have been looked for in it.
    static func removed(from response: OutboundResponse, at pointers: [String]) -> [UInt8] {
        guard !pointers.isEmpty, !response.body.isEmpty else { return response.body }
        guard let root = try? XMLElementReader.read(response.body) else {
            return Array(
                "[\(response.body.count) bytes not kept: not the XML whose personal data is known]"
                    .utf8
            )
        }
        var document = XMLElement(name: "", text: "", children: [root])
        for pointer in pointers {
            remove(pointer.split(separator: "/").map(String.init)[...], from: &document)
        }
        return Array(document.children.map(written).joined().utf8)
    }

    private static func remove(_ path: ArraySlice<String>, from element: inout XMLElement) {
        guard let name = path.first else {
            element.children = []
            element.text = Scrubber.mark
            return
        }
        if name.hasPrefix(XMLTemplate.attributePrefix) {
            for index in element.attributes.indices
            where "@\(element.attributes[index].name)" == name {
                element.attributes[index].value = Scrubber.mark
            }
            return
        }
        if name == XMLTemplate.textMember {
            element.text = Scrubber.mark
            return
        }
        var rest = path.dropFirst()
        var wanted: Int?
        if let place = rest.first, place == "*" || Int(place) != nil {
            wanted = Int(place)
            rest = rest.dropFirst()
        }
        let named = element.children.indices.filter { element.children[$0].name == name }
        for (position, index) in named.enumerated() where wanted == nil || wanted == position {
            remove(rest, from: &element.children[index])
        }
    }

    private static func written(_ element: XMLElement) -> String {
        let attributes = element.attributes.map { " \($0.name)=\"\(escaped($0.value))\"" }
        return "<\(element.name)\(attributes.joined())>" + escaped(element.text)
            + element.children.map(written).joined() + "</\(element.name)>"
    }

    /// What was read from XML can be written as XML.
    private static func escaped(_ text: String) -> String {
        (try? XMLTemplate.escaped(text)) ?? Scrubber.mark
    }
}
