extension JSONValue {
    /// Reads one JSON text (RFC 8259) and nothing after it.
    ///
    /// Stricter than most readers: the bytes must be UTF-8, names in an object must differ,
    /// depth and size are bounded, surrogate escapes must pair, numbers keep their lexeme.
    /// - Throws: ``JSONError`` with the byte offset and the pointer of the value being read.
    public static func parse(
        _ bytes: some Collection<UInt8>,
        limits: JSONLimits = .default
    ) throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.bytes else {
            throw JSONError(reason: .tooLarge, byteOffset: limits.bytes, pointer: "")
        }
        let contiguous = bytes.withContiguousStorageIfAvailable { storage in
            Result { () throws(JSONError) in try parse(buffer: storage, depth: limits.depth) }
        }
        if let contiguous { return try contiguous.get() }
        let copy = Array(bytes)
        return try copy.withUnsafeBufferPointer { storage in
            Result { () throws(JSONError) in try parse(buffer: storage, depth: limits.depth) }
        }.get()
    }

    private static func parse(
        buffer: UnsafeBufferPointer<UInt8>,
        depth: Int
    ) throws(JSONError) -> JSONValue {
        var parser = JSONParser(bytes: buffer, depthLimit: depth)
        return try parser.parseText()
    }
}

/// A recursive-descent reader over borrowed bytes; lives no longer than one `parse` call.
private struct JSONParser {
    /// Objects up to this many members are checked for duplicates by comparing, larger ones by a
    /// set: a linear scan is faster for the objects we meet, and a set keeps hostile ones linear.
    static let linearDuplicateScanMembers = 16

    let bytes: UnsafeBufferPointer<UInt8>
    let depthLimit: Int
    var offset = 0
    /// Where we are, for error pointers.
    var path: [PathElement] = []

    enum PathElement {
        case name(String)
        case index(Int)
    }

