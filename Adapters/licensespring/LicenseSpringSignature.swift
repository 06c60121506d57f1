import AdapterKit
import Crypto
import WireFormat

/// The signatures of requests and answers.
enum LicenseSpringSignature {
    /// The `Authorization` header: an HMAC-SHA256 over a constant and the `Date` header. The
    /// service takes dates that are 15 minutes off.
    static func authorization(date: String, apiKey: String, sharedKey: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("licenseSpring\ndate: \(date)".utf8),
            using: SymmetricKey(data: Array(sharedKey.utf8))
        )
        return #"algorithm="hmac-sha256",headers="date",signature="#
            + #""\#(Base64.encode(Array(code)))",apiKey="\#(apiKey)""#
    }

    /// Whether an answer is signed: PKCS #1 v1.5 over SHA-256 of the body as it came.
    enum Check: Equatable {
        case good, absent, wrong
    }

    static func check(_ response: OutboundResponse, by key: AnswerSigningKey) -> Check {
        guard let header = response.header("LicenseSignature") else { return .absent }
        guard let signature = Base64.decode(header) else { return .wrong }
        return key.verifies(signature, of: response.body) ? .good : .wrong
    }
}
