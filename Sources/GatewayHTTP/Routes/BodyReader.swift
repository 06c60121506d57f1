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
        return problems + [
            FieldProblem(.pointer(pointer), .unknown, detail: detail(ofUnknown: others))
        ]
    }

    private func detail(ofUnknown others: [String]) -> LocalisedText {
        let misspelt = others.prefix(Self.mostLookedAt).compactMap { name in
            meant(by: name).map { (name: name, meant: $0) }
        }.prefix(Self.mostShown)
        let names = known.sorted().joined(separator: ", ")
        let members = others.count == 1 ? "a member that is" : "members that are"
        func shown(_ text: (String, String) -> String, _ comma: String) -> String {
            misspelt.map { text($0.name, $0.meant) }.joined(separator: comma)
        }
        return LocalisedText(
            zhCN: "含有不认识的名称"
                + (misspelt.isEmpty
                    ? "" : "：" + shown({ "`\($0)`（是否应为 `\($1)`？）" }, "、"))
                + "。可用：\(names)。",
            en: "It holds \(members) not known"
                + (misspelt.isEmpty
                    ? "" : ": " + shown({ "`\($0)` (did you mean `\($1)`?)" }, ", "))
                + ". Known are: \(names)."
        )
    }

    /// Unknown members that a problem names, and that are looked at for it: a body may have many.
    private static let mostShown = 5
    private static let mostLookedAt = 50
    /// Bytes of a name that is shown; names of our own have fewer.
    private static let longestShown = 24

    /// The known name that a name misspells, which may then be repeated: a code or a token in its
    /// place is near to none.
    private func meant(by name: String) -> String? {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isPlain, name.utf8.count <= Self.longestShown else { return nil }
        return NearestWord.to(name, among: known)
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
    ///
    /// - Parameter mayBeEmpty: whether an empty text is as good as none; where it is required, it
    ///   never is.
    mutating func string(
        _ name: String,
        required: Bool = false,
        mayBeEmpty: Bool = true,
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
        if text.isEmpty, required || !mayBeEmpty { fail(name, .empty) }
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
