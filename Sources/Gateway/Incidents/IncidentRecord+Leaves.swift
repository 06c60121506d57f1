import EvidenceLog
import WireFormat

/// Leaves that everybody can read: whoever has to bear a longer warranty, or has one, sees when the
/// outage was declared. They name no person and no reason, which would stay for ever.
extension IncidentRecord {
    /// What the log says of the declaration, also when the outage is over.
    func openingLeaf() throws(EvidenceError) -> SealedLeaf { try leaf(of: nil, at: declaredAt) }

    /// What the log says of the end; nil while there is none.
    func endLeaf() throws(EvidenceError) -> SealedLeaf? {
        guard let end else { return nil }
        return try leaf(of: end, at: end.recordedAt)
    }

    func leaf(of end: End?, at instant: Instant) throws(EvidenceError) -> SealedLeaf {
        let state: State = end == nil ? .open : .ended
        var members: [(name: String, value: JSONValue)] = [
            ("incident", .string(id.text)), ("kind", .string(kind.rawValue)),
            ("scope", .string(reach.word.rawValue)),
            ("started_at", .string(startedAt.rfc3339)), ("state", .string(state.rawValue)),
        ]
        if let name = reach.name { members.append(("name", .string(name))) }
        if let end { members.append(("ended_at", .string(end.at.rfc3339))) }
        return .public(try EvidenceLeaf.disclosed(.incident, members: members, at: instant))
    }
}
