/// The encoding of a stock file, decided from its first bytes.
public enum StockEncoding: Sendable, Hashable {
    case utf8
    case utf16LittleEndian
    case utf16BigEndian
    case gb18030

    public var name: String {
        switch self {
        case .utf8: "UTF-8"
        case .utf16LittleEndian: "UTF-16LE"
        case .utf16BigEndian: "UTF-16BE"
        case .gb18030: "GB18030"
        }
    }

    /// Decides by the byte order mark, then by what the sample's bytes can be.
    ///
    /// A few broken bytes do not turn a UTF-8 file into GB18030: that takes pairs of the GB2312
    /// plane in more lines than hold well-formed UTF-8.
    /// - Throws: ``StockReadingError/utf16WithoutMark``.
    public static func detect(in sample: [UInt8]) throws(StockReadingError) -> StockEncoding {
        if sample.starts(with: [0xef, 0xbb, 0xbf]) { return .utf8 }
        if sample.starts(with: [0xff, 0xfe]) { return .utf16LittleEndian }
        if sample.starts(with: [0xfe, 0xff]) { return .utf16BigEndian }
        if looksLikeUTF16(sample) { throw .utf16WithoutMark }
        var wellFormed = 0
        var chinese = 0
        for line in sample.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }) {
            guard line.contains(where: { $0 >= 0x80 }) else { continue }
            // A sample may end inside a character.
            if isUTF8(line) {
                wellFormed += 1
            } else if isGB18030(line) {
                chinese += 1
            }
        }
        return chinese > wellFormed ? .gb18030 : .utf8
    }

    /// Text of ASCII in UTF-16 has a NUL in every second byte, always on the same side.
    private static func looksLikeUTF16(_ sample: [UInt8]) -> Bool {
        guard sample.count >= 4, sample.count % 2 == 0 || sample.count > 64 else { return false }
        var even = 0
        var odd = 0
        for (index, byte) in sample.enumerated() where byte == 0 {
            if index % 2 == 0 { even += 1 } else { odd += 1 }
        }
        let threshold = sample.count * 2 / 5
        return max(even, odd) >= threshold && min(even, odd) * 20 <= max(even, odd)
    }

    private static func isUTF8(_ line: ArraySlice<UInt8>) -> Bool {
        String(validating: line, as: UTF8.self) != nil
    }

    /// Whether `line` is well-formed GB18030 with at least one pair of the GB2312 plane
    /// (GB 18030-2022, clause 5).
    private static func isGB18030(_ line: ArraySlice<UInt8>) -> Bool {
        var index = line.startIndex
        var hasCommonPair = false
        while index < line.endIndex {
            let lead = line[index]
            if lead < 0x80 {
                index += 1
                continue
            }
            guard (0x81...0xfe).contains(lead), index + 1 < line.endIndex else { return false }
            switch line[index + 1] {
            case 0x40...0x7e, 0x80...0xfe:
                let trail = line[index + 1]
                hasCommonPair =
                    hasCommonPair || ((0xa1...0xf7).contains(lead) && (0xa1...0xfe).contains(trail))
                index += 2
            case 0x30...0x39:
                guard index + 3 < line.endIndex, (0x81...0xfe).contains(line[index + 2]),
                    (0x30...0x39).contains(line[index + 3])
                else { return false }
                index += 4
            default: return false
            }
        }
        return hasCommonPair
    }
}
