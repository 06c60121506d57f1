import Crypto
import CryptoExtras
import FoundationEssentials

/// Verifies RSASSA-PKCS1-v1_5 signatures with MD5 (RFC 8017 §8.2.2), which Java calls MD5withRSA.
///
/// swift-crypto verifies PKCS #1 signatures with SHA alone and offers no raw RSA. So the equation
/// is computed here, on public values only: nothing in it is secret, so its time tells nothing. The
/// key is read by swift-crypto, and the whole padded block is compared, not parsed.
public struct MD5RSAVerifier: Sendable {
    private let modulus: MontgomeryModulus
    private let exponent: UInt64
    private let modulusBytes: Int

    /// Keys longer than this are refused: the work grows with the square.
    static let longestModulusBytes = 512

    /// Reads the key of an X.509 certificate. Its validity and issuer are not looked at: the
    /// operator who configured it vouches for it.
    ///
    /// - Returns: nil when the DER holds no RSA key of 1,024 to 4,096 bits.
    public init?(certificate der: [UInt8]) {
        guard let info = DERElement.publicKeyInfo(ofCertificate: der),
            let key = try? _RSA.Signing.PublicKey(unsafeDERRepresentation: info),
            let numbers = try? key.getKeyPrimitives()
        else { return nil }
        let modulus = numbers.modulus.drop { $0 == 0 }
        let exponent = numbers.publicExponent.drop { $0 == 0 }
        guard modulus.count <= Self.longestModulusBytes, exponent.count <= 8,
            let montgomery = MontgomeryModulus(bigEndian: [UInt8](modulus))
        else { return nil }
        self.modulus = montgomery
        self.exponent = exponent.reduce(0) { $0 << 8 | UInt64($1) }
        modulusBytes = modulus.count
    }

    /// Whether `signature` was made over `message` with the certificate's key.
    public func isValid(_ signature: [UInt8], over message: [UInt8]) -> Bool {
        guard signature.count == modulusBytes,
            let opened = modulus.power(signature, exponent)
        else { return false }
        return opened == encoded(message)
    }

    /// `DigestInfo` of MD5 up to the digest (RFC 8017 §9.2, note 1).
    private static let digestInfo: [UInt8] = [
        0x30, 0x20, 0x30, 0x0C, 0x06, 0x08, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x05, 0x05,
        0x00, 0x04, 0x10,
    ]

    private func encoded(_ message: [UInt8]) -> [UInt8] {
        let tail = Self.digestInfo + Array(Insecure.MD5.hash(data: message))
        let padding = [UInt8](repeating: 0xFF, count: modulusBytes - tail.count - 3)
        return [0x00, 0x01] + padding + [0x00] + tail
    }
}

/// As much of DER (X.690) as leads to a certificate's key.
private struct DERElement {
    var tag: UInt8
    /// With tag and length.
    var whole: ArraySlice<UInt8>
    var content: ArraySlice<UInt8>

    private static let sequence: UInt8 = 0x30
    private static let explicitVersion: UInt8 = 0xA0

    /// The first element of `bytes`; nil when its length is not written as DER writes it.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count >= 2 else { return nil }
        let first = bytes[bytes.startIndex + 1]
        var start = bytes.startIndex + 2
        var length = Int(first)
        if first & 0x80 != 0 {
            let count = Int(first & 0x7F)
            guard (1...3).contains(count), bytes.endIndex - start >= count else { return nil }
            length = bytes[start..<(start + count)].reduce(0) { $0 << 8 | Int($1) }
            start += count
        }
        guard bytes.endIndex - start >= length else { return nil }
        tag = bytes[bytes.startIndex]
        content = bytes[start..<(start + length)]
        whole = bytes[bytes.startIndex..<(start + length)]
    }

    private var children: [DERElement] {
        var found: [DERElement] = []
        var rest = content
        while let child = DERElement(rest) {
            found.append(child)
            rest = rest[child.whole.endIndex...]
        }
        return found
    }

    /// `subjectPublicKeyInfo` (RFC 5280 §4.1): the seventh field of `tbsCertificate`, the sixth
    /// without a version.
    static func publicKeyInfo(ofCertificate der: [UInt8]) -> [UInt8]? {
        guard let certificate = DERElement(der[...]), certificate.tag == sequence,
            certificate.whole.count == der.count,
            let body = certificate.children.first, body.tag == sequence
        else { return nil }
        let fields = body.children.drop { $0.tag == explicitVersion }
        guard fields.count > 5 else { return nil }
        let info = fields[fields.startIndex + 5]
        return info.tag == sequence ? Array(info.whole) : nil
    }
}

