import Crypto
import WireFormat

/// The digests of the older issuers. MD5 is broken and is what they ask for.
enum Digests {
    /// 32 hexadecimal digits in lower case.
    static func md5(_ text: String) -> String { md5(Array(text.utf8)) }

    static func md5(_ bytes: [UInt8]) -> String {
        Hexadecimal.encode(Array(Insecure.MD5.hash(data: bytes)))
    }

    static func hmacMD5(_ message: [UInt8], key: String) -> String {
        let code = HMAC<Insecure.MD5>.authenticationCode(
            for: message,
            using: SymmetricKey(data: Array(key.utf8))
        )
        return Hexadecimal.encode(Array(code))
    }

    static func hmacSHA256(_ message: String, key: [UInt8]) -> [UInt8] {
        Array(
            HMAC<SHA256>.authenticationCode(
                for: Array(message.utf8),
                using: SymmetricKey(data: key)
            )
        )
    }

    static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
}
