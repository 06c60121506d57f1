import AdapterKit
import CardModel
import Crypto
import EvidenceLog
import WireFormat

/// Carries out one leased order: writes the intent, tells the issuer once, and finds out what
/// became of it. All it does to the store goes through `commit`.
struct RedemptionRunner: Sendable {
    typealias Commit = @Sendable (Change) async throws -> CommitOutcome

    let directory: PlatformDirectory
    let registry: AdapterRegistry
    let catalogue: ProductCatalogue
    let policies: PolicyLibrary
    let transport: any HTTPTransport
    let time: any TimeSource
    let random: any RandomSource
    /// How open orders are asked about.
    let schedule: ReaskSchedule
    /// When an order that took nothing is followed by another.
    let retries: ReaskSchedule
    /// Where issuers reach us, without a slash at the end; nil when they cannot.
    let publicURL: String?
    let trust: AdapterTrust

    init(_ parts: DeliveryGateway.Parts, policies: PolicyLibrary, trust: AdapterTrust) {
        directory = parts.directory
        registry = parts.registry
        catalogue = parts.catalogue
        self.policies = policies
        transport = parts.transport
        time = parts.time
        random = parts.random
        schedule = .redemptions
        retries = parts.reask
        publicURL = parts.publicURL
        self.trust = trust
    }

    /// An order with its code opened.
    struct Opened {
        let leased: LeasedRedemption
        let order: RedemptionOrder
        let platform: Platform
        let adapter: any RedeemingAdapter
        let rules: ClaimRules
        let drafting: LeafDrafting
    }

    /// Why an order could not even be opened.
    struct Failure: Error {
        let reason: String
        /// The code is gone for good: nothing can be sent or asked.
        var isErased = false
        /// The issuer is not believed for now.
        var isPaused = false
    }

    /// What one attempt did, and what it showed of the issuer that was asked.
    struct Result {
        /// Nil when nothing was done.
        var outcome: CommitOutcome?
        var signal = IssuerSignal.nothing
    }

    /// Does what the order's state asks for, and records what came of it.
    ///
    /// - Throws: ``Failure`` when adapter or platform is not there now, `Committer.Failure`,
    ///   or `CancellationError` before anything was sent.
    func carryOut(_ leased: LeasedRedemption, commit: Commit) async throws -> Result {
        let opened: Opened
        do {
            opened = try await open(leased)
        } catch let failure as Failure where failure.isErased {
            let word = try await closing(leased)
            return Result(outcome: try await commit(.recordRedemption(word)))
        }
        switch leased.redemption.state {
        case .planned:
            try Task.checkCancellation()
            let id = leased.redemption.adapter
            guard trust.isTrusted(id) else {
                // What its answer means would not be known: nothing is spent on it.
                throw Failure(reason: "adapter \(id) is degraded", isPaused: true)
            }
            guard try await place(opened, commit: commit) else { return Result() }
            // From here on the issuer may have the code: whatever comes is recorded.
            let (word, signal) = try await redeem(opened)
            return Result(outcome: try await commit(.recordRedemption(word)), signal: signal)
        case .intended, .accepted, .unknown:
            let (word, signal) = try await settle(opened)
            return Result(outcome: try await commit(.recordRedemption(word)), signal: signal)
        case .settled, .notTaken, .person: return Result()
        }
    }

