import CardModel
import WireFormat

/// Reads the members of one JSON object, gathers what is wrong, and notes what it does not know.
struct FieldReader {
    let object: JSONObject
    let pointer: String
    private(set) var errors: [FieldError] = []
    /// Whether the member at this place was asked for.
    private var isKnown: [Bool]

    init(_ object: JSONObject, at pointer: String) {
        self.object = object
        self.pointer = pointer
        isKnown = Array(repeating: false, count: object.members.count)
    }

    /// Pointers of the members that nobody asked for.
    var ignored: [String] {
        object.members.indices.filter { !isKnown[$0] }.map { place(object.members[$0].name) }
    }

    func place(_ name: String) -> String { pointer + "/" + JSONPointer.escape(name) }

    mutating func fail(_ name: String, _ reason: FieldError.Reason, _ detail: String) {
        errors.append(FieldError(pointer: place(name), reason: reason, detail: detail))
    }

    mutating func fail(element index: Int, of name: String, _ detail: String) {
        errors.append(
            FieldError(pointer: "\(place(name))/\(index)", reason: .wrongType, detail: detail)
        )
    }

    mutating func adopt(_ other: FieldReader) { errors += other.errors }

    /// The member, unless it is absent or null.
    mutating func value(_ name: String, required: Bool) -> JSONValue? {
        if let index = object.members.firstIndex(where: { $0.name == name }) {
            isKnown[index] = true
            let value = object.members[index].value
            if !value.isNull { return value }
        }
        if required { fail(name, .missing, "\(name) must be given") }
        return nil
    }

    /// A string; control characters are refused unless it is a code as typed, which
    /// normalisation cleans.
    mutating func string(
        _ name: String,
        required: Bool = false,
        longest: Int = DeliveryNotice.longestString,
        isCode: Bool = false
    ) -> String? {
        guard let value = value(name, required: required) else { return nil }
        guard let text = value.stringValue else {
            fail(name, .wrongType, "\(name) must be a string")
            return nil
        }
        // Bytes first: counting characters of an overlong string is what a limit is for.
        guard text.utf8.count <= longest * 4, text.unicodeScalars.count <= longest else {
            fail(name, .tooLong, "\(name) has more than \(longest) characters")
            return nil
        }
        guard !text.isEmpty || !required else {
            fail(name, .empty, "\(name) must not be empty")
            return nil
        }
        guard isCode || !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            fail(name, .malformed, "\(name) holds a control character")
            return nil
        }
        return text.isEmpty ? nil : text
    }

    mutating func bool(_ name: String) -> Bool? {
        guard let value = value(name, required: false) else { return nil }
        if value.boolValue == nil { fail(name, .wrongType, "\(name) must be true or false") }
        return value.boolValue
    }

    mutating func instant(_ name: String, required: Bool = false) -> Instant? {
        guard let text = string(name, required: required) else { return nil }
        guard let instant = Instant(rfc3339: text) else {
            fail(name, .malformed, "\(name) must be an RFC 3339 time such as 2026-11-20T08:00:00Z")
            return nil
        }
        return instant
    }

    mutating func date(_ name: String) -> CalendarDate? {
        guard let text = string(name) else { return nil }
        guard let date = CalendarDate(iso8601: text) else {
            fail(name, .malformed, "\(name) must be a day such as 2027-12-31")
            return nil
        }
        return date
    }

    mutating func integer(
        _ name: String,
        in range: ClosedRange<Int64>,
        required: Bool = false
    ) -> Int64? {
        guard let value = value(name, required: required) else { return nil }
        guard let number = value.integerValue else {
            fail(name, .wrongType, "\(name) must be an integer")
            return nil
        }
        guard range.contains(number) else {
            fail(
                name,
                .outOfRange,
                "\(name) must lie between \(range.lowerBound) and \(range.upperBound)"
            )
            return nil
        }
        return number
    }

    mutating func object(_ name: String, required: Bool = false) -> FieldReader? {
        guard let value = value(name, required: required) else { return nil }
        guard let object = value.objectValue else {
            fail(name, .wrongType, "\(name) must be an object")
            return nil
        }
        return FieldReader(object, at: place(name))
    }

    mutating func array(_ name: String, limit: Int) -> [JSONValue]? {
        guard let value = value(name, required: true) else { return nil }
        guard let elements = value.arrayValue else {
            fail(name, .wrongType, "\(name) must be an array")
            return nil
        }
        guard !elements.isEmpty else {
            fail(name, .empty, "\(name) must hold at least one element")
            return nil
        }
        guard elements.count <= limit else {
            fail(name, .tooMany, "\(name) holds more than \(limit) elements")
            return nil
        }
        return elements
    }

    /// `{"amount_minor", "currency"}`; further members are the caller's.
    mutating func money() -> Money? {
        let amount = integer("amount_minor", in: 0...Self.largestAmountMinor, required: true)
        let currency = string("currency", required: true, longest: 3)
        guard let amount, let currency else { return nil }
        guard let money = Money(minorUnits: amount, currency: currency) else {
            fail("currency", .malformed, "currency must be an ISO 4217 code such as CNY")
            return nil
        }
        return money
    }

    /// What a double keeps exact, so that every reader of our JSON sees the same amount.
    private static let largestAmountMinor = JSONValue.largestCanonicalInteger
}
