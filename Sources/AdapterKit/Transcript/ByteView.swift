/// Bytes as they are searched, each with the range of the original bytes it came from.
struct ByteView {
    private(set) var bytes: [UInt8] = []
    private var starts: [Int] = []
    private var ends: [Int] = []

    /// The bytes themselves.
    init(_ original: [UInt8]) {
        bytes = original
        starts = Array(original.indices)
        ends = original.indices.map { $0 + 1 }
    }

    private init() {}

    /// The original bytes behind `range` of the view.
    func original(_ range: Range<Int>) -> Range<Int> {
        starts[range.lowerBound]..<ends[range.upperBound - 1]
    }

    /// Lower case in ASCII, separators left out.
    func compacted() -> ByteView {
        var view = ByteView()
        view.reserve(bytes.count)
        for index in bytes.indices where !Self.isSeparator(bytes[index]) {
            view.append(Self.folded(bytes[index]), from: self, index..<(index + 1))
        }
        return view
    }

    /// URL, JSON and XML escapes undone, once; nil when there is none.
    func unescaped() -> ByteView? {
        guard bytes.contains(where: EscapeSequence.isIntroducer) else { return nil }
        var view = ByteView()
        view.reserve(bytes.count)
        var index = 0
        while index < bytes.count {
            if let escape = EscapeSequence(in: bytes, at: index) {
                let range = index..<(index + escape.length)
                for byte in escape.meaning { view.append(byte, from: self, range) }
                index += escape.length
            } else {
                view.append(bytes[index], from: self, index..<(index + 1))
                index += 1
            }
        }
        return view
    }

    /// What a secret's spelling and a searched text have in common.
    static func compact(_ bytes: [UInt8]) -> [UInt8] {
        bytes.filter { !isSeparator($0) }.map(folded)
    }

    /// What people and encoders put between the symbols of a code: dash, underscore, plus, blanks,
    /// and the zero bytes of UTF-16.
    static func isSeparator(_ byte: UInt8) -> Bool {
        byte == 0 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: " ")
            || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "_")
            || (0x09...0x0D).contains(byte)
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private mutating func reserve(_ count: Int) {
        bytes.reserveCapacity(count)
        starts.reserveCapacity(count)
        ends.reserveCapacity(count)
    }

    private mutating func append(_ byte: UInt8, from source: ByteView, _ range: Range<Int>) {
        bytes.append(byte)
        let original = source.original(range)
        starts.append(original.lowerBound)
        ends.append(original.upperBound)
    }
}