    /// The order with its code opened and its adapter at hand.
    func open(_ leased: LeasedRedemption) async throws -> Opened {
        let order = leased.redemption
        guard let platform = directory.platform(order.platform) else {
            throw Failure(
                reason: "platform \(order.platform.rawValue) is not loaded")
        }
        guard let adapter = registry.adapter(order.adapter) as? any RedeemingAdapter else {
            throw Failure(
                reason: "adapter \(order.adapter) is not configured to redeem")
        }
        guard let wrapped = leased.wrappedDataKey else {
            throw Failure(reason: "the code was erased", isErased: true)
        }
        guard let dataKey = try? platform.unwrap(wrapped),
            let delivered = try? SealedCode.open(
                leased.item.sealedCode,
                under: dataKey,
                fingerprint: leased.item.codeFingerprint
            ),
            let beneficiary = leased.consent.beneficiary(under: dataKey)
        else { throw Failure(reason: "the code or its beneficiary does not open") }
        let rules = try await policies.rules(leased.item.terms.policy)
        let now = time.now()
        let terms = leased.item.terms.value
        return Opened(
            leased: leased,
            order: RedemptionOrder(
                inquiry: Inquiry(
                    code: delivered.code,
                    terms: terms,
                    issuerReference: delivered.issuerReference,
                    askedAt: now,
                    deliveredAt: leased.item.deliveredAt,
                    format: catalogue[terms.product]?.format ?? .generic,
                    nonce: random.nonce(),
                    policy: rules.policy
                ),
                number: order.number.rawValue,
                placedAt: order.placedAt ?? now,
                beneficiary: beneficiary.account,
                callbackURL: callbackURL(of: order, platform)
            ),
            platform: platform,
            adapter: adapter,
            rules: rules,
            drafting: newDrafting(dataKey)
        )
    }

    private func callbackURL(of order: RedemptionRecord, _ platform: Platform) -> String? {
        publicURL.map { "\($0)/v1/platforms/\(platform.name)/callbacks/\(order.adapter)" }
    }

    private func newDrafting(_ dataKey: SymmetricKey) -> LeafDrafting {
        LeafDrafting(seed: random.bytes(LeafDrafting.seedByteCount), dataKey: dataKey)
    }

    /// Writes the intent.
    /// - Returns: whether the order may be sent.
    private func place(_ opened: Opened, commit: Commit) async throws -> Bool {
        let leaf = try opened.drafting.leaf(
            .redemption,
            LeafContents.intent(opened.order, opened.leased),
            at: opened.order.placedAt,
            label: "intent"
        )
        let intent = RedemptionIntent(
            number: opened.leased.redemption.number,
            leasedUntil: opened.leased.leasedUntil,
            at: opened.order.placedAt,
            leaf: leaf
        )
        guard case .committed = try await commit(.intendRedemption(intent)) else { return false }
        // A commit may stall. Once the lease ends another worker finds the order intended and asks
        // about it: a call that could come after that is not made, and the order is asked about.
        let longest = opened.adapter.descriptor.limits.questionTimeout
        return time.now() + longest < opened.leased.leasedUntil
    }

    private func redeem(_ opened: Opened) async throws -> (RedemptionWord, IssuerSignal) {
        var order = opened.order
        order.inquiry.askedAt = time.now()
        let answer: RedemptionAnswer
        var isFinal = false
        let signal: IssuerSignal
        do throws(AdapterError) {
            answer = try await opened.adapter.redeem(order, using: bounded(opened.adapter))
            signal = IssuerSignal(answer.result)
        } catch {
            answer = RedemptionRules.answer(to: error)
            signal = IssuerSignal(error)
            // An order that lacks what the protocol needs lacks it the next time too.
            isFinal = error.code == .inquiry && answer.disposition == .notTaken
        }
        let word = try word(
            answer,
            of: .redeem,
            about: opened,
            askedAt: order.inquiry.askedAt,
            isFinal: isFinal
        )
        return (word, signal)
    }

    /// One deadline for everything that an adapter sends for one order.
    private func bounded(_ adapter: any IssuerAdapter) -> DeadlineTransport {
        DeadlineTransport(
            transport,
            budget: adapter.descriptor.limits.questionTimeout,
            time: time
        )
    }