/// Arithmetic modulo an odd number, by Montgomery's method (Menezes, van Oorschot and Vanstone,
/// Handbook of Applied Cryptography, algorithm 14.36).
private struct MontgomeryModulus: Sendable {
    /// Least significant first.
    private let limbs: [UInt64]
    /// −modulus⁻¹ modulo 2⁶⁴.
    private let inverse: UInt64
    private let byteCount: Int

    init?(bigEndian bytes: [UInt8]) {
        limbs = Self.limbs(bytes)
        byteCount = bytes.count
        guard let lowest = limbs.first, lowest & 1 == 1, bytes.count > 64 else { return nil }
        // Newton's iteration doubles the number of right bits: 3, 6, 12, 24, 48, 96.
        var inverse = lowest
        for _ in 0..<5 { inverse = inverse &* (2 &- lowest &* inverse) }
        self.inverse = 0 &- inverse
    }

    /// base^exponent in as many bytes as the modulus has; nil when the base is not below it.
    func power(_ base: [UInt8], _ exponent: UInt64) -> [UInt8]? {
        let number = Self.limbs(base)
        guard number.count == limbs.count, !Self.isAtLeast(number, limbs) else { return nil }
        let one = [1] + [UInt64](repeating: 0, count: limbs.count - 1)
        let square = doubled(one, times: 128 * limbs.count)
        let factor = product(number, square)
        var result = product(one, square)
        for bit in (0..<64).reversed() {
            result = product(result, result)
            if exponent >> UInt64(bit) & 1 == 1 { result = product(result, factor) }
        }
        return bytes(product(result, one))
    }

    private func doubled(_ number: [UInt64], times: Int) -> [UInt64] {
        var number = number
        for _ in 0..<times {
            var carry: UInt64 = 0
            for index in number.indices {
                let next = number[index] >> 63
                number[index] = number[index] << 1 | carry
                carry = next
            }
            reduce(&number, carry)
        }
        return number
    }

    /// left × right × 2^(−64 × limbs).
    private func product(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        let count = limbs.count
        var sum = [UInt64](repeating: 0, count: count + 2)
        for digit in right {
            var carry: UInt64 = 0
            for index in 0..<count {
                (carry, sum[index]) = Self.multiplyAdd(left[index], digit, sum[index], carry)
            }
            Self.add(carry, to: &sum, at: count)
            let quotient = sum[0] &* inverse
            carry = Self.multiplyAdd(quotient, limbs[0], sum[0], 0).high
            for index in 1..<count {
                (carry, sum[index - 1]) =
                    Self.multiplyAdd(quotient, limbs[index], sum[index], carry)
            }
            let (low, overflow) = sum[count].addingReportingOverflow(carry)
            sum[count - 1] = low
            sum[count] = sum[count + 1] &+ (overflow ? 1 : 0)
            sum[count + 1] = 0
        }
        var result = Array(sum[..<count])
        reduce(&result, sum[count])
        return result
    }

    private static func add(_ value: UInt64, to sum: inout [UInt64], at index: Int) {
        let (low, overflow) = sum[index].addingReportingOverflow(value)
        sum[index] = low
        if overflow { sum[index + 1] &+= 1 }
    }

    private static func multiplyAdd(
        _ left: UInt64,
        _ right: UInt64,
        _ first: UInt64,
        _ second: UInt64
    ) -> (high: UInt64, low: UInt64) {
        let full = left.multipliedFullWidth(by: right)
        let (partial, overflow) = full.low.addingReportingOverflow(first)
        let (low, another) = partial.addingReportingOverflow(second)
        return (full.high &+ (overflow ? 1 : 0) &+ (another ? 1 : 0), low)
    }

    /// Takes the modulus away once when number, with `carry` above it, is not below it.
    private func reduce(_ number: inout [UInt64], _ carry: UInt64) {
        guard carry != 0 || Self.isAtLeast(number, limbs) else { return }
        var borrow = false
        for index in number.indices {
            let (partial, first) = number[index].subtractingReportingOverflow(limbs[index])
            let (rest, second) = partial.subtractingReportingOverflow(borrow ? 1 : 0)
            number[index] = rest
            borrow = first || second
        }
    }

    private static func isAtLeast(_ left: [UInt64], _ right: [UInt64]) -> Bool {
        for index in left.indices.reversed() where left[index] != right[index] {
            return left[index] > right[index]
        }
        return true
    }

    private static func limbs(_ bytes: [UInt8]) -> [UInt64] {
        stride(from: bytes.count, to: 0, by: -8).map { end in
            bytes[max(0, end - 8)..<end].reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    private func bytes(_ limbs: [UInt64]) -> [UInt8] {
        let whole = limbs.reversed().flatMap { limb in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: limb >> $0) }
        }
        return Array(whole.suffix(byteCount))
    }
}
