import AdapterKit
import CardModel
import Crypto
import EvidenceLog
import Logging
import WireFormat

/// Carries out one leased check: opens the code, asks the issuer, makes the verdict and its leaf.
struct CheckRunner: Sendable {
    let directory: PlatformDirectory
    let registry: AdapterRegistry
    let catalogue: ProductCatalogue
    let policies: PolicyLibrary
    let transport: any HTTPTransport
    let time: any TimeSource
    let random: any RandomSource
    let reask: ReaskSchedule
    let store: any StoreReading

    /// Why a check could not even be asked.
    struct Failure: Error {
        let reason: String
    }

    /// An issuer's answer to a leased check, and all that makes a change of it.
    struct Answer {
        let signal: IssuerSignal
        fileprivate let leased: LeasedCheck
        fileprivate let code: CardCode
        fileprivate let askedAt: Instant
        fileprivate let missingConsent: AdapterOperation?
        fileprivate let adapter: AdapterDescriptor
        fileprivate let rules: ClaimRules
        fileprivate let dataKey: SymmetricKey
        fileprivate let result: InquiryResult
    }

    /// Opens the code and asks the issuer.
    /// - Throws: ``Failure`` when the code cannot be opened (erased, or another master key), or
    ///   `CancellationError` when the gateway is going down.
    func ask(_ leased: LeasedCheck) async throws -> Answer {
        guard let platform = directory.platform(leased.check.platform) else {
            throw Failure(reason: "platform \(leased.check.platform.rawValue) is not loaded")
        }
        guard let wrapped = leased.wrappedDataKey, let dataKey = try? platform.unwrap(wrapped),
            let delivered = try? SealedCode.open(
                leased.item.sealedCode,
                under: dataKey,
                fingerprint: leased.item.codeFingerprint
            )
        else { throw Failure(reason: "the code of check \(leased.check.id) does not open") }
        guard let adapter = leased.check.adapter.flatMap({ registry.adapter($0) }) else {
            throw Failure(reason: "adapter \(leased.check.adapter ?? "-") is not configured")
        }
        let rules = try await policies.rules(leased.item.terms.policy)
        let askedAt = time.now()
        let missing = try await missingConsent(for: leased.item, adapter.descriptor)
        let (heard, signal) =
            missing != nil
            ? (InquiryResult.indeterminate(.consentMissing), IssuerSignal.nothing)
            : await inquire(
                leased,
                delivered: delivered,
                at: askedAt,
                adapter: adapter,
                policy: rules.policy
            )
        try Task.checkCancellation()
        // After the answer: an order that was made meanwhile explains it, too.
        let orders = try await orders(for: leased.item)
        let known = missing == .redeem ? try await ordered(orders) : nil
        let result =
            if let known { known } else {
                try await reading(heard, besides: orders, adapter.descriptor)
            }
        return Answer(
            signal: signal,
            leased: leased,
            code: delivered.code,
            askedAt: askedAt,
            missingConsent: (known?.state ?? .indeterminate) == .indeterminate ? missing : nil,
            adapter: adapter.descriptor,
            rules: rules,
            dataKey: dataKey,
            result: result
        )
    }

    private func inquire(
        _ leased: LeasedCheck,
        delivered: DeliveredCode,
        at askedAt: Instant,
        adapter: any IssuerAdapter,
        policy: WarrantyPolicy
    ) async -> (InquiryResult, IssuerSignal) {
        let terms = leased.item.terms.value
        let inquiry = Inquiry(
            code: delivered.code,
            terms: terms,
            issuerReference: delivered.issuerReference,
            askedAt: askedAt,
            deliveredAt: leased.item.deliveredAt,
            format: catalogue[terms.product]?.format ?? .generic,
            nonce: random.nonce(),
            continuation: leased.check.continuation,
            policy: policy
        )
        let bounded = DeadlineTransport(
            transport,
            budget: adapter.descriptor.limits.questionTimeout,
            time: time
        )
        do {
            let result = try await adapter.inquire(inquiry, using: bounded)
            return (result, IssuerSignal(result))
        } catch {
            // No answer is never evidence against anybody (DESIGN §4).
            let result = InquiryResult.indeterminate(
                error.cause,
                retryAfter: error.retryAfter,
                transcripts: error.transcripts
            )
            return (result, IssuerSignal(error))
        }
    }

