import CardModel
import EvidenceLog
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
        var queue: [(place: ReviewPlace, answer: JSONValue)] = []
        for record in records {
            guard let owner = directory.platform(record.platform), let dueAt = record.dueAt
            else { continue }
            let completeness = try await completeness(of: record, owner)
            let place = ReviewPlace(
                dueAt: dueAt, filedAt: record.claim.filedAt,
                isComplete: completeness.isComplete, score: completeness.score, zone: zone)
            var answer = Answers.claim(record, history: nil, platform: owner).objectValue
            answer?["completeness"] = completeness.jsonValue
            queue.append((place, answer.map { .object($0) } ?? .null))
        }
        return .array(queue.sorted { $0.place < $1.place }.prefix(limit).map(\.answer))
    }

    /// Which places of a claim's case are filled, and the reviewer's list of points.
    func review(
        of record: ClaimRecord,
        _ platform: Platform
    ) async throws -> (completeness: EvidenceCompleteness, checklist: ReviewChecklist) {
        let completeness = try await completeness(of: record, platform)
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

    /// What a case about the claim's defects has and lacks, from the entries and the files of its
    /// delivery; no proof is made and no file is opened for it.
    private func completeness(
        of record: ClaimRecord,
        _ platform: Platform
    ) async throws -> EvidenceCompleteness {
        let reader = bundleReader(platform, withFiles: false)
        var entries: [MaterialEntry] = []
        for notice in try await parts.store.notices(of: record.delivery) {
            entries += try await reader.entries(of: notice.number, platform).map {
                MaterialEntry(index: $0.index, bytes: $0.bytes, record: $0.record)
            }
        }
        let files = try await parts.store.attachments(of: record.delivery)
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
