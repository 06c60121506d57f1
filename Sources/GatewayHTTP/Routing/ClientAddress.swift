import Glibc
import HTTPTypes
import NIOCore

/// The network address that a request's budget is kept under.
struct ClientAddress: Sendable {
    private let header: HTTPField.Name?

    /// - Parameter header: set by a reverse proxy of the operator's; nil where there is none. A
    ///   name that cannot be a header's is ignored.
    init(header: String?) {
        self.header = header.flatMap { HTTPField.Name($0) }
    }

    /// An IPv4 address, or the first half of an IPv6 one, which is what one customer gets.
    func of(_ call: Call) -> String {
        if let header, let list = call.headers[header],
            let last = list.split(separator: ",").last.map({ $0.filter { $0 != " " } }),
            let network = Self.network(of: last)
        {
            return network
        }
        return call.context.remoteAddress?.ipAddress.flatMap { Self.network(of: $0) } ?? "local"
    }

    /// The whole address, for a list of those that are allowed; empty when it is not known.
    func full(of call: Call) -> String {
        if let header {
            // Behind a proxy the connection's own address says nothing.
            let last = call.headers[header]?.split(separator: ",").last
            return last.map { $0.filter { $0 != " " } } ?? ""
        }
        return call.context.remoteAddress?.ipAddress ?? ""
    }

    /// Nil for a text that is no address.
    private static func network(of text: String) -> String? {
        guard text.utf8.count <= Int(INET6_ADDRSTRLEN) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return text }
        guard inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
        return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":")
    }
}