    /// The change that records an answer.
    /// - Parameter isTrusted: whether the adapter's canaries are themselves.
    func outcome(of answer: Answer, isTrusted: Bool) throws -> CheckOutcome {
        let leased = answer.leased
        let answeredAt = time.now()
        let verdict = VerdictRules.verdict(
            answer.result,
            isTrusted: isTrusted,
            terms: leased.item.terms.value,
            custody: leased.item.custody,
            adapter: answer.adapter,
            policy: answer.rules.policy,
            answeredAt: answeredAt
        )
        let drafting = LeafDrafting(
            seed: random.bytes(LeafDrafting.seedByteCount),
            dataKey: answer.dataKey
        )
        let leaf = try drafting.leaf(
            .inquiry,
            LeafContents.verdict(
                verdict,
                orderID: leased.orderID,
                item: leased.item,
                check: leased.check.id,
                code: answer.code,
                trigger: leased.check.trigger,
                transcripts: TranscriptContents.digests(answer.result.transcripts),
                history: answer.result.history
            ),
            attachments: TranscriptContents.texts(answer.result.transcripts),
            at: answeredAt,
            label: "inquiry"
        )
        var outcome = CheckOutcome(
            check: leased.check.id,
            leasedUntil: leased.leasedUntil,
            askedAt: answer.askedAt,
            answeredAt: answeredAt,
            verdict: verdict,
            skewMargin: .seconds(answer.adapter.limits.skewMarginSeconds),
            rules: answer.rules,
            leaf: leaf,
            drafting: drafting,
            askAgainAt: nextAsk(
                leased,
                verdict: verdict,
                answer.result,
                answer.rules.policy,
                at: answeredAt
            )
        )
        outcome.goOn(with: answer.result, polls: leased.check.polls)
        if answer.missingConsent != nil {
            outcome.missingConsent = answer.missingConsent
            outcome.askAgainAt = nil
        }
        return outcome
    }

    /// When to ask again: on the schedule, not before the issuer wants to be asked, and not after
    /// the limit of DESIGN §5, when a person decides.
    private func nextAsk(
        _ leased: LeasedCheck,
        verdict: Verdict,
        _ result: InquiryResult,
        _ policy: WarrantyPolicy,
        at now: Instant
    ) -> Instant? {
        guard verdict.state.isAskedAgain else { return nil }
        // A defect that may pass by itself is asked about once more, then it stands.
        let isDefect = verdict.state.standing == .defective
        if isDefect, leased.item.decision?.verdict.state == verdict.state { return nil }
        if let pause = result.pollPause(after: leased.check.polls) { return now + pause }
        // Re-asking is measured from the end that no incident has moved.
        let window = leased.item.window(under: policy, at: now, incidents: [])
        let next = reask.next(
            asksMade: leased.check.attempts + 1 - leased.check.polls,
            lastAskedAt: now,
            firstAskedAt: leased.check.firstAskedAt ?? now,
            untolledEnd: window.span?.untolledEnd,
            retryAfter: result.retryAfter,
            jitter: Double(random.bytes(1)[0]) / 255
        )
        switch next {
        case .ask(let instant): return instant
        case .person: return nil
        }
    }
}

extension Inquiry {
    init(
        code: CardCode,
        terms: ItemTerms,
        issuerReference: SecretValue?,
        askedAt: Instant,
        deliveredAt: Instant?,
        format: CardFormat,
        nonce: UInt64 = 0,
        continuation: String? = nil,
        policy: WarrantyPolicy
    ) {
        self.init(
            code: code,
            product: terms.product,
            faceValue: terms.faceValue,
            expiresOn: terms.expiresOn,
            askedAt: askedAt,
            deliveredAt: deliveredAt,
            format: format,
            issuerReference: issuerReference,
            nonce: nonce,
            continuation: continuation,
            zone: policy.window.zone
        )
    }
}

/// Transcripts as evidence holds them.
enum TranscriptContents {
    /// What the leaf commits to: digests over the scrubbed bytes.
    static func digests(_ transcripts: [Transcript]) -> JSONValue {
        .array(
            transcripts.map { transcript in
                [
                    "operation": .string(transcript.label),
                    "sent_at": .string(transcript.sentAt.rfc3339),
                    "request_sha256": .string(Hexadecimal.encode(transcript.requestSHA256)),
                    "reply_sha256": .string(Hexadecimal.encode(transcript.responseSHA256)),
                    "tls_peer_sha256": JSONValue(
                        text: transcript.peerCertificateSHA256.map { Hexadecimal.encode($0) }
                    ),
                ]
            }
        )
    }

    /// The scrubbed bytes themselves, for the sealed record.
    static func texts(_ transcripts: [Transcript]) -> JSONValue {
        .array(
            transcripts.map { transcript in
                [
                    "operation": .string(transcript.label),
                    "request": .string(Base64.encode(transcript.requestBytes)),
                    "reply": .string(Base64.encode(transcript.responseBytes)),
                    "address": JSONValue(text: transcript.connectedAddress),
                    "total_ms": transcript.timings.map {
                        .integer($0.total.wholeMilliseconds)
                    } ?? .null,
                    "failure": JSONValue(text: transcript.failure.map { "\($0)" }),
                ]
            }
        )
    }
}
