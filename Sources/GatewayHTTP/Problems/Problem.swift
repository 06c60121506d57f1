import CardModel
import Gateway
import HTTPTypes
import Hummingbird
import NIOCore
import WireFormat

/// An answer that says what went wrong, where, and what to do (RFC 9457).
///
/// Holds no key, no token and no text of the body: the places it names come from our own lists.
struct Problem: Error, Sendable {
    /// Seconds after which a caller of a busy or closing gateway may come again.
    static let retryAfterSeconds = 2

    let reason: ProblemReason
    let detail: LocalisedText
    let errors: [FieldProblem]
    let retryAfterSeconds: Int?
    /// For 405: the methods the path has.
    let allow: String?
    /// For `not_covered`: the reason that decisions give (``NotCoveredReason``).
    let noClaimBecause: NotCoveredReason?

    init(
        _ reason: ProblemReason,
        detail: LocalisedText? = nil,
        errors: [FieldProblem] = [],
        retryAfterSeconds: Int? = nil,
        allow: String? = nil,
        noClaimBecause: NotCoveredReason? = nil
    ) {
        self.reason = reason
        self.noClaimBecause = noClaimBecause
        self.detail = detail ?? reason.detail
        self.errors = errors
        let isBusy = reason.status == .serviceUnavailable
        self.retryAfterSeconds = retryAfterSeconds ?? (isBusy ? Self.retryAfterSeconds : nil)
        self.allow = allow
    }

    /// A body that is not the JSON we accept: its place is an offset, and a pointer where every
    /// step is a name of our own.
    init(_ error: JSONError) {
        let reason = ProblemReason(error)
        let place = FieldNames.isKnown(pointer: error.pointer) ? error.pointer : nil
        let isDuplicate = error.reason == .duplicateKey
        self.init(
            reason,
            detail: LocalisedText(
                zhCN: reason.detail.zhCN + "位置：第 \(error.byteOffset) 字节。",
                en: reason.detail.en + " Seen at byte \(error.byteOffset)."
            ),
            errors: place.map {
                [FieldProblem(.pointer($0), isDuplicate ? .duplicate : .malformed)]
            }
                ?? []
        )
    }

    /// A reason word of Gateway; one that is not known here still answers 503.
    init(unavailable reason: String) {
        let known = ProblemReason(rawValue: reason)
        self.init(known?.status == .serviceUnavailable ? known ?? .unavailable : .unavailable)
    }

    func response(in language: Language) -> Response {
        var headers: HTTPFields = [
            .contentType: "application/problem+json", .contentLanguage: language.rawValue,
            .cacheControl: "no-store", .vary: "accept-language",
        ]
        if let retryAfterSeconds { headers[.retryAfter] = String(retryAfterSeconds) }
        if let allow { headers[.allow] = allow }
        if let challenge = reason.challenge { headers[.wwwAuthenticate] = challenge }
        if reason.closesConnection { headers[.connection] = "close" }
        return Response(
            status: reason.status,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: document(in: language).serialized()))
        )
    }

    func document(in language: Language) -> JSONValue {
        var document = JSONObject([
            .init(name: "type", value: .string(reason.path)),
            .init(name: "title", value: .string(reason.title[language])),
            .init(name: "status", value: .integer(Int64(reason.status.code))),
            .init(name: "reason", value: .string(reason.rawValue)),
            .init(name: "detail", value: .string(detail[language])),
            .init(name: "errors", value: .array(errors.map { $0.jsonValue(in: language) })),
        ])
        document["no_claim_because"] = noClaimBecause.map { .string($0.rawValue) }
        return .object(document)
    }

    /// A report from which no claim follows, and why.
    init(notCovered reason: NotCoveredReason) {
        self.init(
            .notCovered,
            detail: LocalisedText(zhCN: reason.text(in: .zhCN), en: reason.text(in: .en)),
            noClaimBecause: reason)
    }
}

/// The names that stand in bodies of ours, so that a pointer made of them tells nothing else.
enum FieldNames {
    private static let known: Set<Substring> = [
        "stage", "order", "id", "placed_at", "paid", "amount_minor", "currency", "payment_ref",
        "terms_sha256", "terms_disclosed_at", "quantity", "merchant", "buyer_ref", "promised_at",
        "delivered_at", "items", "line", "product", "serial", "key", "expires_on", "face_value",
        "codes", "format", "event", "actor", "issuer_ref", "operation", "given_by", "given_at",
        "statement_sha256", "beneficiary", "check", "name", "supplier", "lines", "as_of", "offset",
        "classes", "issuer_state", "first", "waived", "balance_until", "attributes", "promises",
        "kind", "value", "text", "source_sha256", "off_platform",
        "problem", "demand", "reported_via", "statement",
    ]
    /// Digits of an index into the largest array we take.
    private static let longestIndex = 4

    static func isKnown(pointer: String) -> Bool {
        pointer.split(separator: "/").allSatisfy { step in
            known.contains(step)
                || step.utf8.count <= longestIndex
                    && step.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
    }
}
