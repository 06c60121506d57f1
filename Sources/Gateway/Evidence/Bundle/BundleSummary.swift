import CardModel
import EvidenceLog
import WireFormat

/// `summary.json`: the facts that complaint forms ask for, what is missing, and what the bundle
/// does not prove.
///
/// Field names of forms that are meant to be filled from it stand beside ours: 微信支付
/// `transaction_id` and `out_trade_no` (pay.weixin.qq.com, 消费者投诉2.0).
struct BundleSummary {
    let material: BundleMaterial
    let audience: BundleAudience
    let facts: DeliveryFacts
    let completeness: EvidenceCompleteness

    init(_ material: BundleMaterial, audience: BundleAudience) {
        self.material = material
        self.audience = audience
        facts = DeliveryFacts(material)
        completeness = EvidenceCompleteness(of: material, facts)
    }

    var jsonObject: JSONObject {
        let buyer = audience.opens("buyer_ref", isOtherSale: false, revealingKeys: false)
        let value: JSONValue = [
            "v": 1, "audience": .string(audience.rawValue),
            "platform": [
                "name": .string(material.platform.name),
                "log": .string(material.log.origin),
            ],
            "delivery": .string(material.delivery.id.text),
            "order_ref": facts["order_ref"] ?? .null,
            "out_trade_no": facts["order_ref"] ?? .null,
            "transaction_id": facts.order("payment_ref") ?? .null,
            "merchant": ["id": facts["merchant"] ?? .null, "name": .null, "address": .null],
            "buyer_ref": buyer ? facts["buyer_ref"] ?? .null : .null,
            "placed_at": facts.order("placed_at") ?? .null,
            "promised_at": facts.order("promised_at") ?? .null,
            "delivered_at": JSONValue(
                text: material.items.compactMap(\.deliveredAt).max()?.rfc3339
            ),
            "paid": facts.order("paid") ?? .null,
            "terms_sha256": facts.order("terms_sha256") ?? .null,
            "terms_disclosed_at": facts.order("terms_disclosed_at") ?? .null,
            "items": .array(material.items.map { item($0) }),
            "claims": .array(material.claims.map { claim($0.record) }),
            "attachments": .array(
                material.attachments.map { attachment($0.record, $0.content.bytes) }),
            "completeness": completeness.jsonValue,
            "agreement": section(["order", "terms_disclosed", "listing", "payment"]),
            "breach": section(["issuer_answer", "comparison", "custody"]),
            "does_not_prove": .array(
                BundleLimits.texts.map { ["zh-CN": .string($0.zhCN), "en": .string($0.en)] }
            ),
        ]
        return value.objectValue ?? JSONObject()
    }

    private func item(_ item: ItemRecord) -> JSONValue {
        let stated = facts.item(line: item.terms.line)
        let policy = material.policies.first {
            $0.hash == Hexadecimal.encode(item.terms.policy.hash)
        }
        let incidents = item.incidents(among: material.incidents, knownAt: material.asOf)
        let window = policy.map {
            item.window(under: $0.policy, at: material.asOf, incidents: incidents)
        }
        return [
            "line": .integer(Int64(item.terms.line)),
            "product": .string(item.terms.product),
            "face_value": item.terms.faceValue?.jsonValue ?? .null,
            "serial": stated?["serial"] ?? .null,
            "key_last4": stated?["key_last4"] ?? .null,
            "expires_on": stated?["expires_on"] ?? .null,
            "verdict": item.decision?.verdict.jsonValue ?? .null,
            "verdict_entry": item.decision.map { material.entryNumber($0.leaf.index) } ?? .null,
            "meaning": item.decision.map { Self.meaning(of: $0.verdict.value) } ?? .null,
            "liability": JSONValue(text: item.decision?.liability.rawValue),
            "claim": JSONValue(text: item.decision?.claim?.text),
            "comparison": Self.comparison(item.decision?.verdict.value),
            "warranty": [
                "policy": item.terms.policy.jsonValue,
                "starts_at": JSONValue(text: window?.span?.start.rfc3339),
                "ends_at": JSONValue(text: window?.span?.end.rfc3339),
                "in_window": window.map { .bool($0.contains(material.asOf)) } ?? .null,
            ],
        ]
    }

    /// The gateway reports, it does not accuse: who says so comes first.
    static func meaning(of verdict: Verdict) -> JSONValue {
        [
            "zh-CN": .string(BundleWords.answer(verdict, in: .zhCN)),
            "en": .string(BundleWords.answer(verdict, in: .en)),
        ]
    }

    /// What was sold beside what the issuer said, where both are known (004:23).
    static func comparison(_ verdict: Verdict?) -> JSONValue {
        guard let verdict, let expected = verdict.expectedValue else { return .null }
        return [
            "expected": expected.jsonValue, "actual": verdict.actualValue?.jsonValue ?? .null,
        ]
    }

