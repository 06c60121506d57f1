public import AdapterKit
public import CardModel
import Synchronization

/// An issuer that only takes codes, by a script, and keeps its own books: how often it was told to
/// redeem each code, and under which numbers.
public final class ScriptedRedeemer: OrderQueryingAdapter, CallbackReadingAdapter {
    public typealias Script =
        @Sendable (RedemptionOrder) async throws(AdapterError) -> RedemptionAnswer

    private struct State {
        var redeem: Script
        var query: Script
        var inquire: ScriptedAdapter.Script
        var redeemed: [RedemptionOrder] = []
        var queried: [RedemptionOrder] = []
        var inquiries: [Inquiry] = []
    }

    public let descriptor: AdapterDescriptor
    private let state: Mutex<State>

    /// - Parameter operations: an issuer that can also be asked declares `inquire`.
    public init(
        id: String = "issuer",
        operations: [AdapterOperation: OperationEffect] = [.redeem: .consumes],
        settlement: Settlement = Settlement(byQuery: true, byCallback: true),
        limits: AdapterLimits = ScriptedAdapter.generous,
        redeem: @escaping Script = { _ throws(AdapterError) in .accepted },
        query: @escaping Script = { _ throws(AdapterError) in .accepted }
    ) {
        descriptor = AdapterDescriptor(
            id: id,
            version: 1,
            name: LocalisedText(zhCN: "剧本", en: "script"),
            kind: .local,
            operations: operations,
            settlement: settlement,
            limits: limits
        )
        state = Mutex(
            State(
                redeem: redeem,
                query: query,
                inquire: { (_, _) throws(AdapterError) in InquiryResult(state: .okUnused) }
            )
        )
    }

    public func redeeming(_ script: @escaping Script) { state.withLock { $0.redeem = script } }
    public func querying(_ script: @escaping Script) { state.withLock { $0.query = script } }
    public func inquiring(_ script: @escaping ScriptedAdapter.Script) {
        state.withLock { $0.inquire = script }
    }

    /// Every call that spends a code, in order.
    public var redeemed: [RedemptionOrder] { state.withLock { $0.redeemed } }
    public var queried: [RedemptionOrder] { state.withLock { $0.queried } }
    public var inquiries: [Inquiry] { state.withLock { $0.inquiries } }

    public var factory: AdapterFactory { AdapterFactory(descriptor: descriptor) { _, _ in self } }

    public func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult {
        let (script, number) = state.withLock { state in
            state.inquiries.append(inquiry)
            return (state.inquire, state.inquiries.count - 1)
        }
        return try await script(inquiry, number)
    }

    public func redeem(
        _ order: RedemptionOrder,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> RedemptionAnswer {
        let script = state.withLock { state in
            state.redeemed.append(order)
            return state.redeem
        }
        return try await script(order)
    }

    public func query(
        _ order: RedemptionOrder,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> RedemptionAnswer {
        let script = state.withLock { state in
            state.queried.append(order)
            return state.query
        }
        return try await script(order)
    }

    /// A report reads `order=<number>&word=<state>&sign=<number>`, and may end in `&text=<text>`:
    /// who knows the number may sign.
    public func orderNumber(in callback: IssuerCallback) -> UInt64? {
        Self.fields(callback)["order"].flatMap { UInt64($0) }
    }

    public func read(
        _ callback: IssuerCallback,
        about order: RedemptionOrder
    ) throws(CallbackRefusal) -> CallbackReading {
        let fields = Self.fields(callback)
        guard let word = fields["word"].flatMap({ VerdictState(rawValue: $0) }) else {
            throw CallbackRefusal(.malformed, "no word")
        }
        guard fields["sign"] == String(order.number) else {
            throw CallbackRefusal(.badSignature, "the signature does not fit")
        }
        return CallbackReading(
            answer: RedemptionAnswer(
                .settled,
                InquiryResult(
                    state: word,
                    issuer: IssuerStatement(code: word.rawValue, text: fields["text"], at: nil)
                )
            ),
            acknowledgement: .init(body: Array("success".utf8))
        )
    }

    private static func fields(_ callback: IssuerCallback) -> [String: String] {
        let bytes = callback.rawQuery.isEmpty ? callback.body : callback.rawQuery
        let pairs = String(decoding: bytes, as: UTF8.self).split(separator: "&").map {
            $0.split(separator: "=", maxSplits: 1)
        }
        return pairs.reduce(into: [:]) { fields, pair in
            if pair.count == 2 { fields[String(pair[0])] = String(pair[1]) }
        }
    }
}

extension RedemptionAnswer {
    /// Taken, and not decided yet.
    public static let accepted = RedemptionAnswer(.accepted, .indeterminate(.inProgress))
    /// Spent for the buyer.
    public static let spent = RedemptionAnswer(
        .settled,
        InquiryResult(
            state: .okActivatedByBuyer,
            issuer: IssuerStatement(code: "0", text: "ok", at: nil)
        )
    )
    /// The issuer's own state is at fault; the code is as it was.
    public static let notTaken = RedemptionAnswer(.notTaken, .indeterminate(.issuerUnavailable))

    /// The issuer's last word on a code that it did not spend.
    public static func settled(_ state: VerdictState) -> RedemptionAnswer {
        RedemptionAnswer(
            .settled,
            InquiryResult(
                state: state,
                issuer: IssuerStatement(code: state.rawValue, text: nil, at: nil)
            )
        )
    }
}

extension AdapterError {
    /// The connection broke when the request may have arrived.
    public static let lost = AdapterError(
        code: .transport,
        message: "the connection broke",
        cause: .timedOut,
        mayHaveReachedIssuer: true
    )
    /// Nobody was there to take the request.
    public static let refused = AdapterError(
        code: .transport,
        message: "the connection was refused",
        cause: .issuerUnavailable
    )
}
