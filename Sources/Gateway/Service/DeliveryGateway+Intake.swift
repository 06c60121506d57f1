import CardModel
import EvidenceLog
import Logging
import Metrics
public import WireFormat

/// How a delivery webhook is answered.
public enum IntakeAnswer: Sendable {
    /// 202: durable, with the receipt.
    case accepted([UInt8])
    /// 200: the verdicts came within the time the caller gave.
    case decided([UInt8])
    case refused(IntakeRefusal)
}

/// Why a delivery webhook was not accepted; in the order of precedence of CONTRACT.
public enum IntakeRefusal: Sendable {
    case malformedWebhookID(isMissing: Bool)
    /// The platform is unknown too: a stranger learns nothing about names.
    case unauthorized(reason: String)
    case otherBody
    case malformedJSON(JSONError)
    case fields([FieldError])
    /// Codes of registered stock that may not be handed over now; nothing of the notice was taken.
    case stockBlocked([HandOverBlock])
    /// Come again: the queue is full, the disk is, or the gateway is going down.
    case unavailable(reason: String)
}

extension DeliveryGateway {
    /// The longest that a caller may wait for verdicts.
    public static let longestWait = Duration.seconds(30)

    /// Takes a delivery notice: verifies, reads, admits, and answers when it is durable.
    ///
    /// - Parameters:
    ///   - body: the raw bytes that were signed, at most ``DeliveryNotice/largestBodyBytes``.
    ///   - wait: how long the caller waits for the verdicts (`Prefer: wait`); nil: not at all.
    public func receive(
        platform name: String,
        headers: WebhookHeaders,
        body: [UInt8],
        wait: Duration?
    ) async -> IntakeAnswer {
        let answer = await admit(platform: name, headers: headers, body: body, wait: wait)
        Counter(label: "cardproof_notices_total", dimensions: [("result", answer.metricLabel)])
            .increment()
        return answer
    }

    private func admit(
        platform name: String,
        headers: WebhookHeaders,
        body: [UInt8],
        wait: Duration?
    ) async -> IntakeAnswer {
        guard let id = headers.id, WebhookSignature.isWellFormed(id: id) else {
            return .refused(.malformedWebhookID(isMissing: headers.id == nil))
        }
        let now = parts.time.now()
        let known = directory.platform(named: name)
        do throws(WebhookSignature.Refusal) {
            try WebhookSignature.verify(
                headers,
                body: body,
                keys: known?.secrets.webhookKeys ?? [],
                now: now
            )
        } catch {
            return .refused(.unauthorized(reason: error.rawValue))
        }
        guard let platform = known else {
            return .refused(
                .unauthorized(reason: WebhookSignature.Refusal.noMatchingSignature.rawValue)
            )
        }
        let bodyCode = platform.bodyCode(body)
        switch read(body, now: now) {
        case .failure(let refusal):
            return await refuse(refusal.refusal, id: id, bodyCode: bodyCode, platform: platform)
        case .success(let notice):
            return await commit(
                notice,
                id: id,
                bodyCode: bodyCode,
                platform: platform,
                at: now,
                wait: wait
            )
        }
    }

    private struct ReadFailure: Error {
        let refusal: IntakeRefusal
    }

    private func read(_ body: [UInt8], now: Instant) -> Result<DeliveryNotice, ReadFailure> {
        do throws(JSONError) {
            let value = try JSONValue.parse(body)
            do throws(FieldErrors) {
                return .success(try DeliveryNotice(value, now: now))
            } catch {
                return .failure(ReadFailure(refusal: .fields(error.errors)))
            }
        } catch {
            return .failure(ReadFailure(refusal: .malformedJSON(error)))
        }
    }

    /// An id that was used for another body says so before anything about this one (CONTRACT,
    /// Precedence). Looked up only for bodies that are refused anyway, off the fast path.
    private func refuse(
        _ refusal: IntakeRefusal,
        id: String,
        bodyCode: [UInt8],
        platform: Platform
    ) async -> IntakeAnswer {
        do throws(StoreError) {
            let stored = try await parts.store.notice(platform: platform.number, webhookID: id)
            guard let stored, stored.bodyCode != bodyCode else { return .refused(refusal) }
            return .refused(.otherBody)
        } catch {
            return .refused(.unavailable(reason: "store_unavailable"))
        }
    }