    /// Asks what became of an order that was, or may have been, sent.
    private func settle(_ opened: Opened) async throws -> (RedemptionWord, IssuerSignal) {
        let askedAt = opened.order.inquiry.askedAt
        switch means(opened) {
        case .query:
            guard let adapter = opened.adapter as? any OrderQueryingAdapter else { break }
            let answer: RedemptionAnswer
            let signal: IssuerSignal
            do throws(AdapterError) {
                let heard = try await adapter.query(opened.order, using: bounded(adapter))
                signal = IssuerSignal(heard.result)
                answer = RedemptionRules.answer(
                    heard,
                    placedAt: opened.order.placedAt,
                    askedAt: askedAt
                )
            } catch {
                answer = RedemptionAnswer(.unknown, error.asResult)
                signal = IssuerSignal(error)
            }
            return (try word(answer, of: .query, about: opened, askedAt: askedAt), signal)
        case .inquiry(let id):
            guard let settler = registry.adapter(id) else { break }
            return try await settle(opened, by: settler, id: id, askedAt: askedAt)
        case .callback, .none: break
        }
        let answer = RedemptionAnswer(.unknown, .indeterminate(.inProgress))
        return (try word(answer, of: .gateway, about: opened, askedAt: askedAt), .nothing)
    }

    private func settle(
        _ opened: Opened,
        by settler: any IssuerAdapter,
        id: String,
        askedAt: Instant
    ) async throws -> (RedemptionWord, IssuerSignal) {
        var (result, signal) = await inquire(opened, of: settler)
        if !trust.isTrusted(id) { result = result.undecided(.adapterDegraded) }
        let settlement = RedemptionRules.settlement(
            by: result,
            isAccepted: opened.leased.redemption.state == .accepted,
            placedAt: opened.order.placedAt,
            askedAt: askedAt,
            callLimit: opened.adapter.descriptor.limits.questionTimeout,
            skewMargin: .seconds(settler.descriptor.limits.skewMarginSeconds),
            beneficiary: opened.order.beneficiary
        )
        switch settlement {
        case .answer(let answer):
            let word = try word(
                answer,
                of: .inquiry,
                about: opened,
                askedAt: askedAt,
                by: settler.descriptor
            )
            return (word, signal)
        case .person(let result):
            let word = try word(
                RedemptionAnswer(.unknown, result.undecided(.ambiguousAnswer)),
                of: .inquiry,
                about: opened,
                askedAt: askedAt,
                by: settler.descriptor,
                isFinal: true
            )
            return (word, signal)
        }
    }

    private func inquire(
        _ opened: Opened,
        of settler: any IssuerAdapter
    ) async -> (InquiryResult, IssuerSignal) {
        do throws(AdapterError) {
            let result = try await settler.inquire(opened.order.inquiry, using: bounded(settler))
            return (result, IssuerSignal(result))
        } catch {
            return (error.asResult, IssuerSignal(error))
        }
    }

    private func means(_ opened: Opened) -> RedemptionRules.Means {
        means(of: opened.leased.redemption.adapter, opened.adapter)
    }

    /// How orders of an adapter are found out about, the surest way first.
    func means(of id: String, _ adapter: any RedeemingAdapter) -> RedemptionRules.Means {
        let settlement = adapter.descriptor.settlement
        if settlement.byQuery, adapter is any OrderQueryingAdapter { return .query }
        if let settler = registry.settlingAdapter(of: id), settler != id,
            let other = registry.adapter(settler), !other.descriptor.needsConsent(.inquire)
        {
            return .inquiry(adapter: settler)
        }
        return settlement.byCallback && publicURL != nil ? .callback : .none
    }
}

extension AdapterError {
    /// No answer: nothing is decided.
    var asResult: InquiryResult {
        .indeterminate(cause, retryAfter: retryAfter, transcripts: transcripts)
    }
}

extension ConsentRecord {
    /// Whose account is credited. Not a plain optional: that nobody was named is no failure, and
    /// `try?` makes the two one.
    struct Beneficiary {
        /// Nil when nobody was named.
        var account: SecretValue?
    }

    /// Nil when the key is another one or the bytes were changed.
    fileprivate func beneficiary(under dataKey: SymmetricKey) -> Beneficiary? {
        guard let sealedBeneficiary else { return Beneficiary() }
        let bytes = try? Sealing.open(sealedBeneficiary, under: dataKey, context: id.bytes)
        return bytes.map {
            Beneficiary(account: SecretValue(String(decoding: $0, as: UTF8.self)))
        }
    }
}
