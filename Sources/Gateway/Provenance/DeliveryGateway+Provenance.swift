public import CardModel
import EvidenceLog
public import WireFormat

extension DeliveryGateway {
    /// Where a code came from and whom it went to (M0-13, M4-38): batch, merchant, orders, buyers
    /// as keyed hashes, and the proofs. A code that the platform never saw has nothing.
    public func provenance(
        of code: CardCode,
        product name: String,
        platform: Platform
    ) async throws -> JSONValue {
        let product = catalogue.product(name, of: platform)
        let fingerprints = builder.fingerprinter.fingerprints(
            issuer: product.issuer, code: product.format.normalise(code))
        let trail = try await parts.store.codeTrail(
            of: fingerprints.key ?? fingerprints.code, platform: platform.number,
            limit: CodeTrail.mostRecords)
        return try await answer(trail, platform)
    }

    /// The same of each code that was handed over in a line of a delivery; nil when there is none.
    public func provenance(
        of delivery: DeliveryID,
        line: Int,
        platform: Platform
    ) async throws -> JSONValue? {
        guard let record = try await parts.store.delivery(delivery),
            record.platform == platform.number, record.restrictedAt == nil
        else { return nil }
        let items = try await parts.store.items(of: delivery).filter { $0.terms.line == line }
        guard !items.isEmpty else { return nil }
        var codes: [JSONValue] = []
        for item in items {
            var trail = try await parts.store.codeTrail(
                of: try await fingerprint(of: item, platform), platform: platform.number,
                limit: CodeTrail.mostRecords)
            // Of a product that is sold again and again nobody holds a code.
            if !trail.items.contains(where: { $0.number == item.number }) {
                trail.items.append(item)
            }
            codes.append(try await answer(trail, platform))
        }
        return [
            "delivery": .string(delivery.text), "line": .integer(Int64(line)),
            "codes": .array(codes),
        ]
    }

    /// Under which the item's code is held, as today's product makes it.
    private func fingerprint(
        of item: ItemRecord,
        _ platform: Platform
    ) async throws -> CardFingerprint {
        guard let wrapped = try await parts.store.wrappedDataKey(of: item.notice) else {
            return item.codeFingerprint
        }
        let code = try SealedCode.open(
            item.sealedCode, under: try platform.unwrap(wrapped),
            fingerprint: item.codeFingerprint
        ).code
        let product = catalogue.product(item.terms.product, of: platform)
        let fingerprints = builder.fingerprinter.fingerprints(
            issuer: product.issuer, code: product.format.normalise(code))
        return fingerprints.key ?? fingerprints.code
    }

    private func answer(_ trail: CodeTrail, _ platform: Platform) async throws -> JSONValue {
        var registrations: [JSONValue] = []
        for line in trail.lines {
            guard let batch = try await parts.store.batch(line.batch) else { continue }
            registrations.append(Self.registration(line, of: batch, platform))
        }
        var deliveries: [JSONValue] = []
        for item in trail.items {
            // What is kept for a legal hold alone, the platform does not see.
            guard let delivery = try await parts.store.delivery(item.delivery),
                delivery.restrictedAt == nil
            else { continue }
            deliveries.append(try await handOver(of: item, in: delivery, platform))
        }
        return [
            "registrations": .array(registrations), "deliveries": .array(deliveries),
            "complete": .bool(
                trail.lines.count < CodeTrail.mostRecords
                    && trail.items.count < CodeTrail.mostRecords),
        ]
    }

    private static func registration(
        _ line: StockCodeRecord,
        of batch: StockBatchRecord,
        _ platform: Platform
    ) -> JSONValue {
        [
            "batch": .string(batch.id.text), "name": .string(batch.terms.name),
            "supplier": JSONValue(text: batch.terms.supplier),
            "merchant": .string(batch.terms.merchant), "product": .string(batch.terms.product),
            "state": .string(batch.standing.state.rawValue),
            "imported_at": .string(batch.createdAt.rfc3339),
            "line": .integer(Int64(line.line)), "stands": .bool(line.isStanding),
            "sold_at": JSONValue(text: line.soldAt?.rfc3339),
            "evidence": batch.leaf.map { Answers.evidence(index: $0.index, platform: platform) }
                ?? .null,
            "line_proof_url": batch.leaf == nil
                ? .null : .string("/v1/batches/\(batch.id.text)/lines/\(line.line)/proof"),
        ]
    }