    /// What the codes that the notice replaces were sold under.
    private func replacedWarranties(
        of notice: DeliveryNotice,
        _ platform: Platform
    ) async throws -> [RemedyID: ClaimRules] {
        var found: [RemedyID: ClaimRules] = [:]
        for id in Set(notice.items.compactMap(\.remedy)) {
            guard let remedy = try await parts.store.remedy(id),
                remedy.platform == platform.number,
                let claim = try await parts.store.claim(remedy.claim)
            else { continue }
            found[id] = try await policies.rules(claim.claim.policy)
        }
        return found
    }

    /// Admits a notice that was read and found authentic.
    func commit(
        _ notice: DeliveryNotice,
        id: String,
        bodyCode: [UInt8],
        platform: Platform,
        at now: Instant,
        wait: Duration?
    ) async -> IntakeAnswer {
        do {
            let admission = try builder.admission(
                of: notice,
                webhookID: id,
                bodyCode: bodyCode,
                platform: platform,
                acceptedAt: now,
                replaced: try await replacedWarranties(of: notice, platform)
            )
            switch try await committer.submit(.admit(admission)) {
            case .committed(let receipt):
                count(receipt.readings)
                wake(for: receipt, adapters: Set(receipt.askedAdapters))
                guard let answer = receipt.answer, let proof = receipt.proof else {
                    return .refused(.unavailable(reason: "internal"))
                }
                if let wait, let decided = await decided(answer, platform: platform, wait: wait) {
                    return .decided(decided)
                }
                return .accepted(
                    Answers.accepted(
                        answer,
                        platform: platform,
                        leafHash: proof.leaf.hash,
                        proof: try proof.serialized
                    )
                )
            case .repeated(let answer):
                return try await repeated(answer, platform: platform, wait: wait)
            case .refused(.otherBody): return .refused(.otherBody)
            case .refused(.stockBlocked(let blocks)): return .refused(.stockBlocked(blocks))
            case .refused(.otherRemedy(let items)):
                return .refused(.fields(items.map { .otherRemedy(item: $0) }))
            case .refused(let reason): return .refused(.unavailable(reason: "\(reason)"))
            }
        } catch let failure as Committer.Failure {
            return .refused(.unavailable(reason: failure.reason))
        } catch {
            parts.logger.error(
                "a notice was not admitted",
                metadata: ["error": "\(type(of: error))"]
            )
            return .refused(.unavailable(reason: "internal"))
        }
    }

    private func count(_ readings: [CardReading]) {
        for reading in readings {
            guard let adapter = reading.adapter else { continue }
            CheckWork.count(reading.verdict.state, adapter: adapter)
        }
    }

    /// The stored answer, byte for byte; with a wait, what stands now.
    private func repeated(
        _ answer: StoredAnswer,
        platform: Platform,
        wait: Duration?
    ) async throws -> IntakeAnswer {
        if let wait, let decided = await decided(answer, platform: platform, wait: wait) {
            return .decided(decided)
        }
        let (hash, proof) = try await evidence(at: answer.leafIndex, platform: platform)
        return .accepted(
            Answers.accepted(answer, platform: platform, leafHash: hash, proof: proof)
        )
    }

    /// The delivery with its verdicts, if all are there in time; else nil.
    private func decided(
        _ answer: StoredAnswer,
        platform: Platform,
        wait: Duration
    ) async -> [UInt8]? {
        guard let items = try? await parts.store.items(of: answer.delivery) else { return nil }
        let open = items.filter { $0.decision == nil }.map(\.check)
        await waiters.wait(for: open, limit: min(wait, Self.longestWait)) {
            let now = try? await parts.store.items(of: answer.delivery)
            return (now ?? []).filter { $0.decision != nil }.map(\.check)
        }
        guard let body = try? await deliveryAnswer(answer.delivery, notice: answer, platform),
            body["status"]?.stringValue == "checked"
        else { return nil }
        return body.serialized()
    }
}

extension IntakeAnswer {
    fileprivate var metricLabel: String {
        switch self {
        case .accepted: "accepted"
        case .decided: "decided"
        case .refused(.malformedWebhookID), .refused(.malformedJSON), .refused(.fields): "invalid"
        case .refused(.unauthorized): "unauthorized"
        case .refused(.otherBody): "conflict"
        case .refused(.stockBlocked): "blocked"
        case .refused(.unavailable): "unavailable"
        }
    }
}

extension Committer.Failure {
    var reason: String {
        switch self {
        case .overloaded: "overloaded"
        case .closing: "closing"
        case .store: "store_unavailable"
        }
    }
}
