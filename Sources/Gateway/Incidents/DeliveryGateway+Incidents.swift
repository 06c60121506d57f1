public import CardModel
import Crypto
public import WireFormat

/// An outage as somebody declares it.
public struct IncidentDraft: Sendable {
    public var kind: IncidentRecord.Kind
    public var reach: IncidentRecord.Reach
    /// Nil: now.
    public var startedAt: Instant?
    public var reason: String

    public init(
        kind: IncidentRecord.Kind,
        reach: IncidentRecord.Reach,
        startedAt: Instant?,
        reason: String
    ) {
        self.kind = kind
        self.reach = reach
        self.startedAt = startedAt
        self.reason = reason
    }
}

/// How an act on an incident is answered.
public enum IncidentAnswer: Sendable {
    case done(JSONValue, isRepeat: Bool)
    case unknown
    /// The idempotency key was used for another act.
    case otherAct
    case notAllowed(IncidentRefusal)
    case unavailable(reason: String)
}

/// By whom an act was sent, and as what.
public struct IncidentAct: Sendable {
    public var principal: ClaimPrincipal
    /// The act as it was sent.
    public var body: [UInt8]
    /// The same act under it a second time changes nothing and answers the incident.
    public var idempotencyKey: String?

    public init(principal: ClaimPrincipal, body: [UInt8], idempotencyKey: String?) {
        self.principal = principal
        self.body = body
        self.idempotencyKey = idempotencyKey
    }
}

extension Party {
    /// Whether he may declare outages and end them: the platform's people and its own system. Who
    /// sells, buys or issues is on one side of what they change.
    public var declaresIncidents: Bool {
        switch scope {
        case .system: true
        case .buyer: false
        case .account(let account): account.role == .platform || account.role == .arbiter
        }
    }
}

extension DeliveryGateway {
    /// Whether a product of the configuration is touched: one that is misspelt would touch none.
    public func isKnown(_ reach: IncidentRecord.Reach) -> Bool {
        switch reach {
        case .issuer(let name): catalogue.all.contains { $0.issuer == name }
        case .product(let name): catalogue[name] != nil
        case .platform: true
        }
    }

    /// Whether words hold what is spelt like a key of a known format: what buyers read must not.
    public func holdsCode(_ words: String) -> Bool {
        CodeShape.isFound(in: words, of: CardFormat.builtIn + catalogue.all.map(\.format))
    }

    /// Declares an outage: from now on it stops the clock of the warranties that it touches.
    public func declareIncident(
        _ draft: IncidentDraft,
        _ act: IncidentAct,
        platform: Platform
    ) async -> IncidentAnswer {
        let now = parts.time.now()
        let record = IncidentRecord(
            id: IncidentID(at: now, random: parts.random.bytes(10)),
            platform: platform.number,
            kind: draft.kind,
            reach: draft.reach,
            startedAt: draft.startedAt ?? now,
            reason: draft.reason,
            account: act.principal.account,
            declaredAt: now,
            idempotency: idempotency(of: act, platform)
        )
        return await submit(
            .declare(IncidentDeclaration(record: record, drafting: incidentDrafting())),
            platform)
    }

    /// Ends an outage.
    /// - Parameter endedAt: nil: now.
    public func endIncident(
        _ id: IncidentID,
        at endedAt: Instant?,
        _ act: IncidentAct,
        platform: Platform
    ) async -> IncidentAnswer {
        let now = parts.time.now()
        return await submit(
            .end(
                IncidentEnding(
                    platform: platform.number, incident: id, endedAt: endedAt ?? now,
                    account: act.principal.account, at: now,
                    idempotency: idempotency(of: act, platform), drafting: incidentDrafting())),
            platform)
    }

    private func idempotency(of act: IncidentAct, _ platform: Platform) -> Idempotency? {
        act.idempotencyKey.map { Idempotency(key: $0, actCode: platform.bodyCode(act.body)) }
    }

    /// Only identifiers are drawn: nothing of a public leaf is sealed.
    private func incidentDrafting() -> LeafDrafting {
        LeafDrafting(
            seed: parts.random.bytes(LeafDrafting.seedByteCount),
            dataKey: SymmetricKey(size: .bits256))
    }

    private func submit(_ change: IncidentChange, _ platform: Platform) async -> IncidentAnswer {
        do throws(Committer.Failure) {
            switch try await committer.submit(.incident(change)) {
            case .committed(let receipt):
                wake(for: receipt, adapters: [])
                guard let record = receipt.incident else { return .unavailable(reason: "internal") }
                return .done(
                    Answers.incident(record, platform: platform), isRepeat: receipt.isRepeat)
            case .refused(.notAllowed(let reason)):
                return IncidentRefusal(rawValue: reason).map { .notAllowed($0) }
                    ?? .unavailable(reason: "internal")
            case .refused(.otherAct): return .otherAct
            case .refused(.unknown): return .unknown
            case .repeated, .refused: return .unavailable(reason: "internal")
            }
        } catch {
            return .unavailable(reason: error.reason)
        }
    }

    // MARK: Reading back

    /// Nil when the platform has none of this id.
    public func incident(_ id: IncidentID, platform: Platform) async throws -> JSONValue? {
        guard let record = try await parts.store.incident(id), record.platform == platform.number
        else { return nil }
        return Answers.incident(record, platform: platform)
    }

    /// Incidents as they were declared. A nil platform means all (operators only).
    public func incidents(
        platform: Platform?,
        state: IncidentRecord.State?,
        cursor: IncidentID?,
        limit: Int
    ) async throws -> Page {
        let found = try await parts.store.incidents(
            platform: platform?.number, state: state, after: cursor, limit: limit + 1)
        return Page(
            items: found.prefix(limit).compactMap { record in
                directory.platform(record.platform).map {
                    Answers.incident(record, platform: $0)
                }
            },
            next: found.count > limit ? found[limit - 1].id.text : nil
        )
    }
}

extension StoreReading {
    /// The recorded incidents that may touch one of these items of a platform.
    func incidents(
        touching items: [ItemRecord],
        of platform: PlatformNumber
    ) async throws(StoreError) -> [IncidentRecord] {
        guard let earliest = items.compactMap(\.deliveredAt).min() else { return [] }
        return try await incidents(of: platform, reachingPast: earliest)
    }
}

extension Answers {
    static func incident(_ record: IncidentRecord, platform: Platform) -> JSONValue {
        [
            "incident": .string(record.id.text), "platform": .string(platform.name),
            "kind": .string(record.kind.rawValue),
            "scope": .string(record.reach.word.rawValue),
            "name": JSONValue(text: record.reach.name),
            "state": .string(record.state.rawValue),
            "started_at": .string(record.startedAt.rfc3339),
            "ended_at": JSONValue(text: record.end?.at.rfc3339),
            "reason": .string(record.reason),
            "declared_at": .string(record.declaredAt.rfc3339),
            "declared_by": .string(record.account),
            "end_recorded_at": JSONValue(text: record.end?.recordedAt.rfc3339),
            "ended_by": JSONValue(text: record.end?.account),
            "evidence": evidence(index: record.leafIndex, platform: platform),
            "end_evidence": record.end.map { evidence(index: $0.leafIndex, platform: platform) }
                ?? .null,
        ]
    }
}
