import Crypto
import FoundationEssentials
import WireFormat

/// MD5 and HMAC-MD5, as old gateways sign with them.
///
/// MD5 is broken where somebody else chooses what is signed. These issuers offer nothing better,
/// so the adapters compare every signed field with what they asked about.
public enum LegacyDigest {
    /// In lower-case hexadecimal, as these protocols write it.
    public static func md5(_ bytes: [UInt8]) -> String {
        Hexadecimal.encode(Array(Insecure.MD5.hash(data: bytes)))
    }

    /// In lower-case hexadecimal.
    public static func hmacMD5(_ bytes: [UInt8], key: [UInt8]) -> String {
        let code = HMAC<Insecure.MD5>.authenticationCode(
            for: bytes,
            using: SymmetricKey(data: key)
        )
        return Hexadecimal.encode(Array(code))
    }

    /// Whether a received signature is the computed one, in either case, in a time that does not
    /// depend on where they differ.
    public static func matches(_ computed: String, _ received: String) -> Bool {
        guard let mine = Hexadecimal.decode(computed), let theirs = Hexadecimal.decode(received),
            mine.count == theirs.count
        else { return false }
        return zip(mine, theirs).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
