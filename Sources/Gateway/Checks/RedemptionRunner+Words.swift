import AdapterKit
import CardModel
import Crypto
import EvidenceLog
import WireFormat

extension RedemptionRunner {
    /// The change that records what was heard of an order.
    ///
    /// - Parameters:
    ///   - adapter: who said it, if not the adapter that redeems; the caller knows then whether it
    ///     is believed. The one that redeems neither accuses nor frees a code while its canaries
    ///     are not themselves.
    ///   - isFinal: whether nothing more can be hoped for: an open order goes to a person, and one
    ///     that took nothing is the last.
    func word(
        _ answer: RedemptionAnswer,
        of source: RedemptionSource,
        about opened: Opened,
        askedAt: Instant,
        by adapter: AdapterDescriptor? = nil,
        isFinal: Bool = false
    ) throws -> RedemptionWord {
        let now = time.now()
        let descriptor = adapter ?? opened.adapter.descriptor
        let isBelieved =
            adapter != nil || source == .gateway
            || trust.isTrusted(opened.leased.redemption.adapter)
        let answer = isBelieved ? answer : answer.distrusted
        let isFinal = isFinal && isBelieved
        let result = answer.settledResult
        let verdict = VerdictRules.verdict(
            result,
            terms: opened.leased.item.terms.value.judged(answer.disposition),
            custody: opened.leased.item.custody,
            adapter: descriptor,
            policy: opened.rules.policy,
            answeredAt: now
        )
        let leaf = try opened.drafting.leaf(
            .redemption,
            LeafContents.redemption(
                verdict,
                opened.leased,
                code: opened.order.inquiry.code,
                source: source,
                disposition: answer.disposition,
                transcripts: TranscriptContents.digests(result.transcripts)
            ),
            attachments: TranscriptContents.texts(result.transcripts),
            at: now,
            label: "word"
        )
        return RedemptionWord(
            number: opened.leased.redemption.number,
            platform: opened.platform.number,
            source: source,
            disposition: answer.disposition,
            verdict: verdict,
            askedAt: askedAt,
            at: now,
            leasedUntil: source == .callback ? nil : opened.leased.leasedUntil,
            askAgainAt: isFinal ? nil : nextPoll(answer, about: opened, at: now),
            retry: isFinal ? nil : retry(answer, about: opened, at: now),
            digest: source == .callback ? opened.platform.digest(of: answer) : nil,
            skewMargin: .seconds(descriptor.limits.skewMarginSeconds),
            rules: opened.rules,
            leaf: leaf,
            drafting: opened.drafting
        )
    }

    private func nextPoll(
        _ answer: RedemptionAnswer,
        about opened: Opened,
        at now: Instant
    ) -> Instant? {
        RedemptionRules.nextPoll(
            of: opened.leased.redemption,
            settlement: means(of: opened.leased.redemption.adapter, opened.adapter),
            heard: answer.result,
            schedule: schedule,
            placedAt: opened.order.placedAt,
            at: now,
            jitter: Double(random.bytes(1)[0]) / 255
        )
    }

    /// A further order under a new number, when this one explicitly took nothing.
    private func retry(
        _ answer: RedemptionAnswer,
        about opened: Opened,
        at now: Instant
    ) -> (number: RedemptionNumber, dueAt: Instant)? {
        let ordinal = opened.leased.redemption.ordinal
        guard answer.disposition == .notTaken, ordinal < RedemptionRules.mostOrders else {
            return nil
        }
        let next = retries.next(
            asksMade: ordinal,
            lastAskedAt: now,
            firstAskedAt: now,
            untolledEnd: nil,
            retryAfter: answer.result.retryAfter,
            jitter: Double(random.bytes(1)[0]) / 255
        )
        guard case .ask(let instant) = next else { return nil }
        let number = RedemptionNumber(
            random: random.bytes(RedemptionNumber.randomByteCount)
        )
        return (number, instant)
    }

    /// Ends an order whose code was erased: it was never sent, or a person has to find out. Its
    /// leaf commits to nothing that was erased.
    func closing(_ leased: LeasedRedemption) async throws -> RedemptionWord {
        let now = time.now()
        let order = leased.redemption
        let disposition: RedemptionAnswer.Disposition =
            order.state == .planned ? .notTaken : .unknown
        let verdict = Verdict(
            state: .indeterminate,
            certainty: .derived,
            cause: .ourRequest
        )
        let drafting = LeafDrafting(
            seed: random.bytes(LeafDrafting.seedByteCount),
            dataKey: SymmetricKey(data: random.bytes(32))
        )
        return RedemptionWord(
            number: order.number,
            platform: order.platform,
            source: .gateway,
            disposition: disposition,
            verdict: verdict,
            askedAt: now,
            at: now,
            leasedUntil: leased.leasedUntil,
            skewMargin: Timing.defaultSkewMargin,
            rules: try await policies.rules(leased.item.terms.policy),
            leaf: try drafting.leaf(
                .redemption,
                LeafContents.redemption(
                    verdict,
                    leased,
                    code: nil,
                    source: .gateway,
                    disposition: disposition,
                    transcripts: []
                ),
                at: now,
                label: "closing"
            ),
            drafting: drafting
        )
    }
}

