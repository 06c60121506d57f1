public import AdapterKit
import CardModel
import Crypto
import EvidenceLog
import Logging
public import WireFormat

/// What the owner of a code agreed to, as it was told.
public struct ConsentStatement: Sendable {
    /// Line of the order.
    public var line: Int
    /// Names the code where several stand on one line.
    public var check: CheckID?
    public var operation: AdapterOperation
    public var givenBy: ConsentGiver
    /// Nil: now.
    public var givenAt: Instant?
    public var statementSHA256: [UInt8]?
    /// Whose account is credited.
    public var beneficiary: SecretValue?

    public init(
        line: Int,
        check: CheckID? = nil,
        operation: AdapterOperation,
        givenBy: ConsentGiver,
        givenAt: Instant? = nil,
        statementSHA256: [UInt8]? = nil,
        beneficiary: SecretValue? = nil
    ) {
        self.line = line
        self.check = check
        self.operation = operation
        self.givenBy = givenBy
        self.givenAt = givenAt
        self.statementSHA256 = statementSHA256
        self.beneficiary = beneficiary
    }

    /// The operations that an owner can be asked about.
    public static let operations: [AdapterOperation] = [.inquire, .redeem]
}

/// How a consent is answered.
public enum ConsentAnswer: Sendable {
    case recorded(JSONValue)
    /// The same was recorded before.
    case repeated(JSONValue)
    case unknown
    /// The idempotency key was used for another consent.
    case otherAct
    /// A stable reason code.
    case notAllowed(reason: String)
    case unavailable(reason: String)
}

extension DeliveryGateway {
    /// Tries of a consent whose order number another order has: once is a wonder already.
    private static let mostNumbers = 3

    /// Records that the owner of a code agreed to an operation, and lets it happen.
    ///
    /// - Parameters:
    ///   - body: the statement as it was sent.
    ///   - idempotencyKey: the same statement under it a second time records nothing.
    public func giveConsent(
        _ statement: ConsentStatement,
        to delivery: DeliveryID,
        platform: Platform,
        body: [UInt8],
        idempotencyKey: String?
    ) async -> ConsentAnswer {
        do {
            guard let found = try await item(of: delivery, statement, platform) else {
                return .unknown
            }
            switch found {
            case .several: return .notAllowed(reason: "ambiguous_line")
            case .one(let item, let orderID):
                return try await record(
                    statement,
                    about: item,
                    orderID: orderID,
                    platform: platform,
                    idempotency: idempotencyKey.map {
                        Idempotency(key: $0, actCode: platform.bodyCode(body))
                    }
                )
            }
        } catch let failure as Committer.Failure {
            return .unavailable(reason: failure.reason)
        } catch {
            parts.logger.error(
                "a consent was not recorded",
                metadata: ["error": "\(type(of: error))"]
            )
            return .unavailable(reason: "internal")
        }
    }

    private enum FoundItem {
        case one(ItemRecord, orderID: String)
        case several
    }

    private func item(
        of id: DeliveryID,
        _ statement: ConsentStatement,
        _ platform: Platform
    ) async throws -> FoundItem? {
        guard let delivery = try await parts.store.delivery(id),
            delivery.platform == platform.number, delivery.restrictedAt == nil
        else { return nil }
        var items = try await parts.store.items(of: id).filter { $0.terms.line == statement.line }
        if let check = statement.check {
            let number = try await parts.store.check(check)?.item
            items = items.filter { $0.number == number }
        }
        guard let item = items.first else { return nil }
        return items.count == 1 ? .one(item, orderID: delivery.orderID) : .several
    }

    private func record(
        _ statement: ConsentStatement,
        about item: ItemRecord,
        orderID: String,
        platform: Platform,
        idempotency: Idempotency?
    ) async throws -> ConsentAnswer {
        guard let check = try await parts.store.check(item.check), let id = check.adapter,
            let adapter = registry.adapter(id), adapter.offers(statement.operation)
        else { return .notAllowed(reason: "operation_not_offered") }
        guard let wrapped = try await parts.store.wrappedDataKey(of: item.notice) else {
            return .unknown
        }
        let dataKey = try platform.unwrap(wrapped)
        let delivered = try SealedCode.open(
            item.sealedCode,
            under: dataKey,
            fingerprint: item.codeFingerprint
        )
        for _ in 0..<Self.mostNumbers {
            let grant = try grant(
                statement,
                about: item,
                orderID: orderID,
                code: delivered.code,
                adapter: id,
                dataKey: dataKey,
                idempotency: idempotency
            )
            let outcome = try await committer.submit(.giveConsent(grant))
            if case .refused(.failed) = outcome { continue }
            return answer(outcome, about: item, platform)
        }
        return .unavailable(reason: "internal")
    }

