import CardModel
import Gateway
import WireFormat

/// Reads the small JSON bodies of the API member by member, gathers what is wrong with them, and
/// refuses what nobody asked for: a member that is misspelt must not be dropped in silence.
struct BodyReader {
    private let object: JSONObject
    private let pointer: String
    private(set) var problems: [FieldProblem] = []
    private var known: Set<String> = []

    init(_ object: JSONObject, at pointer: String = "") {
        self.object = object
        self.pointer = pointer
    }

    mutating func fail(_ name: String, _ reason: FieldProblem.Reason, detail: LocalisedText? = nil)
    {
        problems.append(FieldProblem(.pointer("\(pointer)/\(name)"), reason, detail: detail))
    }

    mutating func adopt(_ other: BodyReader) { problems += other.finished }

    /// Everything that is wrong, unknown members included.
    var finished: [FieldProblem] {
        let others = object.members.map(\.name).filter { !known.contains($0) }
        guard !others.isEmpty else { return problems }
        let names = known.sorted().joined(separator: ", ")
        let shown = others.filter(Self.isShown).prefix(Self.mostShown).map { "`\($0)`" }
        let which =
            shown.isEmpty
            ? LocalisedText(zhCN: "", en: "a member that is not known")
            : LocalisedText(
                zhCN: " " + shown.joined(separator: "、"),
                en: shown.joined(separator: ", ") + ", which is not known"
            )
        return problems + [
            FieldProblem(
                .pointer(pointer),
                .unknown,
                detail: LocalisedText(
                    zhCN: "含有不认识的名称\(which.zhCN)；可用：\(names)。",
                    en: "It holds \(which.en); known are: \(names)."
                )
            )
        ]
    }

    /// Unknown members that a problem names.
    private static let mostShown = 5
    /// Bytes and digits of a name that is shown; names of our own have fewer.
    private static let longestShown = 24
    private static let mostDigitsShown = 3

    /// Whether a name looks like one of a member, and so may be repeated. A code or a token in its
    /// place is longer, or has capital letters, or more digits.
    private static func isShown(_ name: String) -> Bool {
        let digits: ClosedRange<UInt8> = 0x30...0x39
        let letters: ClosedRange<UInt8> = 0x61...0x7A
        return name.utf8.count <= longestShown
            && name.utf8.allSatisfy {
                letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "_")
            }
            && name.utf8.count(where: { digits.contains($0) }) <= mostDigitsShown
            && name.utf8.contains(where: { letters.contains($0) })
    }

    /// - Throws: ``Problem`` with `invalid_fields` when anything is wrong.
    func finish() throws(Problem) {
        guard finished.isEmpty else {
            throw Problem(
                .invalidFields,
                errors: Array(finished.prefix(FieldErrors.reportLimit))
            )
        }
    }

    private mutating func value(_ name: String, required: Bool) -> JSONValue? {
        known.insert(name)
        if let value = object[name], !value.isNull { return value }
        if required { fail(name, .missing) }
        return nil
    }

    /// Not empty; at most `longest` Unicode scalars.
    mutating func string(
        _ name: String,
        required: Bool = false,
        longest: Int = DeliveryNotice.longestString
    ) -> String? {
        guard let value = value(name, required: required) else { return nil }
        guard let text = value.stringValue else {
            fail(name, .wrongType)
            return nil
        }
        guard text.utf8.count <= longest * 4, text.unicodeScalars.count <= longest else {
            fail(name, .tooLong)
            return nil
        }
        if text.isEmpty, required { fail(name, .empty) }
        return text.isEmpty ? nil : text
    }

    mutating func bool(_ name: String, required: Bool = false) -> Bool? {
        guard let value = value(name, required: required) else { return nil }
        if value.boolValue == nil { fail(name, .wrongType) }
        return value.boolValue
    }

    /// - Parameter detail: said of a number that is out of range.
    mutating func integer(
        _ name: String,
        in range: ClosedRange<Int64>,
        saying detail: LocalisedText? = nil
    ) -> Int64? {
        integer(name, in: range, required: true, detail)
    }

    mutating func optionalInteger(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
        integer(name, in: range, required: false)
    }

    private mutating func integer(
        _ name: String,
        in range: ClosedRange<Int64>,
        required: Bool,
        _ detail: LocalisedText? = nil
    ) -> Int64? {
        guard let value = value(name, required: required) else { return nil }
        guard let number = value.integerValue else {
            fail(name, .wrongType)
            return nil
        }
        guard range.contains(number) else {
            fail(name, .outOfRange, detail: detail)
            return nil
        }
        return number
    }

    /// One of the words of a closed list.
    mutating func word<Word: RawRepresentable<String>>(
        _ name: String,
        of words: [Word],
        required: Bool = true
    ) -> Word? {
        guard let text = string(name, required: required) else { return nil }
        if let word = words.first(where: { $0.rawValue == text }) { return word }
        let names = words.map(\.rawValue).joined(separator: ", ")
        fail(
            name,
            .unknown,
            detail: LocalisedText(zhCN: "可用：\(names)。", en: "It must be one of: \(names).")
        )
        return nil
    }

    /// A reader of the object under `name`; what is wrong in it is taken over with ``adopt(_:)``.
    mutating func object(_ name: String, required: Bool = false) -> BodyReader? {
        guard let value = value(name, required: required) else { return nil }
        guard let object = value.objectValue else {
            fail(name, .wrongType)
            return nil
        }
        return BodyReader(object, at: "\(pointer)/\(name)")
    }

    /// Absent or null is an empty array.
    mutating func array(_ name: String, limit: Int) -> [JSONValue] {
        guard let value = value(name, required: false) else { return [] }
        guard let elements = value.arrayValue else {
            fail(name, .wrongType)
            return []
        }
        guard elements.count <= limit else {
            fail(name, .tooMany)
            return []
        }
        return elements
    }
}
