import HTTPTypes

extension Call {
    /// Length of an idempotency key.
    static let idempotencyKeyLengths = 1...128

    /// The `Idempotency-Key` as sent, with or without the quotes of a structured field; nil when
    /// there is none.
    /// - Throws: ``Problem`` with `bad_idempotency_key`.
    var idempotencyKey: String? {
        get throws(Problem) {
            guard let header = headers[.idempotencyKey] else { return nil }
            var key = header[...]
            if key.utf8.count >= 2, key.first == "\"", key.last == "\"" {
                key = key.dropFirst().dropLast()
            }
            guard Self.idempotencyKeyLengths.contains(key.utf8.count),
                key.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") })
            else { throw Problem(.badIdempotencyKey) }
            return String(key)
        }
    }
}
