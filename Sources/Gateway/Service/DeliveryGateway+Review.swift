import CardModel
import EvidenceLog
import Logging
public import WireFormat

/// What the platform's people see of the claims that wait for them.
extension DeliveryGateway {
    /// Claims of one queue that are weighed against each other; those that are due later wait until
    /// some of these are decided.
    public static let mostQueued = 200

    /// The claims that people of the platform, or an arbiter, look into, in the order in which they
    /// should (``ReviewPlace``); each with how full its case is.
    public func reviewQueue(platform: Platform?, limit: Int) async throws -> JSONValue {
        let records = try await parts.store.claims(
            in: ClaimState.allCases.filter(\.isReviewed), platform: platform?.number,
            limit: Self.mostQueued)
        let zone = parts.catalogue.ruleBook[nil].zone
        var materials: [DeliveryID: CaseMaterial?] = [:]
        var queue: [(place: ReviewPlace, answer: JSONValue)] = []
        for record in records {
            guard let owner = directory.platform(record.platform), let dueAt = record.dueAt
            else { continue }
            func place(_ completeness: EvidenceCompleteness?) -> ReviewPlace {
                ReviewPlace(
                    dueAt: dueAt, filedAt: record.claim.filedAt,
                    isComplete: completeness?.isComplete ?? false,
                    score: completeness?.score ?? 0, zone: zone)
            }
            // They come by the time at which they are due: those of a later day come after all.
            if queue.count >= limit, let last = queue.last,
                last.place.dueDay < place(nil).dueDay
            {
                break
            }
            let known = materials[record.delivery]
            let material =
                if let known { known } else {
                    try await readableMaterial(of: record.delivery, owner)
                }
            materials[record.delivery] = .some(material)
            let completeness = material.map { $0.completeness(of: record) }
            var answer = Answers.claim(record, history: nil, platform: owner).objectValue
            answer?["completeness"] = completeness?.jsonValue ?? .null
            queue.append((place(completeness), answer.map { .object($0) } ?? .null))
        }
        return .array(queue.sorted { $0.place < $1.place }.prefix(limit).map(\.answer))
    }

    /// What the queue may open of a delivery: nothing of one that is kept for a legal hold alone,
    /// and nothing where a record cannot be read, so that one such record stops nobody's review.
    private func readableMaterial(
        of delivery: DeliveryID,
        _ platform: Platform
    ) async throws -> CaseMaterial? {
        guard try await withheld(delivery, from: platform) == nil else { return nil }
        do {
            return try await material(of: delivery, platform)
        } catch let failure as StoreError {
            throw failure
        } catch {
            parts.logger.error(
                "a case of the review queue cannot be read",
                metadata: ["delivery": "\(delivery.text)", "error": "\(type(of: error))"])
            return nil
        }
    }

    /// Which places of a claim's case are filled, and the reviewer's list of points.
    func review(
        of record: ClaimRecord,
        _ platform: Platform
    ) async throws -> (completeness: EvidenceCompleteness, checklist: ReviewChecklist) {
        let completeness = try await material(of: record.delivery, platform)
            .completeness(of: record)
        let item = try await parts.store.item(record.item)
        let terms = item?.terms.value
        let now = parts.time.now()
        let facts = ReviewFacts(
            verdict: record.verdict,
            standing: item?.decision?.verdict.value,
            order: ReviewFacts.Order(
                placedAt: terms?.placedAt, paid: terms?.price,
                termsDisclosedAt: terms?.termsDisclosedAt, deliveredAt: item?.deliveredAt),
            merchant: parts.merchants.reviewed(
                record.merchant, on: parts.catalogue.ruleBook[nil].zone.day(of: now)),
            evidence: EvidenceSlot.allCases.filter(completeness.needed.contains).map { slot in
                ReviewFacts.Evidence(
                    slot: slot.rawValue,
                    name: LocalisedText(zhCN: slot.name(in: .zhCN), en: slot.name(in: .en)),
                    isFilled: completeness.sources[slot] != nil,
                    isIssuersAnswer: slot == .issuerAnswer)
            }
        )
        return (completeness, ReviewChecklist(facts))
    }

    /// The entries and the names of the files of a delivery; no proof is made and no file is opened
    /// for it.
    private func material(
        of delivery: DeliveryID,
        _ platform: Platform
    ) async throws -> CaseMaterial {
        let reader = bundleReader(platform, withFiles: false)
        var entries: [MaterialEntry] = []
        for notice in try await parts.store.notices(of: delivery) {
            entries += try await reader.entries(of: notice.number, platform).map {
                MaterialEntry(index: $0.index, bytes: $0.bytes, record: $0.record)
            }
        }
        return CaseMaterial(
            entries: entries, files: try await parts.store.attachments(of: delivery))
    }
}

/// What is on record of a delivery, for the claims about it.
private struct CaseMaterial {
    let entries: [MaterialEntry]
    let files: [AttachmentRecord]

    /// What a case about the claim's defects has and lacks.
    func completeness(of record: ClaimRecord) -> EvidenceCompleteness {
        var completeness = EvidenceCompleteness(
            about: [record.claim.defect] + record.claim.attachedDefects)
        completeness.fill(
            by: DeliveryFacts(entries), entries.filter { $0.isAbout(line: record.line) },
            files: files.map { ($0.slot, $0.leafIndex) })
        return completeness
    }
}

extension MaterialEntry {
    /// Whether it tells of one line of the order, or of all of them.
    fileprivate func isAbout(line: Int) -> Bool {
        self["line"]?.integerValue.map { $0 == Int64(line) } ?? true
    }
}
