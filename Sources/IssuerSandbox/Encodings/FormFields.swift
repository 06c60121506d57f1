/// The fields of a form or a query, in the order they were sent, their values as bytes.
struct FormFields: Sendable {
    private(set) var fields: [(name: String, value: [UInt8])]

    init(_ fields: [(name: String, value: [UInt8])]) {
        self.fields = fields
    }

    /// Text fields to be sent in a charset; a character that it lacks becomes `?`.
    init(_ fields: [(String, String)], in charset: TextCharset) {
        self.fields = fields.map { ($0.0, charset.encode($0.1) ?? Array("?".utf8)) }
    }

    /// Reads `a=1&b=%20`. Nil when a field is malformed or stands twice: which of the two an
    /// issuer would take, nobody knows.
    init?(_ bytes: [UInt8]) {
        fields = []
        for part in bytes.split(separator: UInt8(ascii: "&")) {
            let place = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            guard let name = PercentCoding.decode(Array(part[..<place]), plusIsSpace: true),
                let value = PercentCoding.decode(
                    Array(part[place...].dropFirst()), plusIsSpace: true),
                let text = String(validating: name, as: UTF8.self), self[text] == nil
            else { return nil }
            fields.append((text, value))
        }
    }

    /// The value as UTF-8; nil when it is absent or not UTF-8.
    subscript(name: String) -> String? { text(name, in: .utf8) }

    func text(_ name: String, in charset: TextCharset) -> String? {
        fields.first { $0.name == name }.flatMap { charset.decode($0.value) }
    }

    func bytes(_ name: String) -> [UInt8] { fields.first { $0.name == name }?.value ?? [] }

    /// As it goes over the wire.
    var encoded: String {
        fields.map {
            PercentCoding.encode(Array($0.name.utf8)) + "=" + PercentCoding.encode($0.value)
        }
        .joined(separator: "&")
    }
}
