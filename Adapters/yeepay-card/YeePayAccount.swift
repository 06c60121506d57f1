import AdapterKit

/// The merchant's settings, as far as a request or a callback needs them.
struct YeePayAccount {
    var merchantID: String
    private var key: SecretValue
    /// The bytes that are signed.
    private var charset: Charset

    enum Charset: String {
        case utf8 = "utf-8"
        case gbk
    }

    init(_ setup: AdapterSetup) throws(AdapterError) {
        merchantID = try setup.setting("merchant_id")
        key = try setup.secret("merchant_key")
        guard let charset = Charset(rawValue: try setup.setting("hmac_charset")) else {
            throw AdapterSetup.unusable("`hmac_charset` is utf-8 or gbk")
        }
        self.charset = charset
    }

    /// HMAC-MD5 over the values, joined without anything between them; an empty value contributes
    /// nothing. Nil when GBK is to be signed and lacks a character.
    func hmac(_ values: [String]) -> String? {
        let text = values.joined()
        let bytes: [UInt8]? =
            switch charset {
            case .utf8: Array(text.utf8)
            case .gbk: GBKText.encode(text)
            }
        guard let bytes else { return nil }
        return key.withUnredacted { LegacyDigest.hmacMD5(bytes, key: Array($0.utf8)) }
    }

    /// Whether `signature` is the one over `values`.
    func isSigned(_ values: [String], by signature: String) -> Bool {
        hmac(values).map { LegacyDigest.matches($0, signature) } ?? false
    }
}
