import CardModel
import EvidenceLog
import WireFormat

/// The bodies that the API, the admin socket and the CLI show: one shape for all of them.
enum Answers {
    /// The 202 of a notice. The parts that were stored are written as they were.
    static func accepted(
        _ answer: StoredAnswer,
        platform: Platform,
        leafHash: TreeHash,
        proof: [UInt8]
    ) -> [UInt8] {
        var bytes = Array("{\"delivery\":\"\(answer.delivery.text)\",\"status\":\"accepted\"".utf8)
        bytes += Array(",\"order_token\":\"".utf8)
        bytes += Array(platform.orderToken(of: answer.delivery).text.utf8)
        bytes += Array("\",\"items\":".utf8) + answer.items + Array(",\"evidence\":".utf8)
        evidence(index: answer.leafIndex, hash: leafHash, proof: proof).append(to: &bytes)
        bytes += Array(",\"ignored\":".utf8) + answer.ignored + [UInt8(ascii: "}")]
        return bytes
    }

    /// A delivery with what stands for each of its items.
    static func delivery(
        _ delivery: DeliveryRecord,
        items: [ItemRecord],
        notice: StoredAnswer,
        platform: Platform,
        leafHash: TreeHash,
        proof: [UInt8]
    ) -> JSONValue {
        let isChecked = items.allSatisfy { $0.decision != nil }
        let answered = (try? JSONValue.parse(notice.items))?.arrayValue ?? []
        return [
            "delivery": .string(delivery.id.text), "order": .string(delivery.orderID),
            "status": isChecked ? "checked" : "pending",
            "order_token": .string(platform.orderToken(of: delivery.id).text),
            "items": .array(
                items.map { item($0, repeats: repeats($0, in: answered), platform: platform) }
            ),
            "evidence": evidence(index: notice.leafIndex, hash: leafHash, proof: proof),
            "ignored": (try? JSONValue.parse(notice.ignored)) ?? [],
        ]
    }

    /// An item with its verdict, or null while there is none.
    /// - Parameter repeats: the delivery that told of it before; absent when none did.
    private static func item(
        _ item: ItemRecord,
        repeats: JSONValue?,
        platform: Platform
    ) -> JSONValue {
        .object(
            JSONObject(
                [
                    .init(name: "line", value: .integer(Int64(item.terms.line))),
                    .init(name: "check", value: .string(item.check.text)),
                ] + (repeats.map { [.init(name: "repeats", value: $0)] } ?? [])
                    + decision(item.decision, platform: platform)
            )
        )
    }

    /// What the notice was answered about this line.
    private static func repeats(_ item: ItemRecord, in answered: [JSONValue]) -> JSONValue? {
        answered.first { $0["line"]?.integerValue == Int64(item.terms.line) }?["repeats"]
    }

    static func check(_ check: CheckRecord, item: ItemRecord, platform: Platform) -> JSONValue {
        .object(
            JSONObject(
                [
                    .init(name: "check", value: .string(check.id.text)),
                    .init(name: "delivery", value: .string(item.delivery.text)),
                    .init(name: "line", value: .integer(Int64(item.terms.line))),
                    .init(name: "stage", value: .string(check.stage.rawValue)),
                    .init(name: "trigger", value: .string(check.trigger.rawValue)),
                    .init(name: "attempts", value: .integer(Int64(check.attempts))),
                    .init(
                        name: "next_attempt_at",
                        value: JSONValue(text: check.openDueAt?.rfc3339)
                    ),
                ] + decision(check.decision, platform: platform)
            )
        )
    }

    static func decision(
        _ decision: ItemDecision?,
        platform: Platform
    ) -> [JSONObject.Member] {
        [
            .init(name: "verdict", value: decision?.verdict.jsonValue ?? .null),
            .init(name: "liability", value: JSONValue(text: decision?.liability.rawValue)),
            .init(name: "liability_rule", value: JSONValue(text: decision?.liabilityRule)),
            .init(name: "claim", value: JSONValue(text: decision?.claim?.text)),
            .init(name: "no_claim_because", value: JSONValue(text: decision?.claimRefusal)),
            .init(name: "decided_at", value: JSONValue(text: decision?.decidedAt.rfc3339)),
            .init(
                name: "evidence",
                value: decision.map {
                    [
                        "index": .integer(Int64($0.leaf.index)),
                        "leaf_hash": .string($0.leaf.hash.base64),
                        "proof_url": .string(
                            "/v1/platforms/\(platform.name)/evidence/\($0.leaf.index)/proof"
                        ),
                    ]
                } ?? .null
            ),
        ]
    }

    /// One line of the list of notices.
    static func notice(_ notice: NoticeRecord, platform: Platform) -> JSONValue {
        [
            "webhook_id": JSONValue(text: notice.webhookID),
            "delivery": .string(notice.delivery.text),
            "platform": .string(platform.name), "stage": .string(notice.stage.rawValue),
            "accepted_at": .string(notice.acceptedAt.rfc3339),
            "evidence": evidence(index: notice.leafIndex, platform: platform),
        ]
    }

    /// Where the proof of a leaf is served.
    static func evidence(index: UInt64, platform: Platform) -> JSONValue {
        [
            "index": .integer(Int64(index)),
            "proof_url": .string("/v1/platforms/\(platform.name)/evidence/\(index)/proof"),
        ]
    }

    static func evidence(index: UInt64, hash: TreeHash, proof: [UInt8]) -> JSONValue {
        [
            "index": .integer(Int64(index)), "leaf_hash": .string(hash.base64),
            "proof": .string(String(decoding: proof, as: UTF8.self)),
        ]
    }
}
