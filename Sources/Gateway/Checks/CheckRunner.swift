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

    /// Why a check could not even be asked.
    struct Failure: Error {
        let reason: String
    }

    /// The change that records what the issuer answered.
    /// - Throws: ``Failure`` when the code cannot be opened (erased, or another master key), or
    ///   `CancellationError` when the gateway is going down.
    func outcome(of leased: LeasedCheck) async throws -> CheckOutcome {
        guard let platform = directory.platform(leased.check.platform) else {
            throw Failure(reason: "platform \(leased.check.platform.rawValue) is not loaded")
        }
        guard let wrapped = leased.wrappedDataKey, let dataKey = try? platform.unwrap(wrapped),
            let code = try? SealedCode.open(
                leased.item.sealedCode,
                under: dataKey,
                fingerprint: leased.item.codeFingerprint
            )
        else { throw Failure(reason: "the code of check \(leased.check.id) does not open") }
        guard let adapter = leased.check.adapter.flatMap({ registry.adapter($0) }) else {
            throw Failure(reason: "adapter \(leased.check.adapter ?? "-") is not configured")
        }
        let policy = try await policies.policy(leased.item.terms.policy)
        let result = await inquire(leased, code: code, adapter: adapter, policy: policy)
        try Task.checkCancellation()
        return try outcome(
            of: leased,
            result: result,
            code: code,
            adapter: adapter.descriptor,
            policy: policy,
            dataKey: dataKey
        )
    }

    private func inquire(
        _ leased: LeasedCheck,
        code: CardCode,
        adapter: any IssuerAdapter,
        policy: WarrantyPolicy
    ) async -> InquiryResult {
        let terms = leased.item.terms.value
        let inquiry = Inquiry(
            code: code,
            terms: terms,
            askedAt: time.now(),
            deliveredAt: leased.item.deliveredAt,
            format: catalogue[terms.product]?.format ?? .generic,
            policy: policy
        )
        do {
            return try await adapter.inquire(inquiry, using: transport)
        } catch {
            // No answer is never evidence against anybody (DESIGN §4).
            return .indeterminate(
                error.cause,
                retryAfter: error.retryAfter,
                transcripts: error.transcripts
            )
        }
    }

    private func outcome(
        of leased: LeasedCheck,
        result: InquiryResult,
        code: CardCode,
        adapter: AdapterDescriptor,
        policy: WarrantyPolicy,
        dataKey: SymmetricKey
    ) throws -> CheckOutcome {
        let answeredAt = time.now()
        let verdict = VerdictRules.verdict(
            result,
            terms: leased.item.terms.value,
            deliveredAt: leased.item.deliveredAt,
            adapter: adapter,
            policy: policy,
            answeredAt: answeredAt
        )
        let drafting = LeafDrafting(
            seed: random.bytes(LeafDrafting.seedByteCount),
            dataKey: dataKey
        )
        let leaf = try drafting.leaf(
            .inquiry,
            LeafContents.verdict(
                verdict,
                orderID: leased.orderID,
                item: leased.item,
                check: leased.check.id,
                code: code,
                trigger: leased.check.trigger,
                transcripts: TranscriptContents.digests(result.transcripts)
            ),
            attachments: TranscriptContents.texts(result.transcripts),
            at: answeredAt,
            label: "inquiry"
        )
        return CheckOutcome(
            check: leased.check.id,
            leasedUntil: leased.leasedUntil,
            answeredAt: answeredAt,
            verdict: verdict,
            skewMargin: .seconds(adapter.limits.skewMarginSeconds),
            policy: policy,
            leaf: leaf,
            drafting: drafting,
            askAgainAt: nextAsk(leased, verdict: verdict, result, policy, at: answeredAt)
        )
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
        let window = leased.item.window(under: policy, at: now)
        let next = reask.next(
            asksMade: leased.check.attempts + 1,
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
        askedAt: Instant,
        deliveredAt: Instant?,
        format: CardFormat,
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
