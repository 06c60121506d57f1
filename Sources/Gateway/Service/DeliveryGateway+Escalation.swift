public import CardModel
import Logging
public import WireFormat

/// How a question for a packet is answered.
public enum PacketAnswer: Sendable {
    case packet(JSONValue)
    case unknown
    /// The claim's delivery was erased, or changes too fast to be read.
    case unavailable(reason: String)
}

extension DeliveryGateway {
    /// Where a claim can go beyond the parties: the tier and its reasons, the channels and what
    /// their packets lack, others of the same source, and what was filed; nil for no such claim.
    public func escalation(
        of id: ClaimID,
        platform: Platform,
        language: Language
    ) async throws -> JSONValue? {
        guard let dossier = try await dossier(of: id, platform) else { return nil }
        return EscalationAnswer(dossier, language).jsonValue
    }

    /// The papers for one channel, as far as they are complete.
    public func packet(
        for id: ClaimID,
        _ request: PacketRequest,
        by principal: ClaimPrincipal,
        platform: Platform
    ) async -> PacketAnswer {
        do {
            guard let dossier = try await dossier(of: id, platform) else { return .unknown }
            let packet = dossier.packet(request, by: principal.filingPerson)
            return .packet(EscalationAnswer.jsonValue(of: packet, in: request.language))
        } catch {
            parts.logger.error("no packet was made", metadata: ["error": "\(type(of: error))"])
            return .unavailable(reason: "store_unavailable")
        }
    }

    /// Why what is known of a claim's delivery is not opened to the platform's parties; nil where
    /// it is.
    public func withheldCase(
        _ id: ClaimID,
        from platform: Platform
    ) async throws -> Withheld? {
        guard let claim = try await parts.store.claim(id) else {
            return try await withheld(id, from: platform)
        }
        return try await withheld(claim.delivery, from: platform)
    }

    /// The platform whose claim this is; for the operator, who sees all of them.
    public func platform(ofClaim id: ClaimID) async throws -> Platform? {
        try await parts.store.claim(id).flatMap { directory.platform($0.platform) }
    }

    func dossier(of id: ClaimID, _ platform: Platform) async throws -> CaseDossier? {
        guard let claim = try await parts.store.claim(id), claim.platform == platform.number,
            let material = try await bundleReader(platform, withFiles: false).material(
                of: claim.delivery, log: nil, platform: platform)
        else { return nil }
        let tables = parts.catalogue.ruleBook.tables
        let parameters = tables.tiers.parameters
        // Others may have come later than the claim itself: a window on either side of it.
        let others = try await parts.store.claims(
            from: .merchant(claim.merchant), platform: platform.number,
            since: claim.claim.filedAt - ClaimPatterns.window(parameters),
            limit: ClaimPatterns.mostClaims)
        let facts = DeliveryFacts(material)
        let policy = material.policy(claim.claim.policy)
        let calendar = parts.catalogue.ruleBook[policy?.calendar]
        let now = parts.time.now()
        return CaseDossier(
            escalation: EscalationCase(
                claim: claim,
                history: try await parts.store.claimHistory(id),
                collective: ClaimPatterns.collectiveCase(of: claim, in: others, parameters),
                filings: try await parts.store.filings(of: id).map(\.filing),
                isPaymentReferenceKnown: facts.order("payment_ref") != nil,
                isAppealOver: policy.map {
                    claim.claim.isAppealOver(
                        at: now, within: $0.serviceLevels.appealWithin, calendar)
                } ?? claim.claim.isAppealUsed
            ),
            material: material,
            tables: tables,
            merchant: parts.merchants[claim.merchant],
            calendar: calendar,
            at: now
        )
    }
}
