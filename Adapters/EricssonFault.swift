/// `faultCode` of Ericsson's XML-RPC servers (voucher and account server speak the same): arrives
/// with HTTP 200 and speaks of the request or of the server, never of a voucher.
enum EricssonFault: String, CaseIterable {
    case illegalMessage = "1000"
    case mandatoryMemberMissing = "1001"
    case illegalType = "1002"
    case outOfBounds = "1003"
    case unknownOperation = "1004"
    case internalError = "1005"
    case overload = "1007"
    case unknown = ""

    init(code: String) {
        self = Self(rawValue: code) ?? .unknown
    }
}
