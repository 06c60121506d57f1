public import WireFormat

/// What the control endpoint does, apart from HTTP: JSON in, JSON out.
struct ControlDesk: Sendable {
    let books: IssuerBooks
    let keys: SandboxKeys

    /// `{"codes": [{…}, …]}`; all of them are taken in, or none.
    func scriptCodes(_ body: [UInt8]) throws(ControlProblem) -> JSONValue {
        let now = books.now
        let json = try Self.parse(body)
        _ = try MemberReader(json, pointer: "", known: ["codes"])
        guard let entries = json["codes"]?.arrayValue, !entries.isEmpty,
            entries.count <= SandboxLimits.scriptsPerRequest
        else {
            throw ControlProblem(
                status: 422,
                reason: "invalid_member",
                detail: "an array of 1 to \(SandboxLimits.scriptsPerRequest) codes is expected",
                pointer: "/codes"
            )
        }
        var scripts: [CodeScript] = []
        for (index, entry) in entries.enumerated() {
            scripts.append(try CodeScript(json: entry, pointer: "/codes/\(index)", now: now))
        }
        try books.script(scripts)
        return ["scripted": .integer(Int64(scripts.count))]
    }

    /// `{"faults": ["reset", {"fault": "status:503", "protocol": "keygen", "times": 3}]}`; the
    /// list replaces the one in force, and an empty one takes every failure back.
    func setFaults(_ body: [UInt8]) throws(ControlProblem) -> JSONValue {
        let json = try Self.parse(body)
        _ = try MemberReader(json, pointer: "", known: ["faults"])
        guard let entries = json["faults"]?.arrayValue,
            entries.count <= SandboxLimits.faultSwitches
        else {
            throw ControlProblem(
                status: 422,
                reason: "invalid_member",
                detail: "an array of at most \(SandboxLimits.faultSwitches) faults is expected",
                pointer: "/faults"
            )
        }
        var switches: [FaultSwitch] = []
        for (index, entry) in entries.enumerated() {
            switches.append(try FaultSwitch(json: entry, pointer: "/faults/\(index)"))
        }
        books.switches = switches
        return faults
    }

    var faults: JSONValue { ["faults": .array(books.switches.map(\.json))] }

    /// Numbers only: operations, states and failures, never a code.
    var calls: JSONValue { books.callsJSON }

    /// What signed answers verify under.
    var publicKeys: JSONValue { keys.json(from: books.start) }

    /// The published table.
    var states: JSONValue {
        [
            "states": .array(SandboxState.all.map(\.json)), "wordings": SandboxState.wordings,
        ]
    }

    private static func parse(_ body: [UInt8]) throws(ControlProblem) -> JSONValue {
        do {
            return try JSONValue.parse(
                body,
                limits: JSONLimits(depth: 8, bytes: SandboxLimits.controlBytes)
            )
        } catch {
            throw ControlProblem(
                status: 400,
                reason: error.reason.rawValue,
                detail: "the body is not the JSON expected, at byte \(error.byteOffset)",
                pointer: error.pointer
            )
        }
    }
}

extension FaultSwitch {
    private static let form = "a fault in text form: " + SandboxFault.words.joined(separator: " ")

    init(json: JSONValue, pointer: String) throws(ControlProblem) {
        if let text = json.stringValue {
            guard let fault = SandboxFault(text) else {
                throw ControlProblem(
                    status: 422,
                    reason: "invalid_member",
                    detail: Self.form + " is expected",
                    pointer: pointer
                )
            }
            self.init(fault)
            return
        }
        let reader = try MemberReader(
            json,
            pointer: pointer,
            known: ["fault", "protocol", "times"]
        )
        guard let fault = try reader.value("fault", Self.form, read: { SandboxFault($0) }) else {
            throw reader.refusal("fault", "required")
        }
        self.init(
            fault,
            issuerProtocol: try reader.value("protocol", "an adapter's name") {
                SandboxProtocol(rawValue: $0)
            },
            remaining: try reader.integer("times", in: 1...1_000_000).map { Int($0) }
        )
    }

    var json: JSONValue {
        [
            "fault": .string(fault.description),
            "protocol": issuerProtocol.map { .string($0.rawValue) } ?? nil,
            "times": remaining.map { .integer(Int64($0)) } ?? nil,
        ]
    }
}

extension SandboxState {
    /// One row of the published table.
    public var json: JSONValue {
        [
            "digits": .string(digits), "name": .string(name), "meaning": .string(meaning),
            "ericsson_vsip": voucher.map { .string($0.summary) } ?? nil,
            "keygen": license.map { .string($0.summary) } ?? nil,
            "condition": condition.map { .string($0.rawValue) } ?? nil,
        ]
    }

    /// How every issuer words the conditions, but for VSIP and Keygen, which have rows of their
    /// own.
    public static let wordings: JSONValue = {
        var issuers = JSONObject()
        for issuer in SandboxProtocol.allCases where issuer.issuer.wording(.good) != nil {
            var words = JSONObject()
            for condition in CardCondition.allCases {
                let failure = issuer.issuer.plainFailure(for: condition)
                guard let word = issuer.issuer.wording(condition) ?? failure.map({ "`\($0)`" })
                else { continue }
                words[condition.rawValue] = .string(word)
            }
            issuers[issuer.rawValue] = .object(words)
        }
        return .object(issuers)
    }()
}