    private func grant(
        _ statement: ConsentStatement,
        about item: ItemRecord,
        orderID: String,
        code: CardCode,
        adapter: String,
        dataKey: SymmetricKey,
        idempotency: Idempotency?
    ) throws -> ConsentGrant {
        let now = parts.time.now()
        let id = ConsentID(at: now, random: parts.random.bytes(10))
        let sealed = try statement.beneficiary?.withUnredacted { text in
            try Sealing.seal(
                text.utf8,
                under: dataKey,
                nonce: parts.random.bytes(Sealing.nonceByteCount),
                context: id.bytes
            )
        }
        let consent = ConsentRecord(
            id: id,
            item: item.number,
            operation: statement.operation,
            givenBy: statement.givenBy,
            givenAt: statement.givenAt ?? now,
            recordedAt: now,
            statementSHA256: statement.statementSHA256,
            sealedBeneficiary: sealed,
            idempotency: idempotency
        )
        let drafting = LeafDrafting(
            seed: parts.random.bytes(LeafDrafting.seedByteCount),
            dataKey: dataKey
        )
        return ConsentGrant(
            platform: item.platform,
            delivery: item.delivery,
            consent: consent,
            plan: statement.operation == .redeem
                ? plan(for: item, code: code, adapter: adapter, at: now) : nil,
            leaf: try drafting.leaf(
                .consent,
                LeafContents.consent(
                    consent,
                    beneficiary: statement.beneficiary,
                    of: item,
                    orderID: orderID,
                    code: code
                ),
                at: now,
                label: "consent"
            )
        )
    }

    /// The order's fingerprint is the one under which the code is held (CONTRACT, Duplicates).
    private func plan(
        for item: ItemRecord,
        code: CardCode,
        adapter: String,
        at now: Instant
    ) -> RedemptionPlan {
        let product = directory.platform(item.platform).map {
            catalogue.product(item.terms.product, of: $0)
        }
        let fingerprints = product.map {
            builder.fingerprinter.fingerprints(
                issuer: $0.issuer,
                code: $0.format.normalise(code)
            )
        }
        return RedemptionPlan(
            number: RedemptionNumber(
                random: parts.random.bytes(RedemptionNumber.randomByteCount)
            ),
            check: CheckID(at: now, random: parts.random.bytes(10)),
            adapter: adapter,
            fingerprint: fingerprints?.key ?? fingerprints?.code ?? item.codeFingerprint,
            dueAt: now
        )
    }

    private func answer(
        _ outcome: CommitOutcome,
        about item: ItemRecord,
        _ platform: Platform
    ) -> ConsentAnswer {
        switch outcome {
        case .committed(let receipt):
            wake(for: receipt, adapters: receipt.askedAdapters)
            if let order = receipt.redemption { redemptionLanes.wake(order.adapter) }
            guard let consent = receipt.consent else { return .unavailable(reason: "internal") }
            let value = Answers.consent(
                consent,
                about: item,
                order: receipt.redemption,
                platform: platform
            )
            return receipt.isRepeat ? .repeated(value) : .recorded(value)
        case .refused(.notAllowed(let reason)): return .notAllowed(reason: reason)
        case .refused(.otherAct): return .otherAct
        case .refused(.unknown): return .unknown
        case .repeated, .refused: return .unavailable(reason: "internal")
        }
    }
}

extension IssuerAdapter {
    /// Whether there is something for the owner to agree to.
    fileprivate func offers(_ operation: AdapterOperation) -> Bool {
        switch operation {
        case .inquire:
            descriptor.operations[.inquire] != nil && descriptor.needsConsent(.inquire)
        case .redeem: descriptor.operations[.redeem] != nil && self is any RedeemingAdapter
        case .history, .provenance, .stockCount, .reserve, .activate: false
        }
    }
}
