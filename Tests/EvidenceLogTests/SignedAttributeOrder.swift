import Testing

/// Puts the signed attributes of a token into the opposite order, and nothing else.
enum SignedAttributeOrder {
    static func reversed(_ der: [UInt8]) throws -> [UInt8] {
        // contentType leads the attributes under [0]: `A0 len 30 1A 06 09 …1.9.3`.
        let contentType: [UInt8] = [
            0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03,
        ]
        let place = try #require(der.firstRange(of: contentType)).lowerBound - 2
        var start = place
        var length = 0
        if der[place - 2] == 0xA0 {
            length = Int(der[place - 1])
        } else if der[place - 3] == 0xA0 {
            length = Int(der[place - 1])
        } else {
            length = Int(der[place - 2]) << 8 | Int(der[place - 1])
        }
        var elements: [[UInt8]] = []
        let end = place + length
        while start < end {
            let (header, size) = try Self.header(der, at: start)
            elements.append(Array(der[start..<(start + header + size)]))
            start += header + size
        }
        try #require(start == end && elements.count > 1)
        return Array(der[..<place]) + elements.reversed().flatMap { $0 } + Array(der[end...])
    }

    /// Bytes of tag and length, and the length.
    private static func header(_ der: [UInt8], at place: Int) throws -> (Int, Int) {
        switch der[place + 1] {
        case 0..<0x80: return (2, Int(der[place + 1]))
        case 0x81: return (3, Int(der[place + 2]))
        default: return (4, Int(der[place + 2]) << 8 | Int(der[place + 3]))
        }
    }
}