extension RedemptionAnswer.Disposition {
    /// How evidence names it.
    var word: String {
        switch self {
        case .settled: "settled"
        case .accepted: "accepted"
        case .notTaken: "not_taken"
        case .unknown: "unknown"
        }
    }
}

extension RedemptionAnswer {
    /// What the answer is worth while nobody knows what the issuer's words mean: that a code was
    /// spent for the buyer is believed, because it takes nothing from anybody and sends nothing.
    fileprivate var distrusted: RedemptionAnswer {
        if disposition == .settled, result.state.isGood { return self }
        return RedemptionAnswer(
            disposition == .accepted ? .accepted : .unknown,
            result.distrusted
        )
    }

    /// The result as its disposition allows: only the issuer's last word is a defect of the code.
    fileprivate var settledResult: InquiryResult {
        switch disposition {
        case .settled: result
        case .accepted: result.undecided(.inProgress)
        case .unknown: result.undecided(.ambiguousAnswer)
        case .notTaken: result.state.isGood ? result : result.undecided(.ambiguousAnswer)
        }
    }
}

extension ItemTerms {
    /// The label's date is no verdict while an order is under way.
    fileprivate func judged(_ disposition: RedemptionAnswer.Disposition) -> ItemTerms {
        guard disposition != .settled else { return self }
        var terms = self
        terms.expiresOn = nil
        terms.promised.balanceUntil = nil
        return terms
    }
}

extension Platform {
    /// Keyed hash of what a callback says, however it was spelled.
    fileprivate func digest(of answer: RedemptionAnswer) -> [UInt8] {
        let result = answer.result
        let word: JSONValue = [
            "disposition": .string(answer.disposition.word),
            "state": .string(result.state.rawValue),
            "code": JSONValue(text: result.issuer.code),
            "text": JSONValue(text: result.issuer.text),
            "at": JSONValue(result.issuer.at),
            "value": result.actualValue?.jsonValue ?? .null,
            "expires_on": JSONValue(text: result.expiresOn?.iso8601),
        ]
        return bodyCode(word.serialized())
    }
}

extension LeafContents {
    /// What a consent commits to. The beneficiary is opened to nobody but who holds the record.
    static func consent(
        _ consent: ConsentRecord,
        beneficiary: SecretValue?,
        of item: ItemRecord,
        orderID: String,
        code: CardCode
    ) -> [JSONObject.Member] {
        [
            .init(name: "event_id", value: .string(consent.id.text)),
            .init(name: "order_ref", value: .string(orderID)),
            .init(name: "merchant", value: .string(item.terms.merchant)),
            .init(name: "product", value: .string(item.terms.product)),
            .init(name: "line", value: .integer(Int64(item.terms.line))),
            .init(name: "operation", value: .string(consent.operation.rawValue)),
            .init(name: "given_by", value: .string(consent.givenBy.rawValue)),
            .init(name: "given_at", value: .string(consent.givenAt.rfc3339)),
            .init(
                name: "statement_sha256",
                value: JSONValue(text: consent.statementSHA256.map { Hexadecimal.encode($0) })
            ),
            .init(
                name: Self.beneficiary,
                value: beneficiary?.withUnredacted { .string($0) } ?? .null
            ),
        ] + self.code(code)
    }

    /// The field that names whose account was credited.
    static let beneficiary = "beneficiary"

    /// What is about to be sent.
    static func intent(
        _ order: RedemptionOrder,
        _ leased: LeasedRedemption
    ) -> [JSONObject.Member] {
        [
            .init(name: "event_id", value: .string(leased.redemption.check.text)),
            .init(name: "order_ref", value: .string(leased.orderID)),
            .init(name: "merchant", value: .string(leased.item.terms.merchant)),
            .init(name: "product", value: .string(leased.item.terms.product)),
            .init(name: "line", value: .integer(Int64(leased.item.terms.line))),
            .init(
                name: "intent",
                value: [
                    "order": .string(leased.redemption.number.text),
                    "adapter": .string(leased.redemption.adapter),
                    "consent": .string(leased.consent.id.text),
                    "placed_at": .string(order.placedAt.rfc3339),
                ]
            ),
        ] + code(order.inquiry.code)
    }

    /// A word about an order.
    static func redemption(
        _ verdict: Verdict,
        _ leased: LeasedRedemption,
        code: CardCode?,
        source: RedemptionSource,
        disposition: RedemptionAnswer.Disposition,
        transcripts: JSONValue
    ) -> [JSONObject.Member] {
        self.verdict(
            verdict,
            orderID: leased.orderID,
            item: leased.item,
            check: leased.redemption.check,
            code: code,
            trigger: leased.consent.givenBy == .buyer ? .buyer : .gateway,
            transcripts: transcripts,
            link: [
                "redemption": [
                    "order": .string(leased.redemption.number.text),
                    "source": .string(source.rawValue),
                    "disposition": .string(disposition.word),
                ]
            ]
        )
    }
}
