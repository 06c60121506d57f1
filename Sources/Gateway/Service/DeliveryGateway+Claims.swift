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

extension DeliveryGateway {
    /// Lets the platform act on a claim for one of its parties.
    ///
    /// - Parameters:
    ///   - name: the event's name, for the history.
    ///   - body: the act as it was sent.
    ///   - idempotencyKey: the same act under it a second time changes nothing and answers the
    ///     claim.
    public func advance(
        _ id: ClaimID,
        platform: Platform,
        event: ClaimEvent,
        name: String,
        actor: ClaimActor,
        body: [UInt8],
        idempotencyKey: String?
    ) async -> ClaimAnswer {
        do {
            guard let record = try await parts.store.claim(id),
                record.platform == platform.number,
                let item = try await parts.store.item(record.item),
                let wrapped = try await parts.store.wrappedDataKey(of: item.notice)
            else { return .unknown }
            let drafting = LeafDrafting(
                seed: parts.random.bytes(LeafDrafting.seedByteCount),
                dataKey: try platform.unwrap(wrapped)
            )
            let outcome = try await committer.submit(
                .advanceClaim(
                    ClaimAdvance(
                        platform: platform.number,
                        claim: id,
                        event: event,
                        name: name,
                        actor: actor,
                        policy: try await policies.policy(record.claim.policy),
                        at: parts.time.now(),
                        drafting: drafting,
                        idempotency: idempotencyKey.map {
                            Idempotency(key: $0, actCode: platform.bodyCode(body))
                        }
                    )
                )
            )
            switch outcome {
            case .committed(let receipt):
                wake(for: receipt, adapters: [])
                return try await claim(id, platform: platform).map { .moved($0) } ?? .unknown
            case .refused(.notAllowed(let reason)): return .notAllowed(reason: reason)
            case .refused(.otherAct): return .otherAct
            case .refused(.unknown): return .unknown
            case .repeated, .refused: return .unavailable(reason: "internal")
            }
        } catch let failure as Committer.Failure {
            return .unavailable(reason: failure.reason)
        } catch {
            parts.logger.error("a claim was not moved", metadata: ["error": "\(type(of: error))"])
            return .unavailable(reason: "internal")
        }
    }
}
