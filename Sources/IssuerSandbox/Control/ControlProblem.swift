public import WireFormat

/// Why a control request was refused, as RFC 9457 problem details. Texts name the member, never
/// its value: a control request holds codes.
public struct ControlProblem: Error, Sendable, Equatable {
    public let status: Int
    /// The stable word for programs.
    public let reason: String
    public let detail: String
    /// RFC 6901 pointer to the member, when one is to blame.
    public let pointer: String?

    init(status: Int, reason: String, detail: String, pointer: String? = nil) {
        self.status = status
        self.reason = reason
        self.detail = detail
        self.pointer = pointer
    }

    static let tooManyScripts = ControlProblem(
        status: 422,
        reason: "too_many_codes",
        detail: "at most \(SandboxLimits.scripts) codes can be scripted; POST /sandbox/reset"
    )

    /// The body under `application/problem+json`.
    public var json: JSONValue {
        var object: JSONObject = .init([
            .init(name: "type", value: "about:blank"),
            .init(name: "title", value: "The sandbox refused the request"),
            .init(name: "status", value: .integer(Int64(status))),
            .init(name: "reason", value: .string(reason)),
            .init(name: "detail", value: .string(detail)),
        ])
        if let pointer { object["pointer"] = .string(pointer) }
        return .object(object)
    }
}

/// Reads the members of one object of a control request, and says which one is wrong.
struct MemberReader {
    private let object: JSONObject
    private let pointer: String

    /// - Throws: ``ControlProblem`` unless `json` is an object with known members only.
    init(_ json: JSONValue, pointer: String, known: Set<String>) throws(ControlProblem) {
        guard let object = json.objectValue else {
            throw ControlProblem(
                status: 422,
                reason: "wrong_type",
                detail: "an object is expected",
                pointer: pointer
            )
        }
        self.object = object
        self.pointer = pointer
        if let unknown = object.members.first(where: { !known.contains($0.name) }) {
            throw refusal(
                unknown.name,
                "unknown member; known are " + known.sorted().joined(separator: " ")
            )
        }
    }

    /// A string of at most 512 symbols; nil when absent or null.
    func text(_ name: String) throws(ControlProblem) -> String? {
        guard let value = object[name], !value.isNull else { return nil }
        guard let text = value.stringValue, text.utf8.count <= SandboxLimits.symbols else {
            throw refusal(name, "a string of at most \(SandboxLimits.symbols) symbols is expected")
        }
        return text
    }

    /// The member as it stands, for a reader of its own; nil when absent or null.
    func object(_ name: String) -> JSONValue? {
        object[name].flatMap { $0.isNull ? nil : $0 }
    }

    /// A few short texts by name; none when absent or null.
    func texts(_ name: String) throws(ControlProblem) -> [String: String] {
        guard let value = object(name) else { return [:] }
        guard let members = value.objectValue?.members, members.count <= SandboxLimits.attributes
        else { throw refusal(name, "at most \(SandboxLimits.attributes) strings by name") }
        var texts: [String: String] = [:]
        for member in members {
            guard let text = member.value.stringValue, text.utf8.count <= SandboxLimits.symbols
            else { throw refusal(name, "strings of at most \(SandboxLimits.symbols) symbols") }
            texts[member.name] = text
        }
        return texts
    }

    func integer(_ name: String, in range: ClosedRange<Int64>) throws(ControlProblem) -> Int64? {
        guard let value = object[name], !value.isNull else { return nil }
        guard let number = value.integerValue, range.contains(number) else {
            throw refusal(
                name,
                "a whole number from \(range.lowerBound) to \(range.upperBound) is expected"
            )
        }
        return number
    }

    /// A string in a form of its own.
    /// - Parameter expectation: the form in words, for the error text.
    func value<Value>(
        _ name: String,
        _ expectation: String,
        read: (String) -> Value?
    ) throws(ControlProblem) -> Value? {
        guard let text = try text(name) else { return nil }
        guard let value = read(text) else { throw refusal(name, "\(expectation) is expected") }
        return value
    }

    func refusal(_ name: String, _ detail: String) -> ControlProblem {
        ControlProblem(
            status: 422,
            reason: "invalid_member",
            detail: detail,
            pointer: pointer + "/" + JSONPointer.escape(name)
        )
    }
}