    /// A file that is not carried is named all the same, with what its entry commits to.
    /// A snapshot of the listing is compared with the terms that the order named.
    private func attachment(_ record: AttachmentRecord, _ content: [UInt8]?) -> JSONValue {
        let sha256 = Hexadecimal.encode(record.sha256)
        let terms = record.slot == .listing ? facts.order("terms_sha256")?.stringValue : nil
        let path = BundlePath.attachment(
            index: record.leafIndex - material.log.firstIndex,
            fileExtension: record.mediaType.fileExtension
        )
        return [
            "entry": material.entryNumber(record.leafIndex), "slot": .string(record.slot.rawValue),
            "given_by": .string(record.giver.rawValue),
            "handed_in_by": .string(record.source.rawValue),
            "sha256": .string(sha256),
            "matches_terms_sha256": terms.map { .bool($0.lowercased() == sha256) } ?? .null,
            "bytes": .integer(Int64(record.byteCount)),
            "path": content == nil ? .null : .string(path.path),
        ]
    }

    private func claim(_ record: ClaimRecord) -> JSONValue {
        let loss = material.items.first { $0.number == record.item }?.terms.faceValue
        return [
            "claim": .string(record.id.text), "line": .integer(Int64(record.line)),
            "state": .string(record.claim.state.rawValue),
            "problem_type": .string(record.claim.family.rawValue),
            "against": .string(record.claim.against.rawValue),
            "filed_at": .string(record.claim.filedAt.rfc3339),
            "due_at": JSONValue(text: record.dueAt?.rfc3339),
            "warranty_ends_at": JSONValue(text: record.warrantyEndsAt?.rfc3339),
            "amount": (loss ?? facts.paid)?.jsonValue ?? .null,
            "entry": material.entryNumber(record.leafIndex),
        ]
    }

    /// The index of an entry as text; nil for an entry of another log.
    func number(ofEntry index: UInt64) -> String? {
        material.entryNumber(index).integerValue.map { String($0) }
    }

    /// A part of a suit (004:20): by which slots it is shown, or that it is missing.
    private func section(_ names: [String]) -> JSONValue {
        let slots = names.compactMap { EvidenceSlot(rawValue: $0) }
        let shown = slots.filter { completeness.sources[$0] != nil }
        return [
            "status": shown.isEmpty ? "missing" : "present",
            "shown_by": .array(shown.map { .string($0.rawValue) }),
        ]
    }
}

extension EvidenceCompleteness {
    /// Looks for what fills each place.
    init(of material: BundleMaterial, _ facts: DeliveryFacts) {
        let verdicts = material.items.compactMap { $0.decision?.verdict.value }
        self.init(about: verdicts.map(\.state))
        let first = material.log.firstIndex
        fill(
            by: facts, material.entries,
            files: material.attachments.map { ($0.record.slot, $0.record.leafIndex - first) })
    }

    /// Takes what a delivery's notices, its entries and its files fill.
    mutating func fill(
        by facts: DeliveryFacts,
        _ entries: [MaterialEntry],
        files: [(slot: EvidenceSlot, index: UInt64)]
    ) {
        let notice = facts.sources.first.map { "entry \($0)" }
        if let notice {
            fill(.order, by: notice)
            if facts.order("payment_ref") != nil { fill(.payment, by: notice) }
            if facts["buyer_ref"] != nil { fill(.account, by: notice) }
            if facts["delivered_at"] != nil { fill(.delivery, by: notice) }
            if facts.order("terms_disclosed_at") != nil { fill(.termsDisclosed, by: notice) }
            if facts.paid != nil { fill(.loss, by: notice) }
        }
        for file in files { fill(file.slot, by: "attachment \(file.index)") }
        for entry in entries {
            guard let verdict = entry.verdict, entry.type != .claim else { continue }
            let source = "entry \(entry.index)"
            // One that we derived from what the issuer said is an answer of his too.
            if verdict.certainty == .authoritative || verdict.issuer != nil {
                fill(.issuerAnswer, by: source)
            }
            if verdict.expectedValue != nil && verdict.actualValue != nil
                || verdict.attributes.contains(where: { $0.agrees != nil })
                || verdict.term?.expectedDays != nil
            {
                fill(.comparison, by: source)
            }
            if verdict.timing != nil { fill(.custody, by: source) }
        }
    }

    var jsonValue: JSONValue {
        [
            "score": .integer(Int64(score)),
            "formula": "sum of the weights of the slots that are filled",
            "complete": .bool(isComplete),
            "missing": .array(missing.map { .string($0.rawValue) }),
            "missing_and_needed": .array(
                missing.filter { needed.contains($0) }.map { .string($0.rawValue) }
            ),
            "aspects": .object(
                JSONObject(
                    EvidenceAspect.allCases.map {
                        .init(name: $0.rawValue, value: .bool(shows($0)))
                    }
                )
            ),
            "slots": .array(EvidenceSlot.allCases.map { slot($0) }),
        ]
    }

    private func slot(_ slot: EvidenceSlot) -> JSONValue {
        [
            "slot": .string(slot.rawValue), "group": .string(slot.group.rawValue),
            "node": .string(slot.node.rawValue), "weight": .integer(Int64(slot.weight)),
            "proves": .array(slot.proves.map(\.rawValue).sorted().map { .string($0) }),
            "filled_by": .array((sources[slot] ?? []).map { .string($0) }),
        ]
    }
}
