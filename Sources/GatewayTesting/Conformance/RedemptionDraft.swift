import AdapterKit
import CardModel
import Gateway
import WireFormat

/// Consents, intents and words as a case writes them down.
extension StoreBench {
    /// The buyer's consent to an operation on the first code of a delivery.
    func consent(
        _ answer: StoredAnswer,
        _ operation: AdapterOperation = .redeem,
        key: String? = nil,
        body: String = "body"
    ) async throws -> Change {
        let item = try require(try await items(answer).first, "the item")
        let now = time.now()
        let consent = ConsentRecord(
            id: ConsentID(at: now, random: random.bytes(10)),
            item: item.number,
            operation: operation,
            givenBy: .buyer,
            givenAt: now,
            recordedAt: now,
            statementSHA256: random.bytes(32),
            sealedBeneficiary: random.bytes(40),
            idempotency: key.map { Idempotency(key: $0, actCode: Array(body.utf8)) }
        )
        return .giveConsent(
            ConsentGrant(
                platform: platform.number,
                delivery: answer.delivery,
                consent: consent,
                plan: operation == .redeem
                    ? RedemptionPlan(
                        number: newNumber(),
                        check: CheckID(at: now, random: random.bytes(10)),
                        adapter: "issuer",
                        fingerprint: item.codeFingerprint,
                        dueAt: now
                    ) : nil,
                leaf: try newDrafting().leaf(
                    .consent,
                    [.init(name: "event_id", value: .string(consent.id.text))],
                    at: now,
                    label: "consent"
                )
            )
        )
    }

    /// The receipt of a consent; nil when it was refused.
    func grant(_ answer: StoredAnswer, key: String) async throws -> Receipt? {
        guard case .committed(let receipt) = try await commit(consent(answer, key: key)) else {
            return nil
        }
        return receipt
    }

    func newNumber() -> RedemptionNumber {
        RedemptionNumber(random: random.bytes(RedemptionNumber.randomByteCount))
    }

    func orders() async throws -> [RedemptionRecord] {
        try await store.redemptions(platform: nil, state: nil, after: nil, limit: 100)
    }

    func leaseOrders() async throws -> [LeasedRedemption] {
        let now = time.now()
        return try await store.leaseRedemptions(
            adapter: "issuer", in: nil, limit: 100, now: now, until: now + .seconds(60))
    }

    /// Leases the one order that is due.
    func leaseOrder() async throws -> LeasedRedemption {
        let leased = try await leaseOrders()
        expect(leased.count, is: 1, "due orders")
        return try require(leased.first, "a due order")
    }

    func intend(_ leased: LeasedRedemption) async throws -> CommitOutcome {
        try await commit(
            .intendRedemption(
                RedemptionIntent(
                    number: leased.redemption.number,
                    leasedUntil: leased.leasedUntil,
                    at: time.now(),
                    leaf: try newDrafting().leaf(
                        .redemption,
                        [.init(name: "event_id", value: .string(leased.redemption.check.text))],
                        at: time.now(),
                        label: "intent"
                    )
                )
            )
        )
    }

    /// An order that was consented to and sent, with no answer yet.
    func placed(_ answer: StoredAnswer) async throws -> RedemptionRecord {
        _ = try await commit(consent(answer))
        let leased = try await leaseOrder()
        guard case .committed(let receipt) = try await intend(leased) else {
            throw Missing(description: "the intent")
        }
        return try require(receipt.redemption, "the order")
    }

    /// What was heard of an order.
    func word(
        _ order: RedemptionRecord,
        _ disposition: RedemptionAnswer.Disposition,
        _ verdict: Verdict,
        from source: RedemptionSource = .redeem,
        askedAt: Instant? = nil,
        digest: [UInt8]? = nil,
        leased: LeasedRedemption? = nil,
        again: Duration? = nil
    ) throws -> Change {
        let now = time.now()
        let drafting = newDrafting()
        return .recordRedemption(
            RedemptionWord(
                number: order.number,
                platform: order.platform,
                source: source,
                disposition: disposition,
                verdict: verdict,
                askedAt: askedAt ?? now,
                at: now,
                leasedUntil: leased?.leasedUntil,
                askAgainAt: again.map { now + $0 },
                digest: digest,
                skewMargin: .seconds(120),
                rules: ClaimRules(policy: .sevenDays, calendar: .weekdays),
                leaf: try drafting.leaf(
                    .redemption,
                    [.init(name: "event_id", value: .string(order.check.text))],
                    at: now,
                    label: "word"
                ),
                drafting: drafting
            )
        )
    }
}

extension Sequence {
    /// Maps one element after the other.
    func asyncMap<Value>(
        _ transform: (Element) async throws -> Value
    ) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
