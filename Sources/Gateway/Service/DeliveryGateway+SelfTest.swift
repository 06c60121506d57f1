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
    ///
    /// - Parameter smallestFirst: asks about one code after the other, the smallest face value
    ///   first, and stops at the first that is not seen to be good (M3-54): what is asked later
    ///   costs nothing of the budget.
    public func selfTest(
        token text: String,
        received: [ReceivedCode],
        smallestFirst: Bool = false
    ) async -> SelfTestAnswer {
        guard let token = OrderToken(text), let platform = directory.platform(ofGenuine: token)
        else { return .wrongToken }
        do {
            if let withheld = try await withheld(token.delivery, from: platform) {
                return .withheld(withheld)
            }
            if smallestFirst {
                return try await testSmallestFirst(token.delivery, received, platform)
            }
            switch try await ask(about: nil, of: token.delivery, platform) {
            case .asked(let enqueued):
                await wait(for: enqueued, of: token.delivery)
                return .tested(try await answer(token.delivery, received, platform))
            case .not(let answer): return answer
            }
        } catch let failure as Committer.Failure {
            return .unavailable(reason: failure.reason)
        } catch {
            parts.logger.error("a self-test failed", metadata: ["error": "\(type(of: error))"])
            return .unavailable(reason: "internal")
        }
    }

    /// What became of the wish to ask.
    private enum Asking {
        case asked([CheckID])
        case not(SelfTestAnswer)
    }

    private func ask(
        about item: ItemNumber?,
        of delivery: DeliveryID,
        _ platform: Platform
    ) async throws -> Asking {
        let items = try await parts.store.items(of: delivery)
        let now = parts.time.now()
        let request = SelfTestRequest(
            platform: platform.number,
            delivery: delivery,
            requestedAt: now,
            newChecks: items.map { _ in CheckID(at: now, random: parts.random.bytes(10)) },
            budget: parts.selfTestBudget,
            unaskedAdapters: registry.onlyRedeemingIDs,
            item: item
        )
        switch try await committer.submit(.requestSelfTest(request)) {
        case .committed(let receipt):
            wake(for: receipt, adapters: registry.readyIDs)
            return .asked(receipt.enqueued)
        case .refused(.budgetSpent(let availableAt)):
            return .not(.budgetSpent(availableAt: availableAt))
        case .refused(.unknown): return .not(.wrongToken)
        case .repeated, .refused: return .not(.unavailable(reason: "internal"))
        }
    }

    private func testSmallestFirst(
        _ delivery: DeliveryID,
        _ received: [ReceivedCode],
        _ platform: Platform
    ) async throws -> SelfTestAnswer {
        let items = try await parts.store.items(of: delivery).filter { $0.deliveredAt != nil }
            .sorted { $0.isTested(before: $1) }
        let startedAt = parts.time.now()
        var asked: [ItemNumber] = []
        for item in items {
            guard parts.time.now().duration(since: startedAt) < Self.selfTestWait else { break }
            switch try await ask(about: item.number, of: delivery, platform) {
            case .not(let answer) where asked.isEmpty: return answer
            // What was asked is told; the budget is enough for no more.
            case .not: return .tested(try await answer(delivery, received, platform, asked: asked))
            case .asked(let enqueued): await wait(for: enqueued, of: delivery)
            }
            asked.append(item.number)
            guard try await isSeenGood(item.number) else { break }
        }
        return .tested(try await answer(delivery, received, platform, asked: asked))
    }

    /// Whether the latest question about an item has an answer, and a good one.
    private func isSeenGood(_ number: ItemNumber) async throws -> Bool {
        guard let item = try await parts.store.item(number),
            let check = try await parts.store.check(item.check),
            let decision = check.decision ?? (check.state == .done ? item.decision : nil)
        else { return false }
        return decision.verdict.isGood
    }

    private func wait(for enqueued: [CheckID], of delivery: DeliveryID) async {
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
    }

    /// - Parameter asked: what was asked about, in order; nil for everything.
    private func answer(
        _ delivery: DeliveryID,
        _ received: [ReceivedCode],
        _ platform: Platform,
        asked: [ItemNumber]? = nil
    ) async throws -> JSONValue {
        let items = try await parts.store.items(of: delivery).filter { $0.deliveredAt != nil }
        let incidents = try await parts.store.incidents(touching: items, of: platform.number)
        let shown =
            asked?.compactMap { number in items.first { $0.number == number } } ?? items
        var answers: [JSONValue] = []
        for item in shown {
            answers.append(try await selfTestItem(item, received, incidents, platform))
        }
        let rest = asked.map { numbers in items.filter { !numbers.contains($0.number) } } ?? []
        return [
            "delivery": .string(delivery.text), "items": .array(answers),
            "not_asked": .array(rest.map { .integer(Int64($0.terms.line)) }),
        ]
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
                    .init(name: "face_value", value: item.terms.faceValue?.jsonValue ?? .null),
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

extension ItemRecord {
    /// The smallest face value first; of one value the lines in order.
    fileprivate func isTested(before other: ItemRecord) -> Bool {
        let (own, its) = (terms.faceValue, other.terms.faceValue)
        if Money.isSmaller(own, than: its) { return true }
        return !Money.isSmaller(its, than: own) && terms.line < other.terms.line
    }
}
