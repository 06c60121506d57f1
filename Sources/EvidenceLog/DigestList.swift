import WireFormat

/// The `_sd` array: base64url digests, sorted so that their order tells nothing of the fields.
enum DigestList {
    /// Symbols of a 32-byte digest.
    static let symbolCount = 43

    /// Appends `"_sd":["…",…],"_sd_alg":"sha-256"`.
    /// - Returns: False when two digests are the same, and nothing to be used.
    static func append(_ digests: [TreeHash], to bytes: inout [UInt8]) -> Bool {
        var texts: [UInt8] = []
        texts.reserveCapacity(digests.count * symbolCount)
        for digest in digests {
            withUnsafeBytes(of: digest) { Base64.appendURL(raw: $0, to: &texts) }
        }
        let order = digests.indices.map { (key: sortKey(texts, $0), place: $0) }.sorted {
            $0.key != $1.key ? $0.key < $1.key : precedes(texts, $0.place, $1.place)
        }
        bytes.append(contentsOf: "\"_sd\":[".utf8)
        for (position, element) in order.enumerated() {
            if position > 0 {
                guard precedes(texts, order[position - 1].place, element.place) else {
                    return false
                }
                bytes.append(UInt8(ascii: ","))
            }
            bytes.append(UInt8(ascii: "\""))
            bytes.append(contentsOf: text(texts, element.place))
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(contentsOf: "],\"_sd_alg\":\"sha-256\"".utf8)
        return true
    }

    /// The first eight symbols as a number: nearly always enough to decide the order.
    private static func sortKey(_ texts: [UInt8], _ place: Int) -> UInt64 {
        texts.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: place * symbolCount, as: UInt64.self).bigEndian
        }
    }

    private static func precedes(_ texts: [UInt8], _ left: Int, _ right: Int) -> Bool {
        text(texts, left).lexicographicallyPrecedes(text(texts, right))
    }

    private static func text(_ texts: [UInt8], _ place: Int) -> ArraySlice<UInt8> {
        texts[place * symbolCount..<(place + 1) * symbolCount]
    }
}
