/// Collects an answer's header lines as libcurl hands them over, one call a line.
///
/// Interim answers (1xx) are dropped when the next status line comes; trailers, which arrive
/// after the body, are not headers and are left out.
struct ResponseHead {
    private(set) var headers: [(name: String, value: String)] = []
    /// Whether the blank line behind the headers has come. libcurl reports success when a
    /// connection closes in the middle of a header line.
    private(set) var isComplete = false
    private var status = 0
    private var byteCount = 0

    /// False when the head has grown past its limit.
    mutating func append(line: UnsafeRawBufferPointer) -> Bool {
        byteCount += line.count
        guard byteCount <= CurlConfiguration.responseHeaderBytesCeiling else { return false }
        guard !isComplete else { return true }
        var content = line[...]
        while let last = content.last, last == 0x0A || last == 0x0D { content.removeLast() }
        if content.starts(with: "HTTP/".utf8) {
            headers.removeAll()
            status = Self.status(content)
        } else if content.isEmpty {
            isComplete = status >= 200
        } else if content.first == 0x20 || content.first == 0x09 {
            continueLast(with: content)
        } else if let colon = content.firstIndex(of: UInt8(ascii: ":")) {
            headers.append(
                (Self.text(content[..<colon]), Self.text(content[(colon + 1)...]))
            )
        }
        return true
    }

    /// Obsolete line folding (RFC 9112 §5.2): the line continues the value before it.
    private mutating func continueLast(with content: Slice<UnsafeRawBufferPointer>) {
        guard let last = headers.indices.last else { return }
        headers[last].value += " " + Self.text(content)
    }

    private static func status(_ line: Slice<UnsafeRawBufferPointer>) -> Int {
        let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
        return parts.count > 1 ? Int(text(parts[1])) ?? 0 : 0
    }

    private static func text(_ octets: Slice<UnsafeRawBufferPointer>) -> String {
        var octets = octets
        while let first = octets.first, first == 0x20 || first == 0x09 { octets.removeFirst() }
        while let last = octets.last, last == 0x20 || last == 0x09 { octets.removeLast() }
        return String(decoding: octets, as: UTF8.self)
    }
}
