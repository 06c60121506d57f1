import AdapterKit
import CardModel
import EvidenceLog
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

/// What tests of consents and orders do again and again.
extension GatewayWorld {
    static func redeemer(
        _ settlement: Settlement = Settlement(byQuery: true, byCallback: true)
    ) -> ScriptedRedeemer {
        ScriptedRedeemer(id: "redeemer", settlement: settlement)
    }

    /// A world in which `topup-50` can only be spent, by `redeemer`.
    static func redeeming(
        _ redeemer: ScriptedRedeemer,
        _ change: (inout Options) -> Void = { _ in }
    ) async throws -> GatewayWorld {
        try await GatewayWorld { options in
            options.further = [redeemer.factory]
            change(&options)
        }
    }

    func consent(
        _ answer: JSONValue,
        _ operation: AdapterOperation = .redeem,
        by giver: ConsentGiver = .buyer,
        beneficiary: String? = "13800000000",
        key: String? = nil
    ) async throws -> ConsentAnswer {
        let delivery = try #require(answer["delivery"]?.stringValue.flatMap { DeliveryID($0) })
        return await gateway.giveConsent(
            ConsentStatement(
                line: 1,
                operation: operation,
                givenBy: giver,
                beneficiary: beneficiary.map { SecretValue($0) }
            ),
            to: delivery,
            platform: platform,
            body: Array("\(operation) \(giver) \(beneficiary ?? "-")".utf8),
            idempotencyKey: key
        )
    }

    /// A delivery of one code to be spent, with its buyer's consent.
    func ordered(_ number: Int = 1) async throws -> JSONValue {
        let delivered = try await deliver(
            GatewayWorld.body(order: "o-\(number)", number: number, product: "topup-50"),
            id: "w-\(number)"
        )
        let answer = try await consent(delivered)
        guard case .recorded = answer else {
            Issue.record("not recorded: \(answer)")
            throw NotAccepted()
        }
        return delivered
    }

    func orders() async throws -> [RedemptionRecord] {
        try await store.redemptions(platform: nil, state: nil, after: nil, limit: 100)
    }

    /// The latest order, once it is in this state.
    @discardableResult
    func order(
        becomes state: RedemptionRecord.State,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> RedemptionRecord {
        try await eventually("the order becomes \(state)", sourceLocation: sourceLocation) {
            try await self.orders().last?.state == state
        }
        return try #require(try await orders().last)
    }

    /// An issuer's report, signed when nothing else is said.
    func report(
        _ word: VerdictState,
        about order: RedemptionNumber,
        text: String? = nil,
        signedAs number: UInt64? = nil,
        platform: String = "market",
        adapter: String = "redeemer"
    ) async -> CallbackAnswer {
        var query = "order=\(order.text)&word=\(word.rawValue)&sign=\(number ?? order.rawValue)"
        if let text { query += "&text=\(text)" }
        return await gateway.callback(
            IssuerCallback(
                method: "GET",
                rawQuery: Array(query.utf8),
                headers: [],
                body: [],
                receivedAt: time.now()
            ),
            platform: platform,
            adapter: adapter
        )
    }

    /// The types of the leaves of the log, as their sealed records tell.
    func leafTypes() async throws -> [String] {
        let head = try await store.logHead(of: platform.number)
        var types: [String] = []
        for index in 0..<(head?.range.size ?? 0) {
            let opened = try await gateway.openedEvidence(at: index, platform: platform)
            types.append(opened?["fields"]?["typ"]?.stringValue ?? "-")
        }
        return types
    }
}

extension CallbackAnswer {
    var acknowledgement: String? {
        guard case .acknowledged(let acknowledgement) = self else { return nil }
        return String(decoding: acknowledgement.body, as: UTF8.self)
    }

    var isRefused: Bool {
        if case .refused = self { true } else { false }
    }
}

extension ConsentAnswer {
    /// The reason for which it was not recorded.
    var refusal: String? {
        if case .notAllowed(let reason) = self { reason } else { nil }
    }

    var isRecorded: Bool {
        if case .recorded = self { true } else { false }
    }
}
