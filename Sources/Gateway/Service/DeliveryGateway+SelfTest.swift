import AdapterKit
public import CardModel
import Logging
import Metrics
public import WireFormat

/// How a self-test is answered.
public enum SelfTestAnswer: Sendable {
    case tested(JSONValue)
    case wrongToken
    case budgetSpent(availableAt: Instant?)
    /// The order was erased, or is kept for a legal hold alone.
    case withheld(Withheld)
    case unavailable(reason: String)
}

/// What the buyer says he received, for one line of his order.
public struct ReceivedCode: Sendable {
    public var line: Int
    public var code: CardCode

    public init(line: Int, code: CardCode) {
        self.line = line
        self.code = code
    }
}

extension DeliveryGateway {
    /// How long a self-test waits for issuers before it answers what is known.
    public static let selfTestWait = Duration.seconds(20)

    /// Tests the codes of the order that the token names, and no other.
    ///
    /// The code the buyer typed decides `matches_delivered` of its line and nothing else: it is
    /// never sent to an issuer, and costs and shape are the same whether it matches or not
    /// (claims.md E5).
    public func selfTest(token text: String, received: [ReceivedCode]) async -> SelfTestAnswer {
        guard let token = OrderToken(text), let platform = directory.platform(ofGenuine: token)
        else { return .wrongToken }
        do {
            if let withheld = try await withheld(token.delivery, from: platform) {
                return .withheld(withheld)
            }
            let items = try await parts.store.items(of: token.delivery)
            let now = parts.time.now()
            let request = SelfTestRequest(
                platform: platform.number,
                delivery: token.delivery,
                requestedAt: now,
                newChecks: items.map { _ in CheckID(at: now, random: parts.random.bytes(10)) },
                budget: parts.selfTestBudget,
                unaskedAdapters: registry.onlyRedeemingIDs
            )
            switch try await committer.submit(.requestSelfTest(request)) {
            case .committed(let receipt):
                wake(for: receipt, adapters: registry.readyIDs)
                return .tested(
                    try await answer(
                        token.delivery,
                        enqueued: receipt.enqueued,
                        received,
                        platform
                    )
                )
            case .refused(.budgetSpent(let availableAt)):
                return .budgetSpent(availableAt: availableAt)
            case .refused(.unknown): return .wrongToken
            case .repeated, .refused: return .unavailable(reason: "internal")
            }
        } catch let failure as Committer.Failure {
            return .unavailable(reason: failure.reason)
        } catch {
            parts.logger.error("a self-test failed", metadata: ["error": "\(type(of: error))"])
            return .unavailable(reason: "internal")
        }
    }

    private func answer(
        _ delivery: DeliveryID,
        enqueued: [CheckID],
        _ received: [ReceivedCode],
        _ platform: Platform
    ) async throws -> JSONValue {
        await waiters.wait(for: enqueued, limit: Self.selfTestWait) {
            let items = try? await parts.store.items(of: delivery)
            var decided: [CheckID] = []
            for check in enqueued {
                let isKnown = items?.contains { $0.check == check && $0.decision != nil } ?? false
                let record = isKnown ? try? await parts.store.check(check) : nil
                if let record, record.decision != nil { decided.append(check) }
            }
            return decided
        }
        let items = try await parts.store.items(of: delivery).filter { $0.deliveredAt != nil }
        let incidents = try await parts.store.incidents(touching: items, of: platform.number)
        var answers: [JSONValue] = []
        for item in items {
            answers.append(try await selfTestItem(item, received, incidents, platform))
        }
        return ["delivery": .string(delivery.text), "items": .array(answers)]
    }

    private func selfTestItem(
        _ item: ItemRecord,
        _ received: [ReceivedCode],
        _ incidents: [IncidentRecord],
        _ platform: Platform
    ) async throws -> JSONValue {
        let policy = try await policies.policy(item.terms.policy)
        let now = parts.time.now()
        let window = item.window(
            under: policy, at: now, incidents: item.incidents(among: incidents, knownAt: now))
        let check = try await parts.store.check(item.check)
        // A check under way shows as pending, never as what stood before it.
        let decision = check?.decision ?? (check?.state == .done ? item.decision : nil)
        let matches = try await matches(item, received, platform)
        let message = decision.map { SelfTestText.message(of: $0) }
        return .object(
            JSONObject(
                [
                    .init(name: "line", value: .integer(Int64(item.terms.line))),
                    .init(name: "check", value: .string(item.check.text)),
                    .init(name: "matches_delivered", value: matches.map { .bool($0) } ?? .null),
                    .init(
                        name: "message",
                        value: [
                            "zh-CN": .string(message?.zhCN ?? SelfTestText.pending.zhCN),
                            "en": .string(message?.en ?? SelfTestText.pending.en),
                        ]
                    ),
                    .init(
                        name: "warranty",
                        value: [
                            "ends_at": JSONValue(text: window.span?.end.rfc3339),
                            "window": window.jsonValue,
                            "prolonged": item.prolongation(of: window, by: incidents, policy),
                        ]
                    ),
                ] + Answers.decision(decision, platform: platform)
            )
        )
    }

    /// Whether the code that the buyer holds is the delivered one; nil when he said nothing of
    /// this line. The delivered code is opened for the comparison and shown to nobody.
    private func matches(
        _ item: ItemRecord,
        _ received: [ReceivedCode],
        _ platform: Platform
    ) async throws -> Bool? {
        guard let typed = received.first(where: { $0.line == item.terms.line }) else { return nil }
        guard let wrapped = try await parts.store.wrappedDataKey(of: item.notice),
            let dataKey = try? platform.unwrap(wrapped),
            let delivered = try? SealedCode.open(
                item.sealedCode,
                under: dataKey,
                fingerprint: item.codeFingerprint
            )
        else { return nil }
        let format = catalogue[item.terms.product]?.format ?? .generic
        let ours = format.normalise(delivered.code)
        let theirs = format.normalise(typed.code)
        let isSameSerial = theirs.serial == nil || theirs.serial == ours.serial
        return ours.key.matches(theirs.key) && isSameSerial
    }
}

/// What a buyer reads: what the verdict means and what happens next.
enum SelfTestText {
    static let pending = LocalisedText(
        zhCN: "正在向发行方查询，请稍后再试。",
        en: "The issuer is being asked; please look again in a moment."
    )

    static let consentMissing = LocalisedText(
        zhCN: "查验这张卡密需将其提交给第三方或直接充值消耗，须先取得您的同意；同意之前不会查询。",
        en: "Checking this code would show it to a third party or spend it, so nobody is asked "
            + "before you agree."
    )

    static func message(of decision: ItemDecision) -> LocalisedText {
        LocalisedText(
            zhCN: text(of: decision, in: .zhCN),
            en: text(of: decision, in: .en)
        )
    }

    private static func text(of decision: ItemDecision, in language: Language) -> String {
        let meaning = decision.verdict.value.meaning(in: language)
        if decision.verdict.cause == .consentMissing { return consentMissing[language] }
        let next = decision.verdict.state.nextStep(in: language)
        let refusal = decision.claimRefusal
            .flatMap { NotCoveredReason(rawValue: $0) }.map { $0.text(in: language) }
        let separator = language == .en ? " " : ""
        return [meaning, refusal ?? next].joined(separator: separator)
    }
}
