import AdapterKit
public import CardModel
import Logging
public import WireFormat

/// What a person reports of an item, as it was sent.
public struct ProblemStatement: Sendable {
    /// Line of the order.
    public var line: Int
    /// Names the code where several stand on one line.
    public var check: CheckID?
    public var problem: ReportedProblem
    public var demand: Remedy?
    public var channel: ReportChannel
    /// At most ``ProblemReport/longestStatement`` Unicode scalars.
    public var statement: String?

    public init(
        line: Int,
        check: CheckID? = nil,
        problem: ReportedProblem,
        demand: Remedy? = nil,
        channel: ReportChannel = .online,
        statement: String? = nil
    ) {
        self.line = line
        self.check = check
        self.problem = problem
        self.demand = demand
        self.channel = channel
        self.statement = statement
    }
}

/// How a report is answered.
public enum ProblemAnswer: Sendable {
    /// A claim was opened by it.
    case opened(JSONValue)
    /// It belongs to a claim that was open already, or was sent before.
    case known(JSONValue)
    case notCovered(NotCoveredReason)
    case unknown
    /// The delivery has not the line that was named; those that it has, ascending.
    case noLine(others: [Int])
    /// The order was erased, or is kept for a legal hold alone.
    case withheld(Withheld)
    /// The idempotency key was used for another report.
    case otherAct
    /// A stable reason code.
    case notAllowed(reason: String)
    case unavailable(reason: String)
}

extension DeliveryGateway {
    /// Takes a report about an item of a delivery.
    ///
    /// - Parameters:
    ///   - body: the report as it was sent.
    ///   - idempotencyKey: the same report under it a second time answers the claim.
    public func report(
        _ statement: ProblemStatement,
        about delivery: DeliveryID,
        platform: Platform,
        by principal: ClaimPrincipal,
        body: [UInt8],
        idempotencyKey: String?
    ) async -> ProblemAnswer {
        do {
            if let withheld = try await withheld(delivery, from: platform) {
                return .withheld(withheld)
            }
            guard let all = try await items(of: delivery, platform) else { return .unknown }
            let ofLine = all.filter { $0.terms.line == statement.line }
            guard !ofLine.isEmpty else {
                return .noLine(others: Set(all.map(\.terms.line)).sorted())
            }
            let items = try await items(ofLine, named: statement.check)
            guard let item = items.first else { return .unknown }
            guard items.count == 1 else { return .notAllowed(reason: "ambiguous_line") }
            let idempotency = idempotencyKey.map {
                Idempotency(key: $0, actCode: platform.bodyCode(body))
            }
            let report = try await claimDrafting.report(
                statement, about: item, by: principal, idempotency: idempotency)
            guard let report else { return .unknown }
            return try await answer(
                try await committer.submit(.reportProblem(report)), platform, for: principal.role)
        } catch let failure as Committer.Failure {
            return .unavailable(reason: failure.reason)
        } catch {
            parts.logger.error(
                "a problem was not taken", metadata: ["error": "\(type(of: error))"])
            return .unavailable(reason: "internal")
        }
    }

    /// Nil when the platform has no such delivery.
    private func items(of id: DeliveryID, _ platform: Platform) async throws -> [ItemRecord]? {
        guard let delivery = try await parts.store.delivery(id),
            delivery.platform == platform.number
        else { return nil }
        return try await parts.store.items(of: id)
    }

    private func items(
        _ items: [ItemRecord],
        named check: CheckID?
    ) async throws -> [ItemRecord] {
        guard let check else { return items }
        let number = try await parts.store.check(check)?.item
        return items.filter { $0.number == number }
    }

    private func answer(
        _ outcome: CommitOutcome,
        _ platform: Platform,
        for viewer: ClaimActor
    ) async throws -> ProblemAnswer {
        switch outcome {
        case .committed(let receipt):
            wake(for: receipt, adapters: receipt.askedAdapters)
            switch receipt.reportedProblem {
            case .opened(let id):
                return try await claim(id, platform: platform, for: viewer)
                    .map { .opened($0) } ?? .unknown
            case .joined(let id):
                return try await claim(id, platform: platform, for: viewer)
                    .map { .known($0) } ?? .unknown
            case .notCovered(let reason): return .notCovered(reason)
            case nil: return .unavailable(reason: "internal")
            }
        case .refused(.notAllowed(let reason)): return .notAllowed(reason: reason)
        case .refused(.otherAct): return .otherAct
        case .refused(.unknown): return .unknown
        case .repeated, .refused: return .unavailable(reason: "internal")
        }
    }
}

extension DeliveryGateway {
    /// An act on a claim, with every code of its order taken out of the named members.
    ///
    /// - Parameter limits: what is longer after that ends there.
    public func withoutCodes(
        in limits: [String: TextLimit],
        of act: JSONObject,
        about id: ClaimID
    ) async throws -> JSONObject {
        var act = act
        for (name, limit) in limits {
            guard let words = act[name]?.stringValue else { continue }
            act[name] = .string(try await withoutCodes(words, about: id, limit))
        }
        return act
    }

    /// - Returns: `words` as they are when there is no such claim.
    public func withoutCodes(
        _ words: String,
        about id: ClaimID,
        _ limit: TextLimit
    ) async throws -> String {
        // What is longer than all that is taken is refused as it is.
        guard words.utf8.count <= EvidenceReference.longest * 4,
            let claim = try await parts.store.claim(id),
            let platform = directory.platform(claim.platform)
        else { return words }
        return limit.beginning(
            of: try await claimDrafting.withoutCodes(words, of: claim.delivery, platform))
    }
}

extension ClaimDrafting {
    /// - Returns: nil when the item's delivery was erased.
    func report(
        _ statement: ProblemStatement,
        about item: ItemRecord,
        by principal: ClaimPrincipal,
        idempotency: Idempotency?
    ) async throws -> ProblemReport? {
        guard let platform = parts.directory.platform(item.platform),
            let wrapped = try await parts.store.wrappedDataKey(of: item.notice)
        else { return nil }
        var words = statement.statement
        if let said = words { words = try await withoutCodes(said, of: item.delivery, platform) }
        return ProblemReport(
            platform: item.platform,
            delivery: item.delivery,
            item: item.number,
            problem: statement.problem,
            demand: statement.demand,
            channel: statement.channel,
            statement: words,
            principal: principal,
            rules: try await policies.rules(item.terms.policy),
            at: parts.time.now(),
            drafting: LeafDrafting(
                seed: parts.random.bytes(LeafDrafting.seedByteCount),
                dataKey: try platform.unwrap(wrapped)
            ),
            idempotency: idempotency
        )
    }

    /// What somebody says of an order, with every code of it taken out: his words are shown to all
    /// who see the claim, and a key that still works would be anybody's.
    func withoutCodes(
        _ words: String,
        of delivery: DeliveryID,
        _ platform: Platform
    ) async throws -> String {
        var scrubber = Scrubber(secrets: [])
        for item in try await parts.store.items(of: delivery) {
            guard let wrapped = try await parts.store.wrappedDataKey(of: item.notice) else {
                continue
            }
            let delivered = try SealedCode.open(
                item.sealedCode,
                under: try platform.unwrap(wrapped),
                fingerprint: item.codeFingerprint
            )
            let format = parts.catalogue[item.terms.product]?.format ?? .generic
            scrubber = scrubber.adding(delivered.code, format: format)
        }
        return scrubber.scrub(words)
    }
}
