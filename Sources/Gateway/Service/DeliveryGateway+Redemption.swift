public import AdapterKit
import CardModel
import Logging
import Metrics
import WireFormat

/// How an issuer's report is answered.
public enum CallbackAnswer: Sendable {
    /// Recorded, now or before: what the issuer wants to hear.
    case acknowledged(CallbackReading.Acknowledgement)
    /// No such platform, or no adapter there that an issuer reports to.
    case unknown
    /// Not authentic, or not about an order of ours: which of it, a stranger does not learn.
    case refused
    case unavailable(reason: String)
}

extension DeliveryGateway {
    /// Takes what an issuer reports about an order.
    ///
    /// Idempotent: the same word is recorded once and acknowledged every time. Nothing of a
    /// callback that its adapter does not believe is kept.
    public func callback(
        _ callback: IssuerCallback,
        platform name: String,
        adapter id: String
    ) async -> CallbackAnswer {
        guard let platform = directory.platform(named: name),
            let adapter = registry.adapter(id) as? any CallbackReadingAdapter
        else { return .unknown }
        do {
            let (answer, result) = try await take(callback, of: adapter, id: id, platform)
            Self.count(result, adapter: id)
            return answer
        } catch let failure as Committer.Failure {
            Self.count("unavailable", adapter: id)
            return .unavailable(reason: failure.reason)
        } catch {
            parts.logger.error(
                "a callback was not recorded",
                metadata: ["adapter": "\(id)", "error": "\(type(of: error))"]
            )
            Self.count("unavailable", adapter: id)
            return .unavailable(reason: "internal")
        }
    }

    private func take(
        _ callback: IssuerCallback,
        of adapter: any CallbackReadingAdapter,
        id: String,
        _ platform: Platform
    ) async throws -> (CallbackAnswer, result: String) {
        guard let value = adapter.orderNumber(in: callback),
            let number = RedemptionNumber(rawValue: value),
            let order = try await parts.store.redemption(number),
            order.platform == platform.number, order.adapter == id,
            let opened = try await open(order)
        else { return (.refused, "unknown_order") }
        let reading: CallbackReading
        do throws(CallbackRefusal) {
            reading = try adapter.read(callback, about: opened.order)
        } catch {
            return (.refused, error.reason.rawValue)
        }
        let word = try redemptions.word(
            reading.answer,
            of: .callback,
            about: opened,
            askedAt: callback.receivedAt
        )
        switch try await committer.submit(.recordRedemption(word)) {
        case .committed(let receipt):
            waiters.decided(order.check)
            wake(for: receipt, adapters: [])
            redemptionLanes.wake(order.adapter)
            if !receipt.isRepeat, let state = receipt.redemption?.state {
                RedemptionWork.count(state, adapter: id)
            }
            return (
                .acknowledged(reading.acknowledgement),
                receipt.isRepeat ? "repeated" : "recorded"
            )
        case .refused(.unknown): return (.refused, "unknown_order")
        case .refused(.notAllowed): return (.refused, "too_many")
        case .repeated, .refused: return (.unavailable(reason: "internal"), "unavailable")
        }
    }

    /// The order with its code opened; nil when it cannot be, so that nobody can say what a
    /// callback is about.
    private func open(_ order: RedemptionRecord) async throws -> RedemptionRunner.Opened? {
        guard let item = try await parts.store.item(order.item),
            let delivery = try await parts.store.delivery(item.delivery),
            let consent = try await parts.store.consent(order.consent)
        else { return nil }
        let leased = LeasedRedemption(
            redemption: order,
            item: item,
            consent: consent,
            orderID: delivery.orderID,
            wrappedDataKey: try await parts.store.wrappedDataKey(of: item.notice),
            leasedUntil: parts.time.now()
        )
        do {
            return try await redemptions.open(leased)
        } catch is RedemptionRunner.Failure {
            return nil
        }
    }

    /// Orders as they were made, in one state or in all. A nil platform means all (operators only).
    public func redemptions(
        platform: Platform?,
        state: RedemptionRecord.State?,
        cursor: String?,
        limit: Int
    ) async throws -> Page {
        let rows = try await parts.store.redemptions(
            platform: platform?.number,
            state: state,
            after: cursor.flatMap { RedemptionNumber($0) },
            limit: limit
        )
        var items: [JSONValue] = []
        for order in rows {
            guard let owner = directory.platform(order.platform),
                let item = try await parts.store.item(order.item)
            else { continue }
            items.append(Answers.redemption(order, of: item, platform: owner))
        }
        return Page(items: items, next: rows.count == limit ? rows.last?.number.text : nil)
    }

    private static func count(_ result: String, adapter: String) {
        Counter(
            label: "cardproof_callbacks_total",
            dimensions: [("adapter", adapter), ("result", result)]
        ).increment()
    }
}

extension Answers {
    static func consent(
        _ consent: ConsentRecord,
        about item: ItemRecord,
        order: RedemptionRecord?,
        platform: Platform
    ) -> JSONValue {
        [
            "consent": .string(consent.id.text), "delivery": .string(item.delivery.text),
            "line": .integer(Int64(item.terms.line)),
            "operation": .string(consent.operation.rawValue),
            "given_by": .string(consent.givenBy.rawValue),
            "given_at": .string(consent.givenAt.rfc3339),
            "recorded_at": .string(consent.recordedAt.rfc3339),
            "redemption": order.map { redemption($0, of: item, platform: platform) } ?? .null,
            "evidence": evidence(index: consent.leafIndex, platform: platform),
        ]
    }

    static func redemption(
        _ order: RedemptionRecord,
        of item: ItemRecord,
        platform: Platform
    ) -> JSONValue {
        [
            "redemption": .string(order.number.text), "platform": .string(platform.name),
            "delivery": .string(item.delivery.text), "line": .integer(Int64(item.terms.line)),
            "check": .string(order.check.text), "adapter": .string(order.adapter),
            "state": .string(order.state.rawValue),
            "created_at": .string(order.createdAt.rfc3339),
            "placed_at": JSONValue(text: order.placedAt?.rfc3339),
            "next_attempt_at": JSONValue(text: order.openDueAt?.rfc3339),
            "polls": .integer(Int64(order.polls)),
        ]
    }
}
