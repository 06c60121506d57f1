import CardModel
import Gateway
import HTTPTypes
import Hummingbird
import WireFormat

/// Outages that stop the clock of warranties: a person of the platform declares and ends them.
struct IncidentRoutes: Sendable {
    /// Bytes of a declaration: a few words and a reason of ``IncidentRecord/longestReason``.
    static let largestBodyBytes = 4 << 10

    let gateway: DeliveryGateway

    func add(to table: inout RouteTable) {
        table.on(.get, "/v1/incidents") { call in
            try await list(call, for: .platform(reader(call).platform))
        }
        table.on(.get, "/v1/incidents/{id}") { call in
            try await read(call, for: .platform(reader(call).platform))
        }
        table.on(.post, "/v1/incidents") { try await declare($0, declarer($0)) }
        table.on(.post, "/v1/incidents/{id}/end") { try await end($0, declarer($0)) }
    }

    /// For the operator, who sees every platform's, and only looks.
    func addForOperator(to table: inout RouteTable) {
        table.on(.get, "/v1/incidents") { try await list($0, for: .operator) }
        table.on(.get, "/v1/incidents/{id}") { try await read($0, for: .operator) }
    }

    /// Whoever has a warranty to bear sees what prolongs it; a buyer's self-test tells him.
    private func reader(_ call: Call) async throws -> Party {
        try await PartyRule(gateway: gateway)(call, takes: .noBuyer)
    }

    private func declarer(_ call: Call) async throws -> Party {
        let party = try await PartyRule(gateway: gateway)(call)
        guard party.declaresIncidents else { throw Problem(.wrongActor) }
        return party
    }

    private func id(_ call: Call) throws(Problem) -> IncidentID {
        guard let id = IncidentID(call.parameters[0]) else { throw Problem(.notFound) }
        return id
    }

    // MARK: Acts

    private func declare(_ call: Call, _ party: Party) async throws -> Response {
        let (act, object) = try await act(call, party)
        let draft = try draft(object)
        return try response(
            await gateway.declareIncident(draft, act, platform: party.platform), fresh: .created)
    }

    private func end(_ call: Call, _ party: Party) async throws -> Response {
        let id = try id(call)
        let (act, object) = try await act(call, party)
        var reader = BodyReader(object)
        let endedAt = reader.instant("ended_at")
        try reader.finish()
        return try response(
            await gateway.endIncident(id, at: endedAt, act, platform: party.platform), fresh: .ok)
    }

    private func act(_ call: Call, _ party: Party) async throws -> (IncidentAct, JSONObject) {
        let key = try call.idempotencyKey
        let bytes = try await call.jsonBytes(limit: Self.largestBodyBytes)
        let act = IncidentAct(
            principal: party.principal(speakingFor: nil), body: bytes, idempotencyKey: key)
        return (act, try Call.jsonObject(bytes))
    }

    private func draft(_ object: JSONObject) throws(Problem) -> IncidentDraft {
        var reader = BodyReader(object)
        let kind = reader.word("kind", of: IncidentRecord.Kind.allCases)
        let scope = reader.word("scope", of: IncidentRecord.Reach.Word.allCases)
        let isNamed = scope == .issuer || scope == .product
        let name = reader.string("name", required: isNamed)
        if scope == .platform, name != nil { reader.fail("name", .unknown) }
        let startedAt = reader.instant("started_at")
        let reason = reader.reason(longest: IncidentRecord.longestReason, gateway)
        if let reason, reason.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            reader.fail("reason", .malformed)
        }
        let reach = scope.flatMap { IncidentRecord.Reach($0, name: name) }
        if let reach, !gateway.isKnown(reach) { reader.fail("name", .unknown) }
        try reader.finish()
        guard let kind, let reach, let reason else { throw Problem(.invalidFields) }
        return IncidentDraft(kind: kind, reach: reach, startedAt: startedAt, reason: reason)
    }

    private func response(
        _ answer: IncidentAnswer,
        fresh: HTTPResponse.Status
    ) throws(Problem) -> Response {
        switch answer {
        case .done(let incident, let isRepeat):
            return .json(incident, status: isRepeat ? .ok : fresh)
        case .unknown: throw Problem(.notFound)
        case .otherAct: throw Problem(.idempotencyKeyReused)
        case .notAllowed(let refusal): throw Problem(refusal)
        case .unavailable(let reason): throw Problem(unavailable: reason)
        }
    }

    // MARK: Reading

    private func list(_ call: Call, for caller: Caller) async throws -> Response {
        let (query, caller) = try caller.query(
            of: call, known: ["cursor", "limit", "state"], in: gateway.directory)
        let state = query["state"].map { IncidentRecord.State(rawValue: $0) }
        if case .some(nil) = state { throw QueryParameters.problem("state", .unknown) }
        let cursor = query["cursor"].map { IncidentID($0) }
        if case .some(nil) = cursor { throw QueryParameters.problem("cursor", .malformed) }
        let page = try await gateway.incidents(
            platform: caller.platform,
            state: state ?? nil,
            cursor: cursor ?? nil,
            limit: query.limit
        )
        return .json(page.named("incidents"))
    }

    private func read(_ call: Call, for caller: Caller) async throws -> Response {
        let id = try id(call)
        return try await caller.first(in: gateway.directory) {
            try await gateway.incident(id, platform: $0)
        }
    }
}

extension BodyReader {
    /// An RFC 3339 time.
    fileprivate mutating func instant(_ name: String) -> Instant? {
        guard let text = string(name) else { return nil }
        let instant = Instant(rfc3339: text)
        if instant == nil { fail(name, .malformed) }
        return instant
    }
}

extension Problem {
    /// A time that cannot be is a fault of the body; what stands in the way is a conflict.
    init(_ refusal: IncidentRefusal) {
        switch refusal {
        case .startsInFuture: self.init(.startedAt, .inFuture)
        case .startsTooEarly:
            let days = IncidentRecord.longestBackdating.components.seconds / 86_400
            self.init(
                .startedAt, .outOfRange,
                LocalisedText(zhCN: "最多追溯 \(days) 天。", en: "At most \(days) days back."))
        case .endsInFuture: self.init(.endedAt, .inFuture)
        case .endsBeforeStart:
            self.init(
                .endedAt, .outOfRange,
                LocalisedText(zhCN: "早于开始时间。", en: "It lies before the start."))
        case .alreadyOpen: self.init(.incidentAlreadyOpen)
        case .alreadyEnded: self.init(.incidentAlreadyEnded)
        case .tooMany: self.init(.tooManyIncidents)
        }
    }

    private enum Moment: String {
        case startedAt = "/started_at"
        case endedAt = "/ended_at"
    }

    private init(_ moment: Moment, _ reason: FieldProblem.Reason, _ detail: LocalisedText? = nil) {
        self.init(
            .invalidFields,
            errors: [FieldProblem(.pointer(moment.rawValue), reason, detail: detail)])
    }
}
