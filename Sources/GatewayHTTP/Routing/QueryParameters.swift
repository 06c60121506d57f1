import CardModel
import Gateway
import WireFormat

/// The query of a request, decoded once: names and values after percent-decoding, `+` being a
/// plus as RFC 3986 has it, so that a time with an offset needs no escape.
struct QueryParameters {
    /// Parameters of one query; a request with more is a mistake or an attack.
    static let limit = 16

    private var values: [String: String] = [:]

    /// - Throws: ``Problem`` with `invalid_parameters`: too many, one twice, one that is not
    ///   listed in `known`, or bytes that are not UTF-8.
    init(_ query: String?, known: Set<String>) throws(Problem) {
        guard let query else { return }
        let pairs = query.split(separator: "&", maxSplits: Self.limit)
        guard pairs.count <= Self.limit else {
            throw Problem(.invalidParameters)
        }
        for pair in pairs {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), known.contains(name) else {
                throw Self.unknownName(known)
            }
            guard let value = parts.count == 2 ? Self.decoded(parts[1]) : "",
                values.updateValue(value, forKey: name) == nil
            else { throw Self.problem(name, .malformed) }
        }
    }

    subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    static func problem(_ name: String, _ reason: FieldProblem.Reason) -> Problem {
        Problem(.invalidParameters, errors: [FieldProblem(.parameter(name), reason)])
    }

    /// Says which names there are; the one that came is the caller's text and is not repeated.
    private static func unknownName(_ known: Set<String>) -> Problem {
        let names = known.sorted().joined(separator: ", ")
        return Problem(
            .invalidParameters,
            detail: LocalisedText(
                zhCN: "含有不认识的参数；可用：\(names)。",
                en: "There is a parameter that is not known; known are: \(names)."
            )
        )
    }

    /// `limit`, from 1 to ``Page/largestLimit``.
    var limit: Int {
        get throws(Problem) {
            guard let text = self["limit"] else { return Page.defaultLimit }
            guard let number = Int(text), (1...Page.largestLimit).contains(number) else {
                throw Self.problem("limit", .outOfRange)
            }
            return number
        }
    }

    /// An RFC 3339 time.
    func instant(_ name: String) throws(Problem) -> Instant? {
        guard let text = self[name] else { return nil }
        guard let instant = Instant(rfc3339: text) else { throw Self.problem(name, .malformed) }
        return instant
    }

    /// A text after percent-decoding; nil when an escape is broken or the bytes are not UTF-8.
    static func decoded(_ text: Substring) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let decoded = Hexadecimal.decode(Substring(rest.prefix(2))), decoded.count == 1
            else { return nil }
            bytes += decoded
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