    init(bytes: UnsafeBufferPointer<UInt8>, depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    mutating func parseText() throws(JSONError) -> JSONValue {
        skipWhitespace()
        let value = try parseValue()
        skipWhitespace()
        guard offset == bytes.count else { throw error(.syntax) }
        return value
    }

    private func error(_ reason: JSONError.Reason) -> JSONError {
        var pointer = ""
        for element in path {
            switch element {
            case .name(let name): pointer += "/" + JSONPointer.escape(name)
            case .index(let index): pointer += "/\(index)"
            }
        }
        return JSONError(reason: reason, byteOffset: offset, pointer: pointer)
    }

    private var current: UInt8? {
        offset < bytes.count ? bytes[offset] : nil
    }

    private mutating func skipWhitespace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x0A, 0x0D, 0x09: offset += 1
            default: return
            }
        }
    }

    private mutating func parseValue() throws(JSONError) -> JSONValue {
        guard let byte = current else { throw error(.syntax) }
        switch byte {
        case UInt8(ascii: "{"): return try parseObject()
        case UInt8(ascii: "["): return try parseArray()
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
        default: throw error(.syntax)
        }
    }

    private mutating func parseWord(
        _ word: StaticString,
        _ value: JSONValue
    ) throws(JSONError) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            guard current == word.utf8Start[index] else { throw error(.syntax) }
            offset += 1
        }
        return value
    }

    private mutating func parseObject() throws(JSONError) -> JSONValue {
        guard path.count < depthLimit else { throw error(.tooDeep) }
        offset += 1
        var object = JSONObject()
        var names: Set<String> = []
        skipWhitespace()
        if current == UInt8(ascii: "}") {
            offset += 1
            return .object(object)
        }
        while true {
            guard current == UInt8(ascii: "\"") else { throw error(.syntax) }
            let name = try parseString()
            path.append(.name(name))
            if isDuplicate(name, in: object, &names) { throw error(.duplicateKey) }
            skipWhitespace()
            guard current == UInt8(ascii: ":") else { throw error(.syntax) }
            offset += 1
            skipWhitespace()
            object.members.append(.init(name: name, value: try parseValue()))
            path.removeLast()
            if try endsContainer(UInt8(ascii: "}")) { return .object(object) }
        }
    }

    private func isDuplicate(
        _ name: String,
        in object: JSONObject,
        _ names: inout Set<String>
    ) -> Bool {
        let count = object.members.count
        if count < Self.linearDuplicateScanMembers {
            return object.members.contains { $0.name == name }
        }
        if count == Self.linearDuplicateScanMembers {
            names = Set(object.members.map(\.name))
        }
        return !names.insert(name).inserted
    }

    private mutating func parseArray() throws(JSONError) -> JSONValue {
        guard path.count < depthLimit else { throw error(.tooDeep) }
        offset += 1
        var elements: [JSONValue] = []
        skipWhitespace()
        if current == UInt8(ascii: "]") {
            offset += 1
            return .array(elements)
        }
        while true {
            path.append(.index(elements.count))
            elements.append(try parseValue())
            path.removeLast()
            if try endsContainer(UInt8(ascii: "]")) { return .array(elements) }
        }
    }

    /// Reads what follows an element: the closing byte (true) or a comma (false).
    private mutating func endsContainer(_ closing: UInt8) throws(JSONError) -> Bool {
        skipWhitespace()
        guard let byte = current, byte == closing || byte == UInt8(ascii: ",") else {
            throw error(.syntax)
        }
        offset += 1
        if byte == closing { return true }
        skipWhitespace()
        return false
    }

    private mutating func parseNumber() throws(JSONError) -> JSONValue {
        let start = offset
        if current == UInt8(ascii: "-") { offset += 1 }
        let leadingZero = current == UInt8(ascii: "0")
        let digits = try skipDigits()
        guard !leadingZero || digits == 1 else { throw error(.syntax) }
        var isInteger = true
        if current == UInt8(ascii: ".") {
            isInteger = false
            offset += 1
            _ = try skipDigits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            offset += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { offset += 1 }
            _ = try skipDigits()
        }
        let lexeme = String(decoding: bytes[start..<offset], as: UTF8.self)
        // "-0" is not the integer 0: its sign would be lost.
        if isInteger, lexeme != "-0", let number = Int64(lexeme) { return .integer(number) }
        return .decimal(lexeme)
    }

    /// One digit or more; returns how many.
    private mutating func skipDigits() throws(JSONError) -> Int {
        let start = offset
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            offset += 1
        }
        guard offset > start else { throw error(.syntax) }
        return offset - start
    }

    private mutating func parseString() throws(JSONError) -> String {
        offset += 1
        let start = offset
        while let byte = current {
            if byte == UInt8(ascii: "\"") {
                let text = try decode(bytes[start..<offset], at: start)
                offset += 1
                return text
            }
            guard byte >= 0x20 else { throw error(.syntax) }
            if byte == UInt8(ascii: "\\") { return try parseEscapedString(from: start) }
            offset += 1
        }
        throw error(.syntax)
    }

    private mutating func parseEscapedString(from start: Int) throws(JSONError) -> String {
        var unescaped = Array(bytes[start..<offset])
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                let text = try unescaped.withUnsafeBufferPointer { buffer in
                    Result { () throws(JSONError) in try decode(buffer[...], at: start) }
                }.get()
                offset += 1
                return text
            case UInt8(ascii: "\\"):
                offset += 1
                try parseEscape(into: &unescaped)
            case 0x20...:
                unescaped.append(byte)
                offset += 1
            default:
                throw error(.syntax)
            }
        }
        throw error(.syntax)
    }

    private mutating func parseEscape(into unescaped: inout [UInt8]) throws(JSONError) {
        guard let byte = current else { throw error(.syntax) }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(byte)
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0C)
        case UInt8(ascii: "n"): unescaped.append(0x0A)
        case UInt8(ascii: "r"): unescaped.append(0x0D)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "u"):
            unescaped.append(contentsOf: String(Character(try parseUnicodeEscape())).utf8)
        default:
            offset -= 1
            throw error(.syntax)
        }
    }

    private mutating func parseUnicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let first = try parseFourHexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        // A high surrogate must be followed by an escaped low one; anything else is not Unicode.
        guard (0xD800...0xDBFF).contains(first), current == UInt8(ascii: "\\") else {
            throw error(.invalidUTF8)
        }
        offset += 1
        guard current == UInt8(ascii: "u") else { throw error(.invalidUTF8) }
        offset += 1
        let second = try parseFourHexDigits()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else { throw error(.invalidUTF8) }
        return scalar
    }

    private mutating func parseFourHexDigits() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Hexadecimal.value(of: byte) else {
                throw error(.syntax)
            }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }

    private func decode(
        _ slice: Slice<UnsafeBufferPointer<UInt8>>,
        at start: Int
    ) throws(JSONError) -> String {
        // Most names and values are ASCII, and need no look at every code point.
        if slice.allSatisfy({ $0 < 0x80 }) { return String(decoding: slice, as: UTF8.self) }
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw JSONError(
                reason: .invalidUTF8,
                byteOffset: start,
                pointer: error(.syntax).pointer
            )
        }
        return text
    }
}
