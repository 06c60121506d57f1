import Drivers
import Testing

@Suite("OutboundAddressPolicy")
struct OutboundAddressPolicyTests {
    @Test(
        "R20: an address that is not public is refused, with its reason",
        arguments: [
            ("0.0.0.0", OutboundAddressPolicy.Refusal.unspecified),
            ("0.0.0.1", .thisNetwork), ("0.255.255.255", .thisNetwork),
            ("10.0.0.0", .privateNetwork), ("10.255.255.255", .privateNetwork),
            ("100.64.0.0", .carrierGradeNAT), ("100.127.255.255", .carrierGradeNAT),
            ("127.0.0.1", .loopback), ("127.255.255.254", .loopback),
            ("169.254.169.254", .linkLocal), ("172.16.0.1", .privateNetwork),
            ("172.31.255.255", .privateNetwork), ("192.0.0.8", .protocolAssignment),
            ("192.0.2.1", .documentation), ("192.88.99.1", .tunnel),
            ("192.168.1.1", .privateNetwork), ("198.18.0.1", .benchmarking),
            ("198.19.255.255", .benchmarking), ("198.51.100.7", .documentation),
            ("203.0.113.7", .documentation), ("224.0.0.1", .multicast),
            ("239.255.255.255", .multicast), ("240.0.0.1", .reserved),
            ("255.255.255.255", .broadcast),
            ("::", .unspecified), ("::1", .loopback), ("::7f00:1", .ipv4Compatible),
            ("::ffff:127.0.0.1", .ipv4Mapped), ("::ffff:8.8.8.8", .ipv4Mapped),
            ("64:ff9b::7f00:1", .ipv4Translation), ("64:ff9b:1::1", .ipv4Translation),
            ("100::1", .discard), ("2001::1", .tunnel), ("2001:2::1", .benchmarking),
            ("2001:10::1", .protocolAssignment), ("2001:db8::1", .documentation),
            ("2002:7f00:1::", .tunnel), ("3fff::1", .documentation), ("5f00::1", .reserved),
            ("fc00::1", .uniqueLocal), ("fd12:3456::1", .uniqueLocal),
            ("fe80::1", .linkLocal), ("febf::1", .linkLocal), ("fec0::1", .siteLocal),
            ("ff02::1", .multicast), ("4000::1", .reserved), ("1::1", .reserved),
        ]
    )
    func refused(text: String, reason: OutboundAddressPolicy.Refusal) throws {
        let address = try #require(InternetAddress(text))
        #expect(OutboundAddressPolicy.publicOnly.refusal(of: address) == reason)
    }

    @Test(
        "an address just beside a special block is public",
        arguments: [
            "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
            "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255",
            "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.3.0", "192.167.255.255",
            "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "8.8.8.8",
            "2001:200::1", "2001:db9::1", "2003::1", "2606:4700::1111", "3ffe::1", "2000::1",
        ]
    )
    func permitted(text: String) throws {
        let address = try #require(InternetAddress(text))
        #expect(OutboundAddressPolicy.publicOnly.refusal(of: address) == nil)
    }

    @Test("an allow-list permits what it names, in its own family, and nothing beside it")
    func allowList() throws {
        let blocks = try ["127.0.0.0/8", "fd00::/16"].map { try #require(AddressBlock($0)) }
        let policy = OutboundAddressPolicy(allowed: blocks)
        func refusal(_ text: String) throws -> OutboundAddressPolicy.Refusal? {
            policy.refusal(of: try #require(InternetAddress(text)))
        }
        #expect(try refusal("127.3.2.1") == nil)
        #expect(try refusal("fd00::9") == nil)
        #expect(try refusal("fd01::9") == .uniqueLocal)
        #expect(try refusal("10.0.0.1") == .privateNetwork)
        #expect(try refusal("::ffff:127.0.0.1") == .ipv4Mapped)
        #expect(try refusal("::1") == .loopback)
    }

    @Test(
        "a text that is no CIDR block is refused, also one with bits beyond its prefix",
        arguments: [
            "", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/+8",
            "10.0.0.0/08x", "10.1.0.0/8", "fe80::/129", "fe80::1/64", "10.0.0/8", "localhost",
            "0177.0.0.1", "0x7f.1", "2130706433", "[::1]", "fe80::1%lo",
        ]
    )
    func notABlock(text: String) {
        #expect(AddressBlock(text) == nil)
    }

    @Test(
        "a block reads back as it is written, a lone address as a block of one",
        arguments: [
            ("10.0.0.0/8", "10.0.0.0/8"), ("192.0.2.7", "192.0.2.7/32"), ("::1", "::1/128"),
            ("0.0.0.0/0", "0.0.0.0/0"), ("::/0", "::/0"), ("2001:DB8::/32", "2001:db8::/32"),
        ]
    )
    func block(text: String, description: String) throws {
        #expect(try #require(AddressBlock(text)).description == description)
    }

    @Test("the block of everything holds everything of its family alone")
    func everything() throws {
        let four = try #require(AddressBlock("0.0.0.0/0"))
        #expect(four.contains(.v4(.max)) && four.contains(.v4(0)))
        #expect(!four.contains(.v6(0)))
        let six = try #require(AddressBlock("::/0"))
        #expect(six.contains(.v6(.max)) && !six.contains(.v4(0)))
    }
}
