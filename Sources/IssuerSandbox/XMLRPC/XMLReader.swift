/// One element of an XML document: its children and the text directly inside it.
struct XMLElement: Sendable, Equatable {
    var name: String
    var children: [XMLElement] = []
    var text = ""
}

/// Why bytes are not the XML that the sandbox reads.
struct XMLError: Error, Sendable, Equatable {
    let detail: String
    let byteOffset: Int
}

/// Reads the XML 1.0 that XML-RPC needs: elements, text, comments, CDATA, character references.
///
/// Document types are refused, and with them every entity but the five of XML itself: a
/// document can neither grow while it is read nor reach for files. Attributes are read and
/// dropped. Only UTF-8.
struct XMLReader {
    private let bytes: [UInt8]
    private var position = 0
    private var partsLeft = SandboxLimits.xmlParts
    /// Elements that are not closed yet, outermost first.
    private var open: [XMLElement] = []
    private var root: XMLElement?

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The document's root element.
    static func root(of bytes: [UInt8]) throws(XMLError) -> XMLElement {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw XMLError(detail: "not UTF-8", byteOffset: 0)
        }
        var reader = XMLReader(bytes)
        return try reader.document()
    }

    private mutating func document() throws(XMLError) -> XMLElement {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        while position < bytes.count {
            try spendPart()
            if peek("<") { try markup() } else { try text() }
        }
        guard let root, open.isEmpty else { throw error("the document ends too early") }
        return root
    }

    private mutating func markup() throws(XMLError) {
        if skip("<?") {
            try skipPast("?>")
        } else if skip("<!--") {
            try skipPast("-->")
        } else if skip("<![CDATA[") {
            try characterData()
        } else if peek("<!") {
            throw error("a document type is not accepted")
        } else if skip("</") {
            try closeTag()
        } else {
            position += 1
            try openTag()
        }
    }

    private mutating func openTag() throws(XMLError) {
        guard root == nil, open.count < SandboxLimits.xmlDepth else {
            throw error(root == nil ? "nested too deeply" : "a second root element")
        }
        open.append(XMLElement(name: try name()))
        while true {
            skipSpace()
            if skip("/>") { return close() }
            if skip(">") { return }
            try attribute()
        }
    }

    private mutating func attribute() throws(XMLError) {
        try spendPart()
        _ = try name()
        skipSpace()
        guard skip("=") else { throw error("an attribute without a value") }
        skipSpace()
        if skip("\"") {
            try skipPast("\"")
        } else if skip("'") {
            try skipPast("'")
        } else {
            throw error("an attribute without quotes")
        }
    }

    private mutating func closeTag() throws(XMLError) {
        let closed = try name()
        skipSpace()
        guard skip(">"), open.last?.name == closed else {
            throw error("a closing tag that closes nothing")
        }
        close()
    }

    /// The innermost open element is complete: it joins its parent, or is the root.
    private mutating func close() {
        guard let element = open.popLast() else { return }
        if open.isEmpty {
            root = element
        } else {
            open[open.count - 1].children.append(element)
        }
    }

    private mutating func text() throws(XMLError) {
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
        let text = try unescaped(bytes[start..<position])
        if open.isEmpty {
            guard text.allSatisfy(\.isWhitespace) else { throw error("text outside the root") }
        } else {
            open[open.count - 1].text += text
        }
    }

    private mutating func characterData() throws(XMLError) {
        let start = position
        try skipPast("]]>")
        guard !open.isEmpty else { throw error("text outside the root") }
        open[open.count - 1].text += String(decoding: bytes[start..<(position - 3)], as: UTF8.self)
    }
}

extension XMLReader {
    private func unescaped(_ slice: ArraySlice<UInt8>) throws(XMLError) -> String {
        guard slice.contains(UInt8(ascii: "&")) else {
            return String(decoding: slice, as: UTF8.self)
        }
        var text = ""
        var rest = slice
        while let ampersand = rest.firstIndex(of: UInt8(ascii: "&")) {
            text += String(decoding: rest[..<ampersand], as: UTF8.self)
            guard let end = rest[ampersand...].prefix(12).firstIndex(of: UInt8(ascii: ";")),
                let character = Self.character(
                    String(decoding: rest[(ampersand + 1)..<end], as: UTF8.self)
                )
            else { throw error("an unknown reference") }
            text.unicodeScalars.append(character)
            rest = rest[(end + 1)...]
        }
        return text + String(decoding: rest, as: UTF8.self)
    }

    private static func character(_ reference: String) -> Unicode.Scalar? {
        switch reference {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default:
            let number: UInt32? =
                if reference.hasPrefix("#x") {
                    UInt32(reference.dropFirst(2), radix: 16)
                } else if reference.hasPrefix("#") {
                    UInt32(reference.dropFirst())
                } else {
                    nil
                }
            return number.flatMap { $0 == 0 ? nil : Unicode.Scalar($0) }
        }
    }

    private mutating func name() throws(XMLError) -> String {
        let start = position
        while position < bytes.count, Self.isNameByte(bytes[position]) { position += 1 }
        guard position > start else { throw error("a name is missing") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x80...: true
        default: false
        }
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
            position += 1
        }
    }

    private func peek(_ symbols: String) -> Bool {
        bytes[position...].starts(with: symbols.utf8)
    }

    private mutating func skip(_ symbols: String) -> Bool {
        guard peek(symbols) else { return false }
        position += symbols.utf8.count
        return true
    }

    private mutating func skipPast(_ symbols: String) throws(XMLError) {
        while position < bytes.count {
            if skip(symbols) { return }
            position += 1
        }
        throw error("the document ends too early")
    }

    private mutating func spendPart() throws(XMLError) {
        partsLeft -= 1
        guard partsLeft >= 0 else { throw error("too many parts") }
    }

    private func error(_ detail: String) -> XMLError {
        XMLError(detail: detail, byteOffset: position)
    }
}
