import AdapterKit
import CardModel
import WireFormat

/// What an answer of the licence verification means.
struct GumroadMeaning: Equatable {
    var state: VerdictState
    /// When the subscription behind the licence ends or ended.
    var endsAt: Instant?

    /// Nil for an answer that is not the documented one.
    static func of(_ answer: JSONAnswer, askedAt: Instant) -> GumroadMeaning? {
        switch answer.status {
        case 200: sold(answer, askedAt: askedAt)
        case 404: refused(answer).map { GumroadMeaning(state: $0) }
        default: nil
        }
    }

    /// A 404 with any other body is a wrong address, not an unknown key.
    private static func refused(_ answer: JSONAnswer) -> VerdictState? {
        guard answer["/success"]?.boolValue == false else { return nil }
        switch answer["/message"]?.stringValue {
        case "That license does not exist for the provided product.": return .notFound
        case "This license key has been disabled.": return .revoked
        case "Access to the purchase associated with this license has expired.": return .expired
        default: return nil
        }
    }

    private static func sold(_ answer: JSONAnswer, askedAt: Instant) -> GumroadMeaning? {
        guard answer["/success"]?.boolValue == true,
            let uses = answer["/uses"]?.integerValue, uses >= 0
        else { return nil }
        if let purchase = answer["/purchase"], purchase.objectValue != nil {
            return of(purchase: purchase, uses: uses, askedAt: askedAt)
        }
        // Keys of customers that a seller brought along have no purchase to speak of.
        guard answer["/imported_customer"]?.objectValue != nil else { return nil }
        return GumroadMeaning(state: uses == 0 ? .okUnused : .used)
    }

    private static func of(
        purchase: JSONValue,
        uses: Int64,
        askedAt: Instant
    ) -> GumroadMeaning? {
        func says(_ name: String) -> Bool { purchase[name]?.boolValue == true }
        guard let ends = ends(of: purchase) else { return nil }
        var meaning = GumroadMeaning(state: .used, endsAt: ends.min())
        if says("refunded") || says("chargebacked") {
            meaning.state = .revoked
        } else if says("disputed"), !says("dispute_won") {
            meaning.state = .temporarilyUnusable
        } else if let end = meaning.endsAt, end <= askedAt {
            meaning.state = .expired
        } else if says("test") {
            meaning.state = .wrongProduct
        } else if uses == 0 {
            meaning.state = .okUnused
        } else if says("is_multiseat_license"), uses < purchase["quantity"]?.integerValue ?? 0 {
            meaning.state = .partiallyUsed
        }
        return meaning
    }

    /// When the subscription ends, by every account; a cancelled one runs on until the time that
    /// it names. Nil when a time cannot be read: then the answer is not the documented one.
    private static func ends(of purchase: JSONValue) -> [Instant]? {
        var ends: [Instant] = []
        for name in ["ended", "cancelled", "failed"] {
            guard let time = purchase["subscription_\(name)_at"], !time.isNull else { continue }
            guard let instant = time.stringValue.flatMap({ Instant(rfc3339: $0) })
            else { return nil }
            ends.append(instant)
        }
        return ends
    }
}

/// The buyer is a person, and the seller's own questions to him stand in the answer under names
/// that nobody can know: of a purchase only what says something about the licence is kept.
enum GumroadPersonalData {
    private static let kept: Set<String> = [
        "product_id", "product_name", "permalink", "product_permalink", "short_product_id",
        "price", "currency", "quantity", "variants", "order_number", "sale_id", "sale_timestamp",
        "subscription_id", "recurrence", "license_key", "is_multiseat_license",
        "is_gift_receiver_purchase", "test", "refunded", "chargebacked", "disputed",
        "dispute_won", "id", "created_at", "subscription_ended_at", "subscription_cancelled_at",
        "subscription_failed_at",
    ]

    static func removed(from response: OutboundResponse) -> [UInt8] {
        PersonalData.removed(
            from: response,
            at: ["/imported_customer/email", "/imported_customer/purchase_email"],
            keeping: ["/purchase": kept]
        )
    }
}
