import AdapterKit
import CardModel
import Crypto
import EvidenceLog
import WireFormat

/// What the leaves of each type commit to (evidence.md §4.2): one field one disclosure, never
/// more than 16. The log shows none of it.
enum LeafContents {
    /// Fields that are opened to nobody who reads evidence back: a card's key, a buyer's account.
    static let closed: Set<String> = ["key", beneficiary]

    /// Fields common to a notice; a single item stands among them, several under `items_root`. So
    /// does one with promises, for which a leaf's fields do not suffice.
    static func delivery(
        _ notice: DeliveryNotice,
        webhookID: String,
        platform: String
    ) -> (fields: [JSONObject.Member], items: [[JSONObject.Member]]) {
        var fields: [JSONObject.Member] = [
            .init(name: "event_id", value: .string(webhookID)),
            .init(name: "platform", value: .string(platform)),
            .init(name: "stage", value: .string(notice.stage.rawValue)),
            .init(name: "order_ref", value: .string(notice.order.id)),
            .init(name: "merchant", value: .string(notice.merchant)),
            .init(name: "buyer_ref", value: JSONValue(text: notice.buyerReference)),
            .init(name: "order", value: order(notice)),
            .init(name: "delivered_at", value: JSONValue(text: notice.deliveredAt?.rfc3339)),
        ]
        if notice.items.count == 1, notice.items[0].promised.isEmpty {
            fields += item(notice.items[0])
            return (fields, [])
        }
        return (fields, notice.items.map { item($0) })
    }

    /// What an issuer answered, or what our own log says of a code.
    static func verdict(
        _ verdict: Verdict,
        orderID: String,
        item: ItemRecord,
        check: CheckID,
        code: CardCode?,
        trigger: CheckTrigger,
        transcripts: JSONValue,
        history: [UsageEvent] = [],
        link: JSONValue = .null
    ) -> [JSONObject.Member] {
        var fields: [JSONObject.Member] = [
            .init(name: "event_id", value: .string(check.text)),
            .init(name: "order_ref", value: .string(orderID)),
            .init(name: "merchant", value: .string(item.terms.merchant)),
            .init(name: "product", value: .string(item.terms.product)),
            .init(name: "line", value: .integer(Int64(item.terms.line))),
            .init(name: "trigger", value: .string(trigger.rawValue)),
            .init(name: "verdict", value: verdict.jsonValue),
            .init(name: "delivered_at", value: JSONValue(text: item.deliveredAt?.rfc3339)),
            .init(name: "policy", value: item.terms.policy.jsonValue),
            .init(name: "transcripts", value: transcripts),
            .init(name: "links", value: link),
        ]
        if !history.isEmpty {
            fields.append(.init(name: "history", value: .array(history.map(\.jsonValue))))
        }
        if let code { fields += self.code(code) }
        return fields
    }

    /// The claim that a verdict opened, why it was covered, and who had reported it how. What was
    /// reported in words stands there by its digest alone.
    static func claim(
        _ id: ClaimID,
        against: LiableParty,
        family: DefectFamily,
        from origin: ClaimOrigin,
        item: ItemRecord,
        orderID: String,
        window: JSONValue,
        rules: JSONValue
    ) -> [JSONObject.Member] {
        var fields: [JSONObject.Member] = [
            .init(name: "event_id", value: .string(id.text)),
            .init(name: "order_ref", value: .string(orderID)),
            .init(name: "merchant", value: .string(item.terms.merchant)),
            .init(name: "product", value: .string(item.terms.product)),
            .init(name: "line", value: .integer(Int64(item.terms.line))),
            .init(name: "against", value: .string(against.rawValue)),
            .init(name: "family", value: .string(family.rawValue)),
            .init(name: "verdict", value: origin.verdict.jsonValue),
            .init(name: "policy", value: item.terms.policy.jsonValue),
            .init(name: "warranty", value: window),
            .init(name: "rules", value: rules),
            .init(name: "reported_via", value: .string(origin.channel.rawValue)),
            .init(name: "reported_by", value: .string(origin.reporter.role.rawValue)),
        ]
        if let digest = origin.statementDigest {
            fields.append(.init(name: ClaimOrigin.statementDigestName, value: .string(digest)))
        }
        if let demand = origin.demand {
            fields.append(.init(name: "demand", value: .string(demand.rawValue)))
        }
        return fields
    }

    /// A step of a claim; one that closes it with the outcome that is published.
    static func claimStep(
        _ claim: ClaimRecord,
        _ entry: ClaimHistoryEntry,
        _ outcome: ClaimOutcome?
    ) -> [JSONObject.Member] {
        [
            .init(name: "event_id", value: .string(claim.id.text)),
            .init(name: "line", value: .integer(Int64(claim.line))),
            .init(name: "step", value: entry.jsonValue),
        ]
            + (outcome.map { [.init(name: OutcomeFile.disclosureName, value: $0.jsonValue)] } ?? [])
    }

    private static func order(_ notice: DeliveryNotice) -> JSONValue {
        let order = notice.order
        let value: JSONValue = [
            "paid": order.paid?.jsonValue ?? .null,
            "payment_ref": JSONValue(text: order.paymentReference),
            "placed_at": JSONValue(text: order.placedAt?.rfc3339),
            "promised_at": JSONValue(text: notice.promisedAt?.rfc3339),
            "quantity": order.quantity.map { .integer(Int64($0)) } ?? .null,
            "terms_disclosed_at": JSONValue(text: order.termsDisclosedAt?.rfc3339),
            "terms_sha256": JSONValue(text: order.termsSHA256),
        ]
        guard order.isOffPlatform, var object = value.objectValue else { return value }
        object["off_platform"] = true
        return .object(object)
    }

    private static func item(_ item: DeliveryNotice.Item) -> [JSONObject.Member] {
        [
            .init(name: "line", value: .integer(Int64(item.line))),
            .init(name: "product", value: .string(item.product)),
            .init(name: "expires_on", value: JSONValue(text: item.expiresOn?.iso8601)),
            .init(name: "face_value", value: item.faceValue?.jsonValue ?? .null),
        ]
            + (item.promised.isEmpty
                ? [] : [.init(name: promised, value: item.promised.jsonValue)])
            + code(item.code)
    }

    /// What the order promised beside value and label.
    static let promised = "promised"

    /// Serial, key and the key's last four apart, so that a bundle can show a card without giving
    /// it away. A key too short to hide the rest has no last four.
    static func code(_ code: CardCode) -> [JSONObject.Member] {
        code.key.withUnredacted { key in
            [
                .init(name: "serial", value: JSONValue(text: code.serial?.text)),
                .init(name: "key", value: .string(key)),
                .init(
                    name: "key_last4",
                    value: key.count >= CardFingerprinter.leastKeySymbols
                        ? .string(String(key.suffix(4))) : .null
                ),
            ]
        }
    }
}

extension UsageEvent {
    fileprivate var jsonValue: JSONValue {
        [
            "at": JSONValue(text: at?.rfc3339), "kind": .string(kind),
            "actor_hint": JSONValue(text: actorHint), "amount": amount?.jsonValue ?? .null,
        ]
    }
}
