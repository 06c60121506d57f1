/// What a voucher server (VSIP) says about a code.
enum VoucherAnswer: Sendable, Hashable {
    /// `responseCode` 0 and the voucher's particulars with this word in `state`.
    case voucher(state: String)
    /// This `responseCode` and nothing else.
    case responseCode(Int)
    /// An XML-RPC fault with this code; its text follows from the code.
    case fault(Int)

    /// How the published table shows it.
    var summary: String {
        switch self {
        case .voucher(let state): "responseCode 0, state `\(state)`"
        case .responseCode(let code): "responseCode \(code)"
        case .fault(let code): "fault \(code)"
        }
    }
}

/// What a licence server (Keygen) says about a key: `meta.code`, `meta.detail`, `meta.valid`.
struct LicenseAnswer: Sendable, Hashable {
    let code: String
    let detail: String
    let isValid: Bool

    init(_ code: String, _ detail: String, isValid: Bool = false) {
        self.code = code
        self.detail = detail
        self.isValid = isValid
    }

    /// How the published table shows it.
    var summary: String { isValid && code != "VALID" ? "`\(code)`, valid true" : "`\(code)`" }

    static let valid = LicenseAnswer("VALID", "is valid", isValid: true)
    static let notFound = LicenseAnswer("NOT_FOUND", "does not exist")
    static let expired = LicenseAnswer("EXPIRED", "is expired")
    static let seatsTaken = LicenseAnswer(
        "TOO_MANY_MACHINES",
        "has too many associated machines"
    )
}
