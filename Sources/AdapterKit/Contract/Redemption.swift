import CardModel
public import WireFormat

/// An adapter that can spend a code: for its owner, with his consent on record, once.
///
/// The gateway writes its intent before `redeem` is called and never calls it twice for one
/// order. When no understood answer came, the order is settled by what the descriptor's
/// `settlement` names.
public protocol RedeemingAdapter: IssuerAdapter {
    /// Hands the code in.
    ///
    /// - Throws: `AdapterError`; `mayHaveReachedIssuer` says whether the code may be spent.
    func redeem(
        _ order: RedemptionOrder,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> RedemptionAnswer
}

extension RedeemingAdapter {
    /// Nobody is asked: such an issuer can only take the code.
    public func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult {
        InquiryResult(state: .unsupported, certainty: .local)
    }
}

/// A redeeming adapter whose issuer can be asked about an order (`settlement.byQuery`).
public protocol OrderQueryingAdapter: RedeemingAdapter {
    /// What became of an order. Changes nothing, and may be asked again and again.
    func query(
        _ order: RedemptionOrder,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> RedemptionAnswer
}

/// A redeeming adapter whose issuer reports by itself (`settlement.byCallback`).
public protocol CallbackReadingAdapter: RedeemingAdapter {
    /// The order a callback names, before anything of it is believed; nil when it names none.
    func orderNumber(in callback: IssuerCallback) -> UInt64?

    /// What an authentic callback says about `order`. Signatures are verified over the bytes as
    /// they came; merchant, order, amount and card are compared with the order's.
    ///
    /// - Throws: `CallbackRefusal` when it is not authentic or not about this order.
    func read(
        _ callback: IssuerCallback,
        about order: RedemptionOrder
    ) throws(CallbackRefusal) -> CallbackReading
}

/// One order to spend one code.
public struct RedemptionOrder: Sendable {
    /// The code, what was promised of it, and when this call is made (`askedAt`).
    public var inquiry: Inquiry
    /// Our order's number: unique in the deployment for all time, at most 18 digits, at least 1.
    public var number: UInt64
    /// When the intent was written; the same in every call about this order.
    public var placedAt: Instant
    /// Whose account is credited, in the issuer's terms (a phone number); nil when the issuer
    /// needs none.
    public var beneficiary: SecretValue?
    /// Where the issuer may report to; nil when the gateway has no public address.
    public var callbackURL: String?

    public init(
        inquiry: Inquiry,
        number: UInt64,
        placedAt: Instant,
        beneficiary: SecretValue? = nil,
        callbackURL: String? = nil
    ) {
        self.inquiry = inquiry
        self.number = number
        self.placedAt = placedAt
        self.beneficiary = beneficiary
        self.callbackURL = callbackURL
    }

    /// Order numbers have at most 18 digits: UCIP takes 20, and they stay below 2^63.
    public static let numberRange: ClosedRange<UInt64> = 1...999_999_999_999_999_999
}

/// What an issuer said about an order.
public struct RedemptionAnswer: Sendable {
    public enum Disposition: String, Sendable, Hashable, CaseIterable {
        /// The issuer's last word: `result` is the verdict. It may still be superseded by another
        /// word of the issuer's.
        case settled
        /// Taken, and not decided yet. `result` is undecided with the cause `in_progress`.
        case accepted
        /// The issuer explicitly took nothing: the code is as it was, and the fault lies with our
        /// account, our request or its own state.
        case notTaken = "not_taken"
        /// No answer that says what happened to the code.
        case unknown
    }

    public var disposition: Disposition
    /// State and issuer's words; `ok_activated_by_buyer` for a code that this order spent.
    public var result: InquiryResult

    public init(_ disposition: Disposition, _ result: InquiryResult) {
        self.disposition = disposition
        self.result = result
    }
}

/// A request that reached the address an issuer reports to. Nothing of it is believed yet.
public struct IssuerCallback: Sendable {
    /// Upper case.
    public var method: String
    /// The query as it came, without `?`, still percent-encoded.
    public var rawQuery: [UInt8]
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    public var receivedAt: Instant

    public init(
        method: String,
        rawQuery: [UInt8],
        headers: [(name: String, value: String)],
        body: [UInt8],
        receivedAt: Instant
    ) {
        self.method = method
        self.rawQuery = rawQuery
        self.headers = headers
        self.body = body
        self.receivedAt = receivedAt
    }

    /// Longest body or query of a callback, in bytes.
    public static let longestBytes = 64 << 10
}

/// What an authentic callback says.
public struct CallbackReading: Sendable {
    public var answer: RedemptionAnswer
    /// What the issuer wants to hear, so that it does not report again. Repeats hear the same.
    public var acknowledgement: Acknowledgement

    public init(answer: RedemptionAnswer, acknowledgement: Acknowledgement) {
        self.answer = answer
        self.acknowledgement = acknowledgement
    }

    public struct Acknowledgement: Sendable, Hashable {
        public var contentType: String
        public var body: [UInt8]

        public init(contentType: String = "text/plain; charset=utf-8", body: [UInt8]) {
            self.contentType = contentType
            self.body = body
        }
    }
}

/// Why a callback is not believed. The message quotes nothing of it.
public struct CallbackRefusal: Error, Sendable, Hashable {
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// A field that every callback has is missing, twice, or not written as documented.
        case malformed
        case badSignature = "bad_signature"
        /// Merchant, order, amount or card are not this order's.
        case otherOrder = "other_order"
    }

    public var reason: Reason
    public var message: String

    public init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }
}
