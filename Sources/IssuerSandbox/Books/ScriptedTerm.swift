import WireFormat

/// From when to when a scripted code's entitlement runs.
public struct ScriptedTerm: Sendable {
    public var start: SandboxMoment
    public var end: SandboxMoment

    public init(start: SandboxMoment, end: SandboxMoment) {
        self.start = start
        self.end = end
    }

    /// Reads `{"starts_at": "now-3d", "ends_at": "now"}`.
    /// - Throws: ``ControlProblem`` that names the member.
    init(json: JSONValue, pointer: String, now: Instant) throws(ControlProblem) {
        let reader = try MemberReader(json, pointer: pointer, known: ["starts_at", "ends_at"])
        func moment(_ name: String) throws(ControlProblem) -> SandboxMoment {
            let words = "RFC 3339, now±N[smhd] or first_ask+N[smhd]"
            let moment = try reader.value(name, words) { SandboxMoment($0, now: now) }
            guard let moment else { throw reader.refusal(name, "required: \(words)") }
            return moment
        }
        self.init(start: try moment("starts_at"), end: try moment("ends_at"))
    }
}

/// The term on the issuer's books.
struct BookedTerm: Sendable, Hashable {
    var start: Instant
    var end: Instant
}
