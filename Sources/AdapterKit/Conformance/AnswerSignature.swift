import CardModel

/// Where the signature of a recorded answer stands.
struct AnswerSignature {
    /// The header, or the field of the body, that bears it.
    let name: String

    /// Altered copies of one signature.
    private static let mostAlterations = 16
    /// The last symbols of a base64 text may mean nothing.
    private static let unsureSymbols = 2

    func isIn(_ answer: OutboundResponse) -> Bool { !bent(answer).isEmpty }

    /// Copies of the answer with one symbol of the signature changed; none when it bears none.
    func bent(_ answer: OutboundResponse) -> [OutboundResponse] {
        if let header = header(of: answer) {
            return Self.bent(answer.headers[header].value).map { value in
                answer.with { $0.headers[header].value = value }
            }
        }
        guard let run = fields(in: answer.body).lazy.compactMap(\.value).first else { return [] }
        return places(in: run).map { index in
            answer.with { $0.body[index] = Self.other($0.body[index]) }
        }
    }

    /// Copies of a header's value with one symbol of the signature changed: the longest word of it.
    static func bent(_ header: String) -> [String] {
        let value = Array(header.utf8)
        let words = value.split { !isSymbol($0) }
        let run = words.max { $0.count < $1.count }.map { $0.startIndex..<$0.endIndex }
        return AnswerSignature(name: "").places(in: run ?? 0..<0).map { index in
            var bent = value
            bent[index] = other(bent[index])
            return String(decoding: bent, as: UTF8.self)
        }
    }

    /// The answer without its signature.
    func removed(from answer: OutboundResponse) -> OutboundResponse {
        answer.with { unsigned in
            unsigned.headers.removeAll { $0.name.lowercased() == name.lowercased() }
            for field in fields(in: answer.body).reversed() {
                for name in [field.closingName, field.name].compactMap({ $0 }) {
                    unsigned.body.replaceSubrange(name, with: Array("unsigned".utf8))
                }
            }
        }
    }

    private func header(of answer: OutboundResponse) -> Int? {
        answer.headers.firstIndex { $0.name.lowercased() == name.lowercased() }
    }

    /// A place in a body where the field's name stands as a name, and not inside another one.
    private struct Field {
        var name: Range<Int>
        /// In an element's end.
        var closingName: Range<Int>?
        /// The first word after it; nil where the field is empty.
        var value: Range<Int>?
    }

    private func fields(in body: [UInt8]) -> [Field] {
        guard !name.isEmpty else { return [] }
        return body.ranges(of: Array(name.utf8)).compactMap { field(at: $0, in: body) }
    }

    private func field(at range: Range<Int>, in body: [UInt8]) -> Field? {
        let before = body[..<range.lowerBound].last
        let after = body[range.upperBound...]
        switch (before, after.first) {
        case (UInt8(ascii: "\""), UInt8(ascii: "\"")):
            let colon = after.dropFirst().drop(while: Self.isBlank)
            guard colon.first == UInt8(ascii: ":") else { return nil }
            let value = colon.dropFirst().drop { Self.isBlank($0) || $0 == UInt8(ascii: "\"") }
            return Field(name: range, value: Self.word(at: value))
        case (UInt8(ascii: "<"), UInt8(ascii: ">")), (UInt8(ascii: "<"), UInt8(ascii: " ")):
            guard let end = after.firstIndex(of: UInt8(ascii: ">")) else { return nil }
            let content = body[(end + 1)...]
            let value = content.starts(with: Self.data) ? content.dropFirst(9) : content
            let closing = content.firstRange(of: Array("</\(name)>".utf8))
            return Field(
                name: range,
                closingName: closing.map { ($0.lowerBound + 2)..<($0.upperBound - 1) },
                value: Self.word(at: value)
            )
        case (_, UInt8(ascii: "=")) where before.map(Self.isInName) != true:
            return Field(name: range, value: Self.word(at: after.dropFirst()))
        default: return nil
        }
    }

    private static let data = Array("<![CDATA[".utf8)

    private static func word(at bytes: ArraySlice<UInt8>) -> Range<Int>? {
        let word = bytes.prefix(while: isSymbol)
        return word.isEmpty ? nil : word.startIndex..<word.endIndex
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    /// What may stand before a form's field's name only where the name goes on.
    private static func isInName(_ byte: UInt8) -> Bool {
        isPlain(byte) || (0x41...0x5A).contains(byte)
            || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(byte)
    }

    private func places(in run: Range<Int>) -> [Int] {
        let sure = run.dropLast(Self.unsureSymbols)
        let stride = max(1, sure.count / Self.mostAlterations)
        return sure.filter { ($0 - run.lowerBound).isMultiple(of: stride) }
    }

    /// Base64 and hexadecimal.
    private static func isSymbol(_ byte: UInt8) -> Bool {
        isPlain(byte) || (0x41...0x5A).contains(byte)
            || [UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_")]
                .contains(byte)
    }

    /// A digit or a small letter.
    static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// Another digit for a digit, another letter for anything else.
    static func other(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x37, 0x71: byte + 1
        case 0x30...0x39: 0x37
        default: 0x71
        }
    }
}
