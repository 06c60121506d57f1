public import CardModel
import Logging
public import WireFormat

/// How an act on a claim is answered.
public enum ClaimAnswer: Sendable {
    case moved(JSONValue)
    case unknown
    /// The idempotency key was used for another act.
    case otherAct
    /// The state does not allow it; a stable reason code.
    case notAllowed(reason: String)
    case unavailable(reason: String)
}

extension ClaimAnswer {
    fileprivate init(_ refusal: Refusal) {
        switch refusal {
        case .notAllowed(let reason): self = .notAllowed(reason: reason)
        case .otherAct: self = .otherAct
        case .unknown: self = .unknown
        default: self = .unavailable(reason: "internal")
        }
    }
}

/// What somebody does on a claim, as it was sent.
public struct PartyAct: Sendable {
    public var move: ClaimMove
    /// The event's name, for the history.
    public var name: String
    /// What it came with, for the history: no code and no person.
    public var detail: JSONValue
    /// Why it was done, in words, for those who see the claim.
    public var reason: String?
    public var principal: ClaimPrincipal
    /// The act as it was sent.
    public var body: [UInt8]
    /// The same act under it a second time changes nothing and answers the claim.
    public var idempotencyKey: String?

    public init(
        move: ClaimMove,
        name: String,
        detail: JSONValue = .null,
        reason: String? = nil,
        principal: ClaimPrincipal,
        body: [UInt8],
        idempotencyKey: String?
    ) {
        self.move = move
        self.name = name
        self.detail = detail
        self.reason = reason
        self.principal = principal
        self.body = body
        self.idempotencyKey = idempotencyKey
    }
}

extension DeliveryGateway {
    /// Lets one of a claim's parties act on it.
    public func advance(_ id: ClaimID, platform: Platform, _ act: PartyAct) async -> ClaimAnswer {
        do {
            guard let record = try await parts.store.claim(id),
                record.platform == platform.number,
                let advance = try await claimDrafting.advance(
                    record, move: act.move, name: act.name, detail: act.detail,
                    reason: act.reason, by: act.principal,
                    idempotency: act.idempotencyKey.map {
                        Idempotency(key: $0, actCode: platform.bodyCode(act.body))
                    })
            else { return .unknown }
            switch try await committer.submit(.advanceClaim(advance)) {
            case .committed(let receipt):
                wake(for: receipt, adapters: receipt.askedAdapters)
                if let refusal = receipt.refusal { return ClaimAnswer(refusal) }
                return try await claim(id, platform: platform, for: act.principal.role)
                    .map { .moved($0) } ?? .unknown
            case .refused(let refusal): return ClaimAnswer(refusal)
            case .repeated: return .unavailable(reason: "internal")
            }
        } catch let failure as Committer.Failure {
            return .unavailable(reason: failure.reason)
        } catch {
            parts.logger.error("a claim was not moved", metadata: ["error": "\(type(of: error))"])
            return .unavailable(reason: "internal")
        }
    }
}
