/// One element of an XML document. Namespaces are not resolved: names are as written.
struct XMLElement {
    var name: String
    /// Character data directly inside, in order, joined.
    var text: String
    var children: [XMLElement]
    /// In the order written; names are unique.
    var attributes: [(name: String, value: String)] = []

    /// Whether there is nothing but blanks between the children.
    var hasOnlyChildren: Bool {
        text.utf8.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    }

    /// The only child, when its name is `name`.
    func onlyChild(_ name: String) -> XMLElement? {
        guard hasOnlyChildren, children.count == 1, children[0].name == name else { return nil }
        return children[0]
    }
}

/// A strict, bounded reader of the part of XML 1.0 that issuers use.
///
/// Elements, attributes, character data, CDATA, comments, the five named entities and character
/// references, in UTF-8. A document type is refused, and with it every entity of
/// one's own and every outside file. Foundation's parser is not used here: it would bind the
/// program to libxml2.
struct XMLElementReader {
    /// Nested elements at most; XML-RPC needs eight for an array of structs.
    static let deepest = 32
    /// Elements of one document at most.
    static let largestElementCount = 50_000
    /// Bytes of one document at most.
    static let longestBytes = 4 << 20

    private let bytes: [UInt8]
    private var position = 0
    private var elementCount = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The root element.
    static func read(_ bytes: [UInt8]) throws(XMLRPCError) -> XMLElement {
        guard bytes.count <= longestBytes else { throw XMLRPCError(.tooLarge) }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw XMLRPCError(.notUTF8) }
        var reader = XMLElementReader(bytes)
        try reader.readDeclaration()
        try reader.skipMiscellaneous()
        let root = try reader.readElement(depth: 1)
        try reader.skipMiscellaneous()
        guard reader.position == bytes.count else { throw reader.error(.notXML) }
        return root
    }

    private func error(_ reason: XMLRPCError.Reason) -> XMLRPCError {
        XMLRPCError(reason, at: position)
    }

    private mutating func accept(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard position + length <= bytes.count else { return false }
        let matches = text.withUTF8Buffer {
            bytes[position..<(position + length)].elementsEqual($0)
        }
        if matches { position += length }
        return matches
    }

    /// The bytes up to `end`, which is passed over.
    private mutating func take(until end: StaticString) throws(XMLRPCError) -> ArraySlice<UInt8> {
        let start = position
        while position < bytes.count {
            let here = position
            if accept(end) { return bytes[start..<here] }
            position += 1
        }
        throw error(.notXML)
    }

    private mutating func skipBlanks() {
        while position < bytes.count, Self.isBlank(bytes[position]) { position += 1 }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    /// `<?xml … ?>` with an encoding that is UTF-8 or a part of it.
    private mutating func readDeclaration() throws(XMLRPCError) {
        _ = accept("\u{FEFF}")
        guard accept("<?xml") else { return }
        let text = String(decoding: try take(until: "?>"), as: UTF8.self).lowercased()
        guard let encoding = text.firstRange(of: "encoding") else { return }
        let named = text[encoding.upperBound...].filter { !"= '\"".contains($0) }
        guard named.hasPrefix("utf-8") || named.hasPrefix("us-ascii") else {
            throw error(.notUTF8)
        }
    }

    /// Blanks and comments. Processing instructions and document types have no place here.
    private mutating func skipMiscellaneous() throws(XMLRPCError) {
        while true {
            skipBlanks()
            if accept("<!--") {
                _ = try take(until: "-->")
            } else if accept("<!DOCTYPE") {
                throw error(.documentType)
            } else {
                return
            }
        }
    }

    private mutating func readElement(depth: Int) throws(XMLRPCError) -> XMLElement {
        guard depth <= Self.deepest else { throw error(.tooDeep) }
        elementCount += 1
        guard elementCount <= Self.largestElementCount else { throw error(.tooLarge) }
        guard accept("<") else { throw error(.notXML) }
        var element = XMLElement(name: try readName(), text: "", children: [])
        element.attributes = try readAttributes()
        if accept("/>") { return element }
        guard accept(">") else { throw error(.notXML) }
        while true {
            if accept("</") {
                let name = try readName()
                skipBlanks()
                guard name == element.name, accept(">") else { throw error(.notXML) }
                return element
            } else if accept("<!--") {
                _ = try take(until: "-->")
            } else if accept("<![CDATA[") {
                element.text += String(decoding: try take(until: "]]>"), as: UTF8.self)
            } else if accept("<!") || accept("<?") {
                throw error(.documentType)
            } else if position < bytes.count, bytes[position] == UInt8(ascii: "<") {
                element.children.append(try readElement(depth: depth + 1))
            } else {
                element.text += try readText()
            }
        }
    }

    private mutating func readName() throws(XMLRPCError) -> String {
        let start = position
        while position < bytes.count, Self.isNameSymbol(bytes[position]) { position += 1 }
        guard position > start else { throw error(.notXML) }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func isNameSymbol(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: "_"), UInt8(ascii: ":"):
            true
        default: false
        }
    }

    private mutating func readAttributes() throws(XMLRPCError) -> [(name: String, value: String)] {
        var attributes: [(name: String, value: String)] = []
        while true {
            skipBlanks()
            guard position < bytes.count, Self.isNameSymbol(bytes[position])
            else { return attributes }
            let name = try readName()
            skipBlanks()
            guard accept("="), !attributes.contains(where: { $0.name == name }) else {
                throw error(.notXML)
            }
            skipBlanks()
            guard let quote = [UInt8(ascii: "\""), UInt8(ascii: "'")].first(where: isNext)
            else { throw error(.notXML) }
            position += 1
            attributes.append((name, try readText(until: quote)))
            position += 1
        }
    }

    private func isNext(_ byte: UInt8) -> Bool {
        position < bytes.count && bytes[position] == byte
    }

    /// Character data up to `end`, references resolved.
    private mutating func readText(
        until end: UInt8 = UInt8(ascii: "<")
    ) throws(XMLRPCError) -> String {
        var text: [UInt8] = []
        while position < bytes.count, bytes[position] != end {
            if bytes[position] == UInt8(ascii: "&") {
                guard let escape = EscapeSequence(in: bytes, at: position) else {
                    throw error(.notXML)
                }
                text.append(contentsOf: escape.meaning)
                position += escape.length
            } else if bytes[position] == UInt8(ascii: "<") {
                throw error(.notXML)
            } else {
                text.append(bytes[position])
                position += 1
            }
        }
        guard position < bytes.count else { throw error(.notXML) }
        return String(decoding: text, as: UTF8.self)
    }
}
