public import Gateway
public import WireFormat

extension MemoryTransaction {
    func insert(_ incident: IncidentRecord) throws {
        let isTaken = rows.incidents.contains { known in
            known.id == incident.id
                || known.platform == incident.platform && known.idempotency != nil
                    && known.idempotency?.key == incident.idempotency?.key
        }
        guard !isTaken else { throw TakenIdentifier() }
        rows.incidents.append(incident)
    }

    func update(_ incident: IncidentRecord) throws {
        guard let place = rows.incidents.firstIndex(where: { $0.id == incident.id }) else { return }
        rows.incidents[place] = incident
    }

    func incident(_ id: IncidentID) throws -> IncidentRecord? {
        rows.incidents.first { $0.id == id }
    }

    func incident(
        declaredUnder key: String,
        platform: PlatformNumber
    ) throws -> IncidentRecord? {
        rows.incidents.first { $0.platform == platform && $0.idempotency?.key == key }
    }

    func incidents(
        of platform: PlatformNumber,
        reachingPast instant: Instant
    ) throws -> [IncidentRecord] {
        rows.incidents(of: platform, reachingPast: instant)
    }

    func incidentCount(
        of platform: PlatformNumber,
        declaredSince instant: Instant
    ) throws -> Int {
        rows.incidents.count { $0.platform == platform && $0.declaredAt > instant }
    }
}

extension MemoryStore {
    public func incident(_ id: IncidentID) async throws(StoreError) -> IncidentRecord? {
        reading { $0.incidents.first { $0.id == id } }
    }

    public func incidents(
        platform: PlatformNumber?,
        state: IncidentRecord.State?,
        after cursor: IncidentID?,
        limit: Int
    ) async throws(StoreError) -> [IncidentRecord] {
        reading { rows in
            rows.incidents.page(after: cursor, by: \.id, limit: limit) { incident in
                (platform.map { incident.platform == $0 } ?? true)
                    && (state.map { incident.state == $0 } ?? true)
            }
        }
    }

    public func incidents(
        of platform: PlatformNumber,
        reachingPast instant: Instant
    ) async throws(StoreError) -> [IncidentRecord] {
        reading { $0.incidents(of: platform, reachingPast: instant) }
    }
}

extension MemoryRows {
    fileprivate func incidents(
        of platform: PlatformNumber,
        reachingPast instant: Instant
    ) -> [IncidentRecord] {
        incidents.filter { incident in
            incident.platform == platform && incident.end.map { $0.at > instant } ?? true
        }.sorted { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
    }
}
