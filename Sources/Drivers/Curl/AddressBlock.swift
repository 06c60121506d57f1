/// A CIDR block (RFC 4632, RFC 4291 §2.3): all addresses that share a prefix.
public struct AddressBlock: Sendable, Hashable {
    /// The block's first address.
    public let base: InternetAddress
    /// Leading bits that all addresses of the block share: 0–32 for IPv4, 0–128 for IPv6.
    public let prefixLength: Int

    /// Reads `10.0.0.0/8`, `fd00::/8`, or a lone address as a block of one. Nil when the text is
    /// neither, or when bits stand beyond the prefix: `10.1.0.0/8` is more likely a slip than an
    /// intention, and an allow-list is no place to guess.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let base = InternetAddress(String(parts[0])), parts.count <= 2 else { return nil }
        var prefixLength = base.bitCount
        if parts.count == 2 {
            guard let length = Self.decimal(parts[1]), length <= base.bitCount else { return nil }
            prefixLength = length
        }
        self.init(base: base, prefixLength: prefixLength)
        guard Self.masked(base, to: prefixLength) == base else { return nil }
    }

    private init(base: InternetAddress, prefixLength: Int) {
        self.base = base
        self.prefixLength = prefixLength
    }

    /// Whether `address` lies in the block. An IPv4-mapped IPv6 address is an IPv6 address here:
    /// no block of one family holds an address of the other.
    public func contains(_ address: InternetAddress) -> Bool {
        Self.masked(address, to: prefixLength) == base
    }

    private static func masked(_ address: InternetAddress, to length: Int) -> InternetAddress {
        switch address {
        case .v4(let number): .v4(number & ~(UInt32.max >> UInt32(min(length, 32))))
        case .v6(let number): .v6(number & ~(UInt128.max >> UInt128(length)))
        }
    }

    private static func decimal(_ text: Substring) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return Int(text)
    }
}

extension AddressBlock: CustomStringConvertible {
    /// `10.0.0.0/8`.
    public var description: String { "\(base)/\(prefixLength)" }
}
