public import CardModel
import EvidenceLog
public import WireFormat

/// One page of a list, with the cursor of the next.
public struct Page: Sendable {
    public let items: [JSONValue]
    /// Opaque; nil when this was the last page.
    public let next: String?

    /// Elements of one page: the default and the most.
    public static let defaultLimit = 100
    public static let largestLimit = 1_000

    /// The page with its items under a name of their own, as every list is written.
    public func named(_ name: String) -> JSONValue {
        .object(
            JSONObject([
                .init(name: name, value: .array(items)),
                .init(name: "next_cursor", value: JSONValue(text: next)),
            ])
        )
    }
}

extension DeliveryGateway {
    /// A delivery with what stands for its items; nil when the platform has none of this id.
    ///
    /// - Parameter seesRestricted: whoever asks may also see what is kept for a legal hold alone.
    public func delivery(
        _ id: DeliveryID,
        platform: Platform,
        seesRestricted: Bool = false
    ) async throws -> JSONValue? {
        guard let delivery = try await parts.store.delivery(id),
            delivery.platform == platform.number,
            let notice = try await parts.store.firstNotice(of: id)
        else { return nil }
        return try await deliveryAnswer(
            id, notice: StoredAnswer(notice), platform, seesRestricted: seesRestricted)
    }

    /// The delivery that a webhook brought, with that webhook's receipt.
    public func delivery(
        webhookID: String,
        platform: Platform,
        seesRestricted: Bool = false
    ) async throws -> JSONValue? {
        guard
            let notice = try await parts.store.notice(
                platform: platform.number,
                webhookID: webhookID
            )
        else { return nil }
        return try await deliveryAnswer(
            notice.delivery,
            notice: StoredAnswer(notice),
            platform,
            seesRestricted: seesRestricted
        )
    }

    func deliveryAnswer(
        _ id: DeliveryID,
        notice: StoredAnswer,
        _ platform: Platform,
        seesRestricted: Bool = false
    ) async throws -> JSONValue? {
        guard let delivery = try await parts.store.delivery(id),
            seesRestricted || delivery.restrictedAt == nil
        else { return nil }
        let items = try await parts.store.items(of: id)
        let (hash, proof) = try await evidence(at: notice.leafIndex, platform: platform)
        return Answers.delivery(
            delivery,
            items: items,
            notice: notice,
            platform: platform,
            leafHash: hash,
            proof: proof
        )
    }

    /// Accepted notices in the order of acceptance. A nil platform means all (operators only).
    public func notices(
        platform: Platform?,
        since: Instant?,
        cursor: String?,
        limit: Int
    ) async throws -> Page {
        let after = cursor.flatMap { Int64($0) }.map { NoticeNumber(rawValue: $0) }
        let rows = try await parts.store.notices(
            platform: platform?.number,
            since: since,
            after: after,
            limit: limit
        )
        return Page(
            items: rows.compactMap { row in
                directory.platform(row.record.platform).map {
                    Answers.notice(row.record, platform: $0)
                }
            },
            next: rows.count == limit ? rows.last.map { String($0.number.rawValue) } : nil
        )
    }

    /// A check with its latest verdict.
    public func check(_ id: CheckID, platform: Platform) async throws -> JSONValue? {
        guard let check = try await parts.store.check(id), check.platform == platform.number,
            let item = try await parts.store.item(check.item)
        else { return nil }
        return Answers.check(check, item: item, platform: platform)
    }

    /// A claim with its history, and what was said when it was reported.
    ///
    /// - Parameters:
    ///   - viewer: who asks, or for whom; not everybody sees every step.
    ///   - isReviewer: whoever asks decides about claims: with the points to look through, while
    ///     it is reviewed.
    public func claim(
        _ id: ClaimID,
        platform: Platform?,
        for viewer: ClaimActor,
        isReviewer: Bool = false
    ) async throws -> JSONValue? {
        guard let record = try await parts.store.claim(id),
            platform.map({ $0.number == record.platform }) ?? true,
            let owner = directory.platform(record.platform)
        else { return nil }
        let history = try await parts.store.claimHistory(id)
        let answer = Answers.claim(
            record,
            history: history.filter { $0.isShown(to: viewer) },
            remedies: try await parts.store.remedies(of: id),
            held: try await held(for: record, toldTo: viewer),
            platform: owner
        )
        // What is kept for a legal hold alone is opened to nobody here.
        guard var object = answer.objectValue,
            try await withheld(record.delivery, from: owner) == nil
        else { return answer }
        let hasWords = history.contains { $0.mayHaveWords }
        object["statements"] = .array(hasWords ? try await statements(of: record, owner) : [])
        let rules = try await policies.rules(record.claim.policy)
        object["void_clauses"] = .array(
            rules.policy.voidClauses.map { $0.jsonValue(by: rules.tables.law) })
        if isReviewer, record.claim.state.isReviewed {
            let review = try await review(of: record, owner)
            object["completeness"] = review.completeness.jsonValue
            object["review_checklist"] = review.checklist.jsonValue
        }
        return .object(object)
    }

