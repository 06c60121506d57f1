/// Where a callback goes: `http://host:port/path?query`, loopback only unless allowed otherwise.
struct CallbackAddress: Sendable, Equatable {
    /// Without the brackets of an IPv6 address.
    let host: String
    let port: Int
    /// Path and query.
    let target: String

    /// Nil when it is no address that the sandbox calls.
    init?(_ text: String) {
        let scheme = "http://"
        guard text.lowercased().hasPrefix(scheme), text.utf8.count <= SandboxLimits.addressSymbols,
            text.utf8.allSatisfy({ (0x21...0x7E) ~= $0 })
        else { return nil }
        let rest = text.dropFirst(scheme.count)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        guard let (host, port) = Self.authority(rest[..<end]) else { return nil }
        self.host = host
        self.port = port
        let path = rest[end...].prefix { $0 != "#" }
        target = path.hasPrefix("/") ? String(path) : "/" + path
    }

    private static func authority(_ text: Substring) -> (String, Int)? {
        var (host, rest) = (text.prefix { $0 != ":" }, text.drop { $0 != ":" })
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            (host, rest) = (text[..<close].dropFirst(), text[text.index(after: close)...])
        }
        guard !host.isEmpty, !host.contains("@") else { return nil }
        if rest.isEmpty { return (String(host), 80) }
        guard rest.hasPrefix(":"), let port = Int(rest.dropFirst()), (1...65_535).contains(port)
        else { return nil }
        return (String(host), port)
    }

    var isLoopback: Bool {
        let octets = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return host == "localhost" || host == "::1"
            || octets.count == 4 && octets[0] == 127 && !octets.contains(nil)
    }

    /// As the `Host` field names it.
    var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

    /// The same with further fields in its query.
    func adding(query: String) -> String {
        target + (target.contains("?") ? "&" : "?") + query
    }
}