    private func handOver(
        of item: ItemRecord,
        in delivery: DeliveryRecord,
        _ platform: Platform
    ) async throws -> JSONValue {
        let claims = try await parts.store.claims(of: item.number)
        return [
            "delivery": .string(delivery.id.text), "order": .string(delivery.orderID),
            "line": .integer(Int64(item.terms.line)), "merchant": .string(item.terms.merchant),
            "product": .string(item.terms.product), "check": .string(item.check.text),
            // Equal for orders of the same buyer, and of nobody else's use.
            "buyer_code": JSONValue(text: delivery.buyerCode.map { Hexadecimal.encode($0) }),
            "delivered_at": JSONValue(text: item.deliveredAt?.rfc3339),
            "notices": .array(try await notices(tellingOf: item, platform)),
            "verdict": JSONValue(text: item.decision?.verdict.state.rawValue),
            "decided_at": JSONValue(text: item.decision?.decidedAt.rfc3339),
            "evidence": item.decision.map {
                Answers.evidence(index: $0.leaf.index, platform: platform)
            } ?? .null,
            "replaces": JSONValue(text: try await replaced(by: item)?.text),
            "replaced_by": JSONValue(text: try await replacement(of: claims)?.text),
            "claims": .array(
                claims.map { claim in
                    [
                        "claim": .string(claim.id.text),
                        "state": .string(claim.claim.state.rawValue),
                        "opened_at": .string(claim.claim.filedAt.rfc3339),
                        "evidence": Answers.evidence(index: claim.leafIndex, platform: platform),
                    ]
                }
            ),
        ]
    }

    /// The notices that told of the item: of its dispense, of its receipt, and again.
    private func notices(
        tellingOf item: ItemRecord,
        _ platform: Platform
    ) async throws -> [JSONValue] {
        var told: [JSONValue] = []
        for (_, notice) in try await parts.store.notices(of: item.delivery) {
            let answered = (try? JSONValue.parse(notice.answerItems))?.arrayValue ?? []
            let checks = answered.filter {
                $0["line"]?.integerValue == Int64(item.terms.line)
            }.compactMap { $0["check"]?.stringValue.flatMap { CheckID($0) } }
            var isTold = false
            for check in checks where !isTold {
                isTold = try await parts.store.check(check)?.item == item.number
            }
            guard isTold else { continue }
            told.append(
                [
                    "stage": .string(notice.stage.rawValue),
                    "accepted_at": .string(notice.acceptedAt.rfc3339),
                    "evidence": Answers.evidence(index: notice.leafIndex, platform: platform),
                ])
        }
        return told
    }

    // MARK: Replacements

    /// The check of the code that came in place of this one.
    private func replacement(of claims: [ClaimRecord]) async throws -> CheckID? {
        for claim in claims {
            for remedy in try await parts.store.remedies(of: claim.id)
            where remedy.state == .done && remedy.replacement != claim.item {
                guard let number = remedy.replacement else { continue }
                return try await parts.store.item(number)?.check
            }
        }
        return nil
    }

    /// The check of the code that this one came in place of; both are of one order and line.
    private func replaced(by item: ItemRecord) async throws -> CheckID? {
        guard item.replacesEndingAt != nil else { return nil }
        for other in try await parts.store.items(of: item.delivery)
        where other.terms.line == item.terms.line && other.number != item.number {
            for claim in try await parts.store.claims(of: other.number) {
                let remedies = try await parts.store.remedies(of: claim.id)
                if remedies.contains(where: { $0.replacement == item.number }) {
                    return other.check
                }
            }
        }
        return nil
    }
}