    /// What is frozen of the merchant's deposit for the claim, which its two sides and the
    /// platform's people see; null where no price bounds it.
    private func held(
        for record: ClaimRecord,
        toldTo viewer: ClaimActor
    ) async throws -> JSONValue? {
        guard viewer != .thirdParty else { return nil }
        guard let currency = record.claim.price?.currency else { return .null }
        let balances = try await parts.store.ledgerBalances(
            of: .frozen(merchant: record.merchant, claim: record.id.text),
            platform: record.platform)
        let held = balances.first { $0.currency == currency }
        return (held ?? Money(minorUnits: 0, currency: currency))?.jsonValue ?? .null
    }

    /// Claims in the order in which they were committed. A nil platform means all (operators only).
    /// - Parameter merchant: nil for those of every merchant.
    public func claims(
        platform: Platform?,
        merchant: String? = nil,
        cursor: String?,
        limit: Int
    ) async throws -> Page {
        let rows = try await parts.store.claims(
            platform: platform?.number,
            merchant: merchant,
            after: cursor.flatMap { ClaimID($0) },
            limit: limit
        )
        return Page(
            items: rows.compactMap { record in
                directory.platform(record.platform).map {
                    Answers.claim(record, history: nil, platform: $0)
                }
            },
            next: rows.count == limit ? rows.last?.id.text : nil
        )
    }

    /// Hash and `.tlog-proof` of a leaf that was written.
    func evidence(
        at index: UInt64,
        platform: Platform
    ) async throws -> (hash: TreeHash, proof: [UInt8]) {
        guard
            let entry = try await parts.store.entries(
                of: platform.number,
                in: index..<index + 1
            ).first,
            let proof = try await log.proof(ofEntry: index, platform: platform.number)
        else { throw StoreError.broken("entry \(index) of \(platform.name) is not there") }
        return (entry.hash, proof)
    }

    /// A leaf with its opened fields, for those who hold the platform's keys. The key of a card
    /// stays closed: only its last four are opened.
    /// - Returns: nil past the end of the log; `fields` is null after erasure.
    public func openedEvidence(at index: UInt64, platform: Platform) async throws -> JSONValue? {
        guard
            let entry = try await parts.store.entries(
                of: platform.number,
                in: index..<index + 1
            ).first,
            let proof = try await log.proof(ofEntry: index, platform: platform.number)
        else { return nil }
        var disclosures: [Disclosure] = []
        let wrapped: [UInt8]? =
            switch entry.owner {
            case .notice(let notice): try await parts.store.wrappedDataKey(of: notice)
            case .batch(let batch): try await parts.store.batch(batch)?.wrappedDataKey
            case .log: nil
            }
        if let wrapped,
            let dataKey = try? platform.unwrap(wrapped)
        {
            let record = try EvidenceRecord(
                sealed: entry.sealedRecord,
                hash: entry.hash,
                dataKey: dataKey
            )
            disclosures = try record.disclosures()
                .filter { !LeafContents.closed.contains($0.name) }
        }
        let fields = disclosures.map { JSONObject.Member(name: $0.name, value: $0.value) }
        return [
            "index": .integer(Int64(index)), "leaf_hash": .string(entry.hash.base64),
            "leaf": .string(String(decoding: entry.leaf, as: UTF8.self)),
            "fields": fields.isEmpty ? .null : .object(JSONObject(fields)),
            "disclosures": .array(disclosures.map { .string($0.text) }),
            "proof": .string(String(decoding: proof, as: UTF8.self)),
        ]
    }
}
