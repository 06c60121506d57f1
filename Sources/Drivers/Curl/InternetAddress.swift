import CCurl
import CProcess
import Glibc

/// An IPv4 or IPv6 address as a number, most significant octet first.
public enum InternetAddress: Sendable, Hashable {
    case v4(UInt32)
    case v6(UInt128)

    /// The address family's width in bits, 32 or 128.
    public var bitCount: Int {
        switch self {
        case .v4: 32
        case .v6: 128
        }
    }

    /// Reads dotted-decimal IPv4 or RFC 4291 IPv6 text, without brackets, zone or port. Nil for
    /// anything else; the short, octal and hexadecimal IPv4 spellings that resolvers accept are
    /// refused here, because two readers may disagree about them.
    public init?(_ text: String) {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self = .v4(UInt32(bigEndian: four.s_addr))
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        self = .v6(Self.number(six))
    }

    /// The address inside a socket address of family AF_INET or AF_INET6; nil for other families
    /// and for a structure shorter than its family needs.
    init?(socketAddress: UnsafeRawPointer, length: Int) {
        guard length >= MemoryLayout<sa_family_t>.size else { return nil }
        switch Int32(socketAddress.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET:
            guard length >= MemoryLayout<sockaddr_in>.size else { return nil }
            let address = socketAddress.loadUnaligned(as: sockaddr_in.self)
            self = .v4(UInt32(bigEndian: address.sin_addr.s_addr))
        case AF_INET6:
            guard length >= MemoryLayout<sockaddr_in6>.size else { return nil }
            let address = socketAddress.loadUnaligned(as: sockaddr_in6.self)
            self = .v6(Self.number(address.sin6_addr))
        default:
            return nil
        }
    }

    private static func number(_ address: in6_addr) -> UInt128 {
        withUnsafeBytes(of: address) { octets in
            UInt128(bigEndian: octets.loadUnaligned(as: UInt128.self))
        }
    }
}

extension InternetAddress: CustomStringConvertible {
    /// Canonical text: dotted decimal, or RFC 5952 for IPv6.
    public var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        switch self {
        case .v4(let number):
            var address = in_addr(s_addr: number.bigEndian)
            inet_ntop(AF_INET, &address, &text, socklen_t(text.count))
        case .v6(let number):
            var address = number.bigEndian
            inet_ntop(AF_INET6, &address, &text, socklen_t(text.count))
        }
        let end = text.firstIndex(of: 0) ?? text.endIndex
        return String(decoding: text[..<end].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
