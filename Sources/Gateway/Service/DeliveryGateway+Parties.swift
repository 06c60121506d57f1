public import CardModel
public import WireFormat

/// Who acts on a claim, as his token shows.
public struct Party: Sendable {
    public let platform: Platform
    public let scope: Scope

    /// What he may see and do.
    public enum Scope: Sendable {
        /// The platform's own system: it carries the words of buyers and merchants, and rules
        /// nothing.
        case system
        /// A buyer: the claims of his order.
        case buyer(DeliveryID)
        /// A person or a merchant with an account of his own.
        case account(PartyAccount)
    }
}

extension Party {
    /// Whether he sees every claim of his platform.
    public var seesAll: Bool {
        switch scope {
        case .system: true
        case .buyer: false
        case .account(let account): account.merchant == nil && account.role != .thirdParty
        }
    }

    /// Whether papers for channels outside are his business: the buyer's and the platform's people,
    /// and the system that carries the buyer's words.
    public var filesPapers: Bool {
        switch scope {
        case .system, .buyer: true
        case .account(let account): account.principal.filingPerson != nil
        }
    }

    /// A buyer sees the claims of his order, a merchant those against his sales, a third party
    /// those that it is liable for.
    func sees(_ claim: ClaimRecord) -> Bool {
        switch scope {
        case .system: return true
        case .buyer(let delivery): return claim.delivery == delivery
        case .account(let account):
            if account.role == .thirdParty { return claim.claim.against == .thirdParty }
            return account.merchant.map { $0 == claim.merchant } ?? true
        }
    }
}

extension DeliveryGateway {
    /// The party that a token belongs to: the platform's API token, an order token, or an
    /// account's; nil when it is nobody's.
    public func party(token: String) async throws -> Party? {
        if let platform = directory.platform(withAPIToken: token) {
            return Party(platform: platform, scope: .system)
        }
        if let order = OrderToken(token) {
            return directory.platform(ofGenuine: order).map {
                Party(platform: $0, scope: .buyer(order.delivery))
            }
        }
        guard let token = PartyToken(token),
            let account = try await parts.store.partyAccount(tokenDigest: token.digest),
            account.revokedAt == nil, let platform = directory.platform(account.platform)
        else { return nil }
        return Party(platform: platform, scope: .account(account))
    }

    /// Whether a claim is there for a party; what he does not see is not.
    public func sees(_ id: ClaimID, party: Party) async throws -> Bool {
        // That one was erased is told to whom it would have been told of.
        guard let claim = try await parts.store.claim(id) else { return party.seesAll }
        return claim.platform == party.platform.number && party.sees(claim)
    }

    /// Whether a remedy is there for a party: with its claim.
    public func sees(_ id: RemedyID, party: Party) async throws -> Bool {
        guard let remedy = try await parts.store.remedy(id) else { return false }
        return try await sees(remedy.claim, party: party)
    }

    /// Adds an account.
    /// - Returns: the account with its token, which is shown once; nil when the name is taken.
    public func addPartyAccount(
        platform: Platform,
        name: String,
        role: ClaimActor,
        merchant: String?
    ) async throws -> JSONValue? {
        let token = PartyToken(random: parts.random.bytes(PartyToken.byteCount))
        let account = PartyAccount(
            platform: platform.number, name: name, role: role, merchant: merchant, token: token,
            createdAt: parts.time.now())
        guard try await parts.store.addPartyAccount(account) else { return nil }
        guard var answer = Self.answer(account, platform).objectValue else { return nil }
        answer["token"] = .string(token.secretText)
        return .object(answer)
    }

    /// - Returns: false when there is none of that name, or it was revoked before.
    public func revokePartyAccount(platform: Platform, name: String) async throws -> Bool {
        try await parts.store.revokePartyAccount(
            platform: platform.number, name: name, at: parts.time.now())
    }

    public func partyAccounts(platform: Platform) async throws -> JSONValue {
        .array(
            try await parts.store.partyAccounts(platform: platform.number).map {
                Self.answer($0, platform)
            }
        )
    }

    private static func answer(_ account: PartyAccount, _ platform: Platform) -> JSONValue {
        [
            "platform": .string(platform.name), "name": .string(account.name),
            "role": .string(account.role.rawValue), "merchant": JSONValue(text: account.merchant),
            "created_at": .string(account.createdAt.rfc3339),
            "revoked_at": JSONValue(text: account.revokedAt?.rfc3339),
        ]
    }
}
