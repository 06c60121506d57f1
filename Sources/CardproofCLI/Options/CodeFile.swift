import CardModel

/// Codes that a person holds: one a line, `serial----key` or a bare key.
enum CodeFile {
    /// The items of the largest order.
    static let mostCodes = 1_000
    /// Bytes of a line: two fields of 512 symbols and what separates them.
    private static let mostLineBytes = 4_200
    /// The longest first: a dash may stand inside a key.
    private static let separators = ["----", "\t", "|", ",", " "]

    /// Reads a file, standard input (`-`), or asks.
    /// - Parameter option: the command's own option, for errors.
    static func codes(
        from path: String?,
        option: String = "--code",
        question: String
    ) throws -> [CardCode] {
        guard let path else {
            return try codes(in: SecretInput.prompt(question, option: option), name: option)
        }
        let bytes = try SecretInput.bytes(from: path, name: option, isNamedInErrors: false)
        return try codes(in: String(decoding: bytes, as: UTF8.self), name: "\(option) \(path)")
    }

    /// - Throws: ``CommandFailure`` with 64 that names the line, never its content.
    static func codes(in text: String, name: String) throws -> [CardCode] {
        var codes: [CardCode] = []
        for (index, line) in text.split(
            omittingEmptySubsequences: false,
            whereSeparator: \.isNewline
        ).enumerated() {
            let trimmed = trimming(line)
            if trimmed.isEmpty { continue }
            guard trimmed.utf8.count <= mostLineBytes, let code = code(trimmed) else {
                throw CommandFailure.usage(
                    "\(name), line \(index + 1): serial----key or a bare key is expected"
                )
            }
            codes.append(code)
        }
        guard !codes.isEmpty, codes.count <= mostCodes else {
            throw CommandFailure.usage("\(name): 1 to \(mostCodes) codes are expected")
        }
        return codes
    }

    private static func code(_ line: Substring) -> CardCode? {
        for separator in separators {
            guard let range = line.firstRange(of: separator) else { continue }
            let serial = trimming(line[..<range.lowerBound])
            let key = trimming(line[range.upperBound...])
            guard !serial.isEmpty, !key.isEmpty else { return nil }
            return CardCode(serial: SerialNumber(String(serial)), key: CardKey(String(key)))
        }
        return CardCode(serial: nil, key: CardKey(String(line)))
    }

    private static func trimming(_ text: Substring) -> Substring {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
