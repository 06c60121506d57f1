import CardModel
import Gateway
import HTTPTypes
import Hummingbird
import WireFormat

/// The way of a claim beyond the platform's own channel: advice, papers, and what persons report of
/// filings. Nothing here files anything.
struct EscalationRoutes: Sendable {
    /// Bytes of a question for papers: two names and a few words.
    static let largestBodyBytes = 8 << 10

    let gateway: DeliveryGateway
    /// Each reads a whole delivery and its proofs.
    private let reading = WorkLimit<PlatformNumber>(mostAtOnce: 2, mostWaiting: 64, mostOfOne: 16)

    init(gateway: DeliveryGateway) {
        self.gateway = gateway
    }

    func add(to table: inout RouteTable) {
        table.on(.get, "/v1/claims/{id}/escalation") { call in
            let (id, party) = try await claim(call)
            return try await escalation(call, id, party)
        }
        table.on(.post, "/v1/claims/{id}/packets") { call in
            let (id, party) = try await claim(call)
            return try await packet(call, id, party)
        }
        table.on(.post, "/v1/claims/{id}/filings") { call in
            let (id, party) = try await claim(call)
            return try await report(call, id, party)
        }
    }

    /// For the operator, who only looks.
    func addForOperator(to table: inout RouteTable) {
        table.on(.get, "/v1/claims/{id}/escalation") { call in
            guard let id = ClaimID(call.parameters[0]),
                let platform = try await gateway.platform(ofClaim: id),
                let found = try await gateway.escalation(
                    of: id, platform: platform, language: call.language)
            else { throw Problem(.notFound) }
            return .json(found)
        }
    }

    private func escalation(_ call: Call, _ id: ClaimID, _ party: Party) async throws -> Response {
        let found = try await reading.run(for: party.platform.number) {
            try await gateway.escalation(
                of: id, platform: party.platform, language: call.language)
        }
        guard let found else { throw Problem(.notFound) }
        return .json(found)
    }

    /// What a party does not see is not there for him; and the buyer's papers, and where he filed
    /// them, are no business of those whom they are about.
    private func claim(_ call: Call) async throws -> (ClaimID, Party) {
        let party = try await PartyRule(gateway: gateway)(call)
        guard let id = ClaimID(call.parameters[0]),
            try await gateway.sees(id, party: party)
        else { throw Problem(.notFound) }
        if let reason = try await gateway.withheldCase(id, from: party.platform) {
            throw Problem(withheld: reason)
        }
        guard party.filesPapers else { throw Problem(.wrongActor) }
        return (id, party)
    }

    /// For whom the platform's own token speaks: the buyer, whose papers these are, and nobody
    /// else.
    private func principal(_ reader: inout BodyReader, _ party: Party) -> ClaimPrincipal {
        guard !party.isOnePerson else { return party.principal(speakingFor: nil) }
        let actor = reader.word("actor", of: [ClaimActor.buyer], required: false)
        return party.principal(speakingFor: actor ?? .system)
    }

    private func packet(_ call: Call, _ id: ClaimID, _ party: Party) async throws -> Response {
        let bytes = try await call.jsonBytes(limit: Self.largestBodyBytes)
        var reader = BodyReader(try Call.jsonObject(bytes))
        let principal = principal(&reader, party)
        let channel = reader.word("channel", of: EscalationChannel.allCases)
        let complainant = complainant(&reader)
        let respondent = reader.string("respondent", longest: PacketRequest.longestText)
        let method = reader.word("payment_method", of: PaymentMethod.allCases, required: false)
        let confirmed = confirmations(&reader)
        try reader.finish()
        guard let channel else { throw Problem(.invalidFields) }
        let answer = try await reading.run(for: party.platform.number) {
            await gateway.packet(
                for: id,
                PacketRequest(
                    channel: channel, complainant: complainant, respondentName: respondent,
                    paymentMethod: method ?? .unknown, confirmed: confirmed,
                    language: call.language),
                by: principal,
                platform: party.platform)
        }
        switch answer {
        case .packet(let packet): return .json(packet)
        case .unknown: throw Problem(.notFound)
        case .unavailable(let reason): throw Problem(unavailable: reason)
        }
    }

    private func complainant(_ reader: inout BodyReader) -> PacketComplainant? {
        guard var object = reader.object("complainant") else { return nil }
        let longest = PacketRequest.longestText
        let name = object.string("name", required: true, longest: longest)
        let contact = object.string("contact", required: true, longest: longest)
        reader.adopt(object)
        return name.flatMap { name in
            contact.map { PacketComplainant(name: name, contact: $0) }
        }
    }

    private func confirmations(_ reader: inout BodyReader) -> [PersonConfirmation.Act] {
        let acts = PersonConfirmation.Act.allCases
        return reader.array("confirmed", limit: acts.count).compactMap { element in
            let act = element.stringValue.flatMap { PersonConfirmation.Act(rawValue: $0) }
            if act == nil { reader.fail("confirmed", .unknown) }
            return act
        }
    }

    private enum Status: String, CaseIterable {
        case prepared, filed, accepted, mediated, resolved, closed
        case referenceTold = "reference_told"
    }

    private func report(_ call: Call, _ id: ClaimID, _ party: Party) async throws -> Response {
        let key = try call.idempotencyKey
        let bytes = try await call.jsonBytes(limit: Self.largestBodyBytes)
        var reader = BodyReader(try Call.jsonObject(bytes))
        let principal = principal(&reader, party)
        let channel = reader.word("channel", of: EscalationChannel.allCases)
        let status = reader.word("status", of: Status.allCases)
        let stated = Self.reference(&reader, required: status == .referenceTold)
        try reader.finish()
        let reference = try await withoutCodes(stated, about: id)
        guard let channel, let event = status.flatMap({ Self.event($0, principal, reference) })
        else { throw Problem(.invalidFields) }
        let act = PartyAct(
            move: .filing(channel, event),
            name: "filing",
            principal: principal,
            body: bytes,
            idempotencyKey: key
        )
        let answer = await gateway.advance(id, platform: party.platform, act)
        _ = try ClaimRoutes(gateway: gateway).answer(answer)
        return try await escalation(call, id, party)
    }

    /// A body's number has no square brackets, which the mark of a code has.
    private func withoutCodes(
        _ reference: FilingReference?,
        about id: ClaimID
    ) async throws -> FilingReference? {
        guard let text = reference?.text else { return nil }
        let kept = try await gateway.withoutCodes(
            text, about: id, .bytes(FilingReference.longest))
        return FilingReference(String(kept.map { $0 == "[" ? "(" : $0 == "]" ? ")" : $0 }))
    }

    private static func reference(
        _ reader: inout BodyReader,
        required: Bool
    ) -> FilingReference? {
        guard
            let text = reader.string(
                "reference", required: required, longest: FilingReference.longest)
        else { return nil }
        if let reference = FilingReference(text) { return reference }
        reader.fail("reference", .malformed)
        return nil
    }

    private static func event(
        _ status: Status,
        _ principal: ClaimPrincipal,
        _ reference: FilingReference?
    ) -> OutsideFiling.Event? {
        switch status {
        case .prepared: return .prepared
        case .filed:
            let person: FilingPerson = principal.role == .buyer ? .buyer : .platformAgent
            return .filed(by: person, reference: reference)
        case .referenceTold: return reference.map { .referenceTold($0) }
        case .accepted: return .accepted
        case .mediated: return .mediated
        case .resolved: return .resolved
        case .closed: return .closed
        }
    }
}
