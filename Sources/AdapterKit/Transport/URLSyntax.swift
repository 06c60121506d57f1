/// The few rules of RFC 3986 that request templates need.
public enum URLSyntax {
    /// Why `text` cannot be an issuer's base address; nil when it can. Quotes nothing of it.
    static func objection(toBaseURL text: String) -> String? {
        guard let rest = afterScheme(text) else { return "must begin with https:// or http://" }
        if text.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) {
            return "contains a space or a character outside ASCII"
        }
        for (symbol, part) in [("?", "query"), ("#", "fragment"), ("@", "user name")]
        where rest.contains(symbol) {
            return "must not have a \(part): credentials and parameters are declared elsewhere"
        }
        let authority = rest.prefix { $0 != "/" }
        guard !authority.isEmpty, isAuthority(authority) else { return "has no valid host" }
        if hasDotSegment(target(of: text).path) { return "must not have `.` or `..` in its path" }
        return nil
    }

    /// Whether a part of `path` is `.` or `..`, as it stands or once a server has decoded it.
    /// Clients and servers take such steps out (RFC 3986 §5.2.4), and ask or answer another page.
    public static func hasDotSegment(_ path: String) -> Bool {
        let decoded = path.replacing("%2e", with: ".").replacing("%2E", with: ".")
            .replacing("%2f", with: "/").replacing("%2F", with: "/")
            .replacing("%5c", with: "/").replacing("%5C", with: "/")
            .replacing("\\", with: "/")
        return decoded.split(separator: "/").contains { $0 == "." || $0 == ".." }
    }

    /// Path and query (without `?`) of an address, as they are sent.
    static func target(of address: String) -> (path: String, query: String) {
        let rest = afterScheme(address) ?? Substring(address)
        let target = rest.drop { $0 != "/" && $0 != "?" }
        let path = target.prefix { $0 != "?" }
        return (path.isEmpty ? "/" : String(path), String(target.dropFirst(path.count + 1)))
    }

    /// Host and port of an address, as its `Host` header has them.
    static func authority(of address: String) -> String {
        String((afterScheme(address) ?? Substring(address)).prefix { $0 != "/" && $0 != "?" })
    }

    /// Percent-encodes everything but RFC 3986's unreserved symbols.
    public static func percentEncoded(_ text: String) -> String {
        var encoded = ""
        encoded.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if isUnreserved(byte) {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += "%" + hexDigits(byte)
            }
        }
        return encoded
    }

    private static func afterScheme(_ text: String) -> Substring? {
        for scheme in ["https://", "http://"] where text.lowercased().hasPrefix(scheme) {
            return text.dropFirst(scheme.count)
        }
        return nil
    }

    private static func isAuthority(_ authority: Substring) -> Bool {
        var host = authority
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else { return false }
            host = authority[authority.index(after: close)...]
            guard host.isEmpty || host.first == ":" else { return false }
            return isPort(host.dropFirst())
        }
        if let colon = host.firstIndex(of: ":") {
            guard isPort(host[host.index(after: colon)...]) else { return false }
            host = host[..<colon]
        }
        return !host.isEmpty && host.utf8.allSatisfy { isUnreserved($0) }
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty || (UInt16(text) != nil && text.utf8.allSatisfy { (0x30...0x39).contains($0) })
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func hexDigits(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.utf8.count == 1 ? "0" + digits : digits
    }
}
