import CardModel
import Crypto
import Metrics
public import WireFormat

/// How a request to erase a delivery is answered.
public enum ErasureAnswer: Sendable {
    case done(JSONValue)
    case unknown
    case unavailable(reason: String)
}

/// Why a delivery is not shown to its platform.
public enum Withheld: Sendable, Equatable {
    /// Kept for a legal hold alone.
    case restricted
    case erased(at: Instant)
}

/// Erasure is the operator's: a platform or a buyer asks him, and he answers for it.
extension DeliveryGateway {
    /// Erases a delivery; while a legal hold stands it is restricted instead, and the answer says
    /// why and until when.
    ///
    /// - Parameters:
    ///   - requestSHA256: of the request that asks for it, which stays with the operator; nil: of
    ///     a request that is this call.
    ///   - overrideReason: why the hold is passed over; recorded.
    public func erase(
        _ id: DeliveryID,
        requestSHA256: [UInt8]?,
        overrideReason: String?
    ) async throws -> ErasureAnswer {
        let now = parts.time.now()
        if let erasure = try await parts.store.erasure(of: id) {
            return .done(Self.answer(.erased(erasure), of: id, traces: nil))
        }
        guard let delivery = try await parts.store.delivery(id),
            let platform = directory.platform(delivery.platform)
        else { return .unknown }
        let files = try await parts.store.attachments(of: id).map(\.id)
        let order = ErasureOrder(
            platform: platform.number,
            delivery: id,
            at: now,
            requestSHA256: requestSHA256 ?? Array(SHA256.hash(data: parts.random.bytes(32))),
            rule: parts.retention,
            overrideReason: overrideReason,
            quarantined: try await quarantined(ofOrder: delivery.orderID, platform)
        )
        do throws(Committer.Failure) {
            switch try await committer.submit(.erase(order)) {
            case .committed(let receipt):
                guard let result = receipt.erasure else {
                    return .unavailable(reason: "internal")
                }
                return .done(await finish(result, of: id, files))
            case .refused(.unknown): return .unknown
            case .repeated, .refused: return .unavailable(reason: "internal")
            }
        } catch {
            return .unavailable(reason: error.reason)
        }
    }

    private func finish(
        _ result: ErasureResult,
        of id: DeliveryID,
        _ files: [AttachmentID]
    ) async -> JSONValue {
        guard case .erased = result else {
            Self.count("restricted")
            return Self.answer(result, of: id, traces: nil)
        }
        Self.count("erased")
        // Their key is gone with the delivery's; the files only take up space.
        for file in files { try? await parts.attachments.remove(file) }
        // The rows are gone whatever becomes of this: it can be done again.
        let traces = try? await parts.store.removeTraces(rewriting: false)
        return Self.answer(result, of: id, traces: traces)
    }

    /// Erases every delivery whose erasure waited for a hold that has ended.
    /// - Returns: how many were erased, and how many still wait.
    public func eraseDue() async throws -> JSONValue {
        var (erased, waiting): (Int64, Int64) = (0, 0)
        var cursor: DeliveryID?
        while true {
            let page = try await parts.store.restrictedDeliveries(
                after: cursor, limit: Page.defaultLimit)
            for delivery in page {
                let answer = try await erase(
                    delivery.id, requestSHA256: nil, overrideReason: nil)
                guard case .done(let value) = answer, value["status"] == "erased" else {
                    waiting += 1
                    continue
                }
                erased += 1
            }
            guard page.count == Page.defaultLimit, let last = page.last else { break }
            cursor = last.id
        }
        return ["erased": .integer(erased), "waiting": .integer(waiting)]
    }

    /// Rewrites the store's files, so that nothing is left in them of what was erased.
    public func compact() async throws -> JSONValue {
        let removal = try await parts.store.removeTraces(rewriting: true)
        return ["traces": .string(removal.rawValue)]
    }

    /// Why a delivery is not shown to its platform; nil when it is.
    public func withheld(_ id: DeliveryID, from platform: Platform) async throws -> Withheld? {
        if let erasure = try await parts.store.erasure(of: id) {
            return erasure.platform == platform.number ? .erased(at: erasure.erasedAt) : nil
        }
        guard let delivery = try await parts.store.delivery(id),
            delivery.platform == platform.number, delivery.restrictedAt != nil
        else { return nil }
        return .restricted
    }

    /// The same of the delivery that a webhook brought.
    public func withheld(webhookID: String, from platform: Platform) async throws -> Withheld? {
        let notice = try await parts.store.notice(
            platform: platform.number, webhookID: webhookID)
        guard let notice else { return nil }
        return try await withheld(notice.delivery, from: platform)
    }

    /// The same of a check.
    public func withheld(_ id: CheckID, from platform: Platform) async throws -> Withheld? {
        if let check = try await parts.store.check(id) {
            guard let item = try await parts.store.item(check.item) else { return nil }
            return try await withheld(item.delivery, from: platform)
        }
        return try await erased(.check(id), from: platform)
    }

    /// Of a claim only that it is erased: while it is open its parties see it, for its sake the
    /// hold stands.
    public func withheld(_ id: ClaimID, from platform: Platform) async throws -> Withheld? {
        try await erased(.claim(id), from: platform)
    }

    private func erased(_ name: ErasedName, from platform: Platform) async throws -> Withheld? {
        guard let erasure = try await parts.store.erasure(naming: name),
            erasure.platform == platform.number
        else { return nil }
        return .erased(at: erasure.erasedAt)
    }

    /// Messages of the order that wait in quarantine: they hold the same codes.
    private func quarantined(
        ofOrder order: String,
        _ platform: Platform
    ) async throws -> [Int64] {
        let messages = try await parts.store.quarantined(
            platform: platform.number,
            after: nil,
            limit: QuarantineRecord.mostOfAPlatform
        )
        return messages.filter { $0.tells(of: order, platform) }.map(\.number)
    }

    private static func count(_ result: String) {
        Counter(label: "cardproof_erasures_total", dimensions: [("result", result)]).increment()
    }

    private static func answer(
        _ result: ErasureResult,
        of id: DeliveryID,
        traces: TraceRemoval?
    ) -> JSONValue {
        switch result {
        case .erased(let erasure):
            [
                "delivery": .string(id.text), "status": "erased",
                "erased_at": .string(erasure.erasedAt.rfc3339),
                "request_sha256": .string(Hexadecimal.encode(erasure.requestSHA256)),
                "records": .integer(Int64(clamping: erasure.count)),
                "override_reason": JSONValue(text: erasure.overrideReason),
                "evidence": ["index": .integer(Int64(clamping: erasure.leafIndex))],
                "traces": JSONValue(text: traces?.rawValue),
            ]
        case .restricted(let since, let hold):
            [
                "delivery": .string(id.text), "status": "restricted",
                "restricted_at": .string(since.rfc3339),
                "hold": .array(hold.reasons.map { .string($0.rawValue) }),
                "erasable_at": JSONValue(text: hold.endsAt?.rfc3339),
            ]
        }
    }
}

extension QuarantineRecord {
    fileprivate func tells(of order: String, _ platform: Platform) -> Bool {
        guard let dataKey = try? platform.unwrap(wrappedDataKey),
            let message = try? Sealing.open(sealedMessage, under: dataKey, context: identity),
            let named = (try? JSONValue.parse(message))?["order"]?.stringValue
        else { return false }
        return named == order
    }
}
