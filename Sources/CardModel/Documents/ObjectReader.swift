import WireFormat

/// Reads the members of one object and notes every fault instead of stopping at the first.
///
/// A member that is null counts as absent. Each read notes the name, and ``refuseOthers()`` then
/// knows which members nobody asked for.
final class ObjectReader {
    private let object: JSONObject
    private let pointer: String
    private let issues: IssueList

    /// The names that were asked for, each as often as it was.
    private var known: [String] = []

    /// Which members were asked for, by their places: a million cases are read one after the
    /// other, and sets of names would take more time than all the rest (docs/performance.md).
    private var isKnown: [Bool]

    /// The faults of a whole document, shared by the readers of its parts.
    final class IssueList {
        private(set) var issues: [DocumentIssue] = []

        /// The pointers of the members that were asked for: what the document's reader knows.
        /// Empty unless they are listed.
        private(set) var asked: Set<String> = []
        fileprivate let listsAsked: Bool

        init(listsAsked: Bool = false) { self.listsAsked = listsAsked }

        fileprivate func noteAsked(_ pointer: String) { asked.insert(pointer) }

        func add(_ pointer: String, _ reason: DocumentIssue.Reason, _ detail: String) {
            issues.append(DocumentIssue(pointer: pointer, reason: reason, detail: detail))
        }
    }

    init(_ object: JSONObject, pointer: String, issues: IssueList) {
        self.object = object
        self.pointer = pointer
        self.issues = issues
        isKnown = Array(repeating: false, count: object.members.count)
    }

    /// A reader of the whole document; one that finds nothing when it is no object.
    static func document(_ value: JSONValue, issues: IssueList) -> ObjectReader {
        if value.objectValue == nil { issues.add("", .wrongType, "a mapping is expected") }
        return ObjectReader(value.objectValue ?? JSONObject(), pointer: "", issues: issues)
    }

    /// The member; nil where it is absent or null.
    func member(_ name: String) -> JSONValue? {
        known.append(name)
        if issues.listsAsked { issues.noteAsked(path(name)) }
        guard let place = object.members.firstIndex(where: { $0.name == name }) else { return nil }
        isKnown[place] = true
        // Not a ternary: `nil` is a JSON value, too.
        guard !object.members[place].value.isNull else { return nil }
        return object.members[place].value
    }

    func note(_ name: String, _ reason: DocumentIssue.Reason, _ detail: String) {
        issues.add(path(name), reason, detail)
    }

    func noteMissing(_ name: String) {
        note(name, .missing, "`\(name)` is required")
    }

    /// Reads a member with `parse`; a member that `parse` refuses is noted as `expected`.
    func read<Field>(
        _ name: String,
        expected: String,
        _ parse: (JSONValue) -> Field?
    ) -> Field? {
        guard let value = member(name) else { return nil }
        guard let field = parse(value) else {
            note(name, .unknownValue, "expected \(expected)")
            return nil
        }
        return field
    }

    /// Reads a member that must be there.
    func required<Field>(
        _ name: String,
        expected: String,
        _ parse: (JSONValue) -> Field?
    ) -> Field? {
        if member(name) == nil { noteMissing(name) }
        return read(name, expected: expected, parse)
    }

    func string(_ name: String) -> String? {
        guard let value = member(name) else { return nil }
        guard let text = value.stringValue, text.utf8.count <= Self.longestText else {
            note(name, .wrongType, "expected a text of at most \(Self.longestText) bytes")
            return nil
        }
        return text
    }

    /// The most bytes of a text in a document: a warranty statement has a few thousand.
    static let longestText = 16_384

    func bool(_ name: String) -> Bool? {
        read(name, expected: "true or false") { $0.boolValue }
    }

    func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = member(name) else { return nil }
        guard let number = value.integerValue.flatMap({ Int(exactly: $0) }) else {
            note(name, .wrongType, "expected a whole number")
            return nil
        }
        guard range.contains(number) else {
            note(name, .outOfRange, "expected \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    /// One of an enum's raw values; upper case is read as lower case.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        of type: Choice.Type
    ) -> Choice? {
        read(name, expected: "one of \(Self.spellings(of: type))") { value in
            value.stringValue.flatMap { Choice(rawValue: $0.lowercased()) }
        }
    }

    /// A list of an enum's raw values; a value that is not one is noted at its place.
    func choices<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        of type: Choice.Type
    ) -> [Choice]? {
        elements(name)?.compactMap { index, value in
            guard let choice = value.stringValue.flatMap({ Choice(rawValue: $0.lowercased()) })
            else {
                note(
                    "\(name)/\(index)",
                    .unknownValue,
                    "expected one of \(Self.spellings(of: type))"
                )
                return nil
            }
            return choice
        }
    }

    func elements(_ name: String) -> [(index: Int, value: JSONValue)]? {
        guard let value = member(name) else { return nil }
        guard let elements = value.arrayValue else {
            note(name, .wrongType, "expected a list")
            return nil
        }
        return elements.enumerated().map { (index: $0.offset, value: $0.element) }
    }

    /// Readers of the objects of a list; an element that is no object is noted at its place.
    func objects(_ name: String) -> [ObjectReader]? {
        elements(name)?.compactMap { index, value in
            guard let object = value.objectValue else {
                note("\(name)/\(index)", .wrongType, "expected a mapping")
                return nil
            }
            return ObjectReader(object, pointer: path("\(name)/\(index)"), issues: issues)
        }
    }

    /// A reader of the object under `name`; nil where it is absent.
    func object(_ name: String) -> ObjectReader? {
        guard let value = member(name) else { return nil }
        guard let object = value.objectValue else {
            note(name, .wrongType, "expected a mapping")
            return nil
        }
        return ObjectReader(object, pointer: path(name), issues: issues)
    }

    /// A reader of an object in a list; `place` is the list's name and the index: `tiers/3`.
    func element(_ value: JSONValue, at place: String) -> ObjectReader? {
        guard let object = value.objectValue else {
            note(place, .wrongType, "expected a mapping")
            return nil
        }
        return ObjectReader(object, pointer: path(place), issues: issues)
    }

    /// Notes every member that no read has asked for.
    func refuseOthers() {
        for (member, isKnown) in zip(object.members, isKnown) where !isKnown {
            issues.add(
                pointer + "/" + JSONPointer.escape(member.name),
                .unknownField,
                "unknown field; known here: \(Set(known).sorted().joined(separator: ", "))"
            )
        }
    }

    /// `name` may hold a further pointer (`states/3`); the names of our documents need no escape.
    private func path(_ name: String) -> String { pointer + "/" + name }

    private static func spellings<Choice: RawRepresentable<String> & CaseIterable>(
        of type: Choice.Type
    ) -> String {
        Choice.allCases.map(\.rawValue).joined(separator: ", ")
    }
}

extension ObjectReader {
    func duration(_ name: String) -> PolicyDuration? {
        read(name, expected: "a duration such as PT2M, P7D or P3WD") {
            $0.stringValue.flatMap { PolicyDuration($0) }
        }
    }

    /// A duration of whole days within `range`.
    func days(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let duration = duration(name) else { return nil }
        guard let days = duration.wholeDays, range.contains(days) else {
            note(
                name,
                .outOfRange,
                "expected whole days, P\(range.lowerBound)D to P\(range.upperBound)D"
            )
            return nil
        }
        return days
    }
}
