import CardModel
import Gateway
import HTTPTypes

/// Tells which party of a claim a request comes from.
struct PartyRule: Sendable {
    let gateway: DeliveryGateway

    /// - Throws: ``Problem`` with `missing_token` or `wrong_token`.
    func callAsFunction(_ call: Call) async throws -> Party {
        guard let party = try await party(call) else { throw Problem(.wrongToken) }
        return party
    }

    /// - Parameter owner: whose token the path takes.
    /// - Throws: ``Problem`` with `missing_token`, or one `wrong_token` for whatever else came.
    func callAsFunction(_ call: Call, takes owner: TokenOwner) async throws -> Party {
        guard let party = try await party(call), owner.admits(party) else {
            throw Problem(takes: owner)
        }
        return party
    }

    /// Nil for a token that is nobody's.
    private func party(_ call: Call) async throws -> Party? {
        guard let header = call.headers[.authorization] else { throw Problem(.missingToken) }
        guard let token = BearerToken(header) else { return nil }
        return try await gateway.party(token: token.text)
    }
}

extension Party {
    /// Whether the token says who acts, so that the body need not.
    var isOnePerson: Bool {
        switch scope {
        case .system: false
        case .buyer, .account: true
        }
    }

    /// Who acts: the token's owner, or the one for whom the platform's system speaks.
    func principal(speakingFor actor: ClaimActor?) -> ClaimPrincipal {
        switch scope {
        case .system: ClaimPrincipal(actor ?? .platform, account: "system")
        case .buyer: ClaimPrincipal(.buyer, account: "order")
        case .account(let account): account.principal
        }
    }

    /// The merchant whose claims alone he sees; nil when it is not that which bounds him.
    var merchant: String? {
        if case .account(let account) = scope { account.merchant } else { nil }
    }

    /// Whether he sees claims that he does not name: a merchant his own, a buyer and a third party
    /// none.
    var mayList: Bool { seesAll || merchant != nil }
}
