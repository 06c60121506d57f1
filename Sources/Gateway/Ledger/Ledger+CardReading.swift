import CardModel
import EvidenceLog
import WireFormat

extension Ledger {
    /// Decides by what stands on the card. A defect has a leaf of its own, as an issuer's word
    /// has; where nothing was found and nobody can be asked, the delivery's leaf is all there is.
    mutating func decide(
        _ reading: CardReading,
        _ item: inout ItemRecord,
        isNew: Bool,
        _ admitted: AdmittedItem,
        _ context: inout AdmissionContext
    ) throws {
        let verdict = reading.verdict.value
        let act = context.act(on: item)
        var leaf = LeafReference(index: context.leafIndex, hash: context.admission.leaf.hash)
        if reading.isDefect {
            let own = try act.drafting.leaf(
                .inquiry,
                LeafContents.verdict(
                    verdict, orderID: act.orderID, item: item, check: item.check, code: nil,
                    trigger: .gateway, transcripts: []),
                at: act.at,
                label: "reading \(act.label)"
            )
            leaf = LeafReference(
                index: try append(own, of: .notice(act.notice), platform: item.platform),
                hash: own.hash
            )
        }
        item.note(
            verdict,
            at: act.at,
            stage: context.admission.notice.stage,
            trigger: .gateway
        )
        try decide(
            Finding(
                reading, by: item.check, rules: try rules(of: item, admitted), at: act.at,
                leaf: leaf),
            item: &item,
            among: isNew ? [] : transaction.claims(of: item.number),
            act,
            &context.receipt
        )
    }
}

extension CardReading {
    /// Whether a claim may follow from it.
    var isDefect: Bool { verdict.state.defectFamily != nil }
}

extension AdmittedItem {
    /// What stands on the card. It was read by the terms of its notice; where others stand, its
    /// adapter is asked.
    func reading(under terms: Stored<ItemTerms>) -> CardReading? {
        terms.value == self.terms.value || answerer.adapter == nil ? answerer.reading : nil
    }
}

extension Ledger {
    /// The rules of the policy that an item pinned: of today's where it is new, of those of its
    /// dispense where a policy was published before its receipt. What is published never reaches
    /// back (claims.md E3).
    func rules(of item: ItemRecord, _ admitted: AdmittedItem) throws -> ClaimRules {
        let pin = item.terms.policy
        guard pin.hash != admitted.terms.policy.hash else { return admitted.rules }
        guard let text = try transaction.policyText(hash: pin.hash),
            let policy = try? WarrantyPolicy(jsonValue: JSONValue.parse(text))
        else { throw StoreError.broken("a pinned policy is not kept") }
        return ClaimRules(
            policy: policy, calendar: admitted.rules.calendar, tables: admitted.rules.tables)
    }
}
