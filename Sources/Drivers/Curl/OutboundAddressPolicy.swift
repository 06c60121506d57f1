/// Which addresses the gateway may connect to: public ones, and those an operator names.
///
/// A URL says nothing reliable about where it leads: names resolve to anything, redirects and
/// odd spellings hide loopback, and an answer may change between check and use (DNS rebinding).
/// So this judges the address a socket is about to be opened to, never the URL.
///
/// Sources: the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890 and its
/// updates), where "globally reachable" is not "true".
public struct OutboundAddressPolicy: Sendable, Hashable {
    /// Why an address is refused.
    public enum Refusal: String, Sendable, Hashable, CaseIterable {
        case unspecified
        case thisNetwork = "this_network"
        case loopback
        case privateNetwork = "private"
        case carrierGradeNAT = "carrier_grade_nat"
        case linkLocal = "link_local"
        case protocolAssignment = "protocol_assignment"
        case documentation
        case benchmarking
        case multicast
        case broadcast
        case reserved
        case ipv4Mapped = "ipv4_mapped"
        case ipv4Compatible = "ipv4_compatible"
        case ipv4Translation = "nat64"
        case tunnel
        case discard
        case uniqueLocal = "unique_local"
        case siteLocal = "site_local"
    }

    /// Public addresses only.
    public static let publicOnly = OutboundAddressPolicy()

    /// Blocks an operator permits although they are not public: a sandbox issuer, an issuer
    /// reached over a private line.
    public let allowed: [AddressBlock]

    public init(allowed: [AddressBlock] = []) {
        self.allowed = allowed
    }

    /// Nil when a connection to `address` is permitted, else why it is not.
    public func refusal(of address: InternetAddress) -> Refusal? {
        if allowed.contains(where: { $0.contains(address) }) { return nil }
        for entry in Self.specialPurpose where entry.block.contains(address) {
            return entry.refusal
        }
        switch address {
        case .v4: return nil
        case .v6: return Self.globalUnicast.contains(address) ? nil : .reserved
        }
    }

    /// The only IPv6 space that IANA hands out for global unicast (RFC 4291 §2.4).
    private static let globalUnicast = block("2000::/3")

    /// More specific blocks stand before the blocks that hold them.
    private static let specialPurpose: [(block: AddressBlock, refusal: Refusal)] = [
        (block("0.0.0.0/32"), .unspecified),
        (block("0.0.0.0/8"), .thisNetwork),
        (block("10.0.0.0/8"), .privateNetwork),
        (block("100.64.0.0/10"), .carrierGradeNAT),
        (block("127.0.0.0/8"), .loopback),
        (block("169.254.0.0/16"), .linkLocal),
        (block("172.16.0.0/12"), .privateNetwork),
        (block("192.0.0.0/24"), .protocolAssignment),
        (block("192.0.2.0/24"), .documentation),
        (block("192.88.99.0/24"), .tunnel),
        (block("192.168.0.0/16"), .privateNetwork),
        (block("198.18.0.0/15"), .benchmarking),
        (block("198.51.100.0/24"), .documentation),
        (block("203.0.113.0/24"), .documentation),
        (block("224.0.0.0/4"), .multicast),
        (block("255.255.255.255/32"), .broadcast),
        (block("240.0.0.0/4"), .reserved),
        (block("::/128"), .unspecified),
        (block("::1/128"), .loopback),
        (block("::ffff:0:0/96"), .ipv4Mapped),
        (block("::/96"), .ipv4Compatible),
        (block("64:ff9b::/96"), .ipv4Translation),
        (block("64:ff9b:1::/48"), .ipv4Translation),
        (block("100::/64"), .discard),
        (block("2001::/32"), .tunnel),
        (block("2001:2::/48"), .benchmarking),
        (block("2001::/23"), .protocolAssignment),
        (block("2001:db8::/32"), .documentation),
        (block("2002::/16"), .tunnel),
        (block("3fff::/20"), .documentation),
        (block("fc00::/7"), .uniqueLocal),
        (block("fe80::/10"), .linkLocal),
        (block("fec0::/10"), .siteLocal),
        (block("ff00::/8"), .multicast),
    ]

    /// The table is a constant: a text that is no block stops the first test that runs.
    private static func block(_ text: String) -> AddressBlock {
        guard let block = AddressBlock(text) else {
            preconditionFailure("\(text) in the table of special-purpose blocks is no CIDR block")
        }
        return block
    }
}
