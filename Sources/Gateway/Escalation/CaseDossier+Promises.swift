import CardModel
import WireFormat

extension CaseDossier {
    /// What the listing promised of the item, and what became of it (M2-15).
    var promises: [JudgedPromise] {
        guard let item else { return [] }
        let verdict = claim.verdict
        let facts = ListingPromise.Facts(
            placedAt: item.terms.placedAt,
            deliveredAt: item.deliveredAt,
            actualValue: verdict.actualValue,
            region: verdict.attributes.first { $0.name == "region" }?.actual,
            expiresOn: verdict.expiresOn,
            zone: policy?.window.zone ?? .shanghai
        )
        return item.terms.promised.promises.map { JudgedPromise(promise: $0, facts: facts) }
    }

    /// What differs from what was agreed, beside value and state (M4-30).
    var differences: [PacketComparison] {
        attributeRows + termRows + balanceRows + promises.compactMap(\.row)
    }

    private var item: ItemRecord? { material.items.first { $0.number == claim.item } }

    private var attributeRows: [PacketComparison] {
        claim.verdict.attributes.compactMap { check in
            guard check.agrees == false, let actual = check.actual else { return nil }
            return PacketComparison(
                attribute: LocalisedText(
                    zhCN: "属性 \(check.name)", en: "attribute \(check.name)"),
                agreed: check.expected,
                actual: actual
            )
        }
    }

    private var termRows: [PacketComparison] {
        guard claim.verdict.state == .termShortened, let term = claim.verdict.term,
            let expected = term.expectedDays
        else { return [] }
        return [
            PacketComparison(
                attribute: LocalisedText(zhCN: "会员时长（天）", en: "membership, in days"),
                agreed: String(expected),
                actual: String(term.term.wholeDays)
            )
        ]
    }

    private var balanceRows: [PacketComparison] {
        guard let agreed = item?.terms.promised.balanceUntil,
            let actual = claim.verdict.balanceUntil, actual < agreed
        else { return [] }
        return [
            PacketComparison(
                attribute: LocalisedText(zhCN: "余额有效期至", en: "balance good until"),
                agreed: agreed.iso8601,
                actual: actual.iso8601
            )
        ]
    }
}

/// A promise beside what happened.
struct JudgedPromise {
    let promise: ListingPromise
    let facts: ListingPromise.Facts

    /// Its own words, or what it promises, with the digest of where it stood.
    var words: LocalisedText {
        LocalisedText(zhCN: words(in: .zhCN), en: words(in: .en))
    }

    private func words(in language: Language) -> String {
        let stated = agreed.map { agreed in
            LocalisedText(zhCN: "\(label.zhCN)：\(agreed)", en: "\(label.en): \(agreed)")[language]
        }
        return [promise.text, stated, "sha256:\(promise.sourceSHA256)"].compactMap { $0 }
            .joined(separator: " · ")
    }

    private var agreed: String? {
        switch promise.kind {
        case .deliverWithin(let length): length.description
        case .faceValue(let money): money.description
        case .region(let region): region
        case .minimumShelfLife(let days): String(days)
        case nil: nil
        }
    }

    /// A broken promise as a row of the comparison. Value and region have rows of their own where
    /// the order states them, and are told there.
    var row: PacketComparison? {
        guard promise.outcome(facts) == .broken, let agreed, let actual else { return nil }
        return PacketComparison(attribute: label, agreed: agreed, actual: actual)
    }

    private var actual: String? {
        switch promise.kind {
        case .deliverWithin:
            facts.placedAt.flatMap { placedAt in
                facts.deliveredAt.map { deliveredAt in
                    let seconds = deliveredAt.duration(since: placedAt).components.seconds
                    return PolicyDuration.elapsed(seconds: max(0, seconds)).description
                }
            }
        case .faceValue: facts.actualValue?.description
        case .region: nil
        case .minimumShelfLife: facts.expiresOn?.iso8601
        case nil: nil
        }
    }

    private var label: LocalisedText {
        switch promise.kind {
        case .deliverWithin: LocalisedText(zhCN: "承诺交付时限", en: "promised delivery time")
        case .faceValue: LocalisedText(zhCN: "承诺面值", en: "promised face value")
        case .region: LocalisedText(zhCN: "承诺区服", en: "promised region")
        case .minimumShelfLife:
            LocalisedText(zhCN: "承诺剩余有效天数", en: "promised days of shelf life")
        case nil: LocalisedText(zhCN: "承诺", en: "promise")
        }
    }
}
