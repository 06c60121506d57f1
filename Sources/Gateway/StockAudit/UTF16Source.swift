/// Turns a source of UTF-16 into one of UTF-8. Lone surrogates become U+FFFD, so that the lines
/// that hold them are malformed and the others are read.
public final class UTF16Source: ByteSource {
    /// Bytes taken from the source at a time.
    private static let chunkBytes = 64 << 10

    private let upstream: any ByteSource
    private let isBigEndian: Bool
    private var pending: ArraySlice<UInt8> = []
    private var oddByte: UInt8?
    private var highSurrogate: UInt16?
    private var isAtStart = true

    public init(_ upstream: any ByteSource, isBigEndian: Bool) {
        self.upstream = upstream
        self.isBigEndian = isBigEndian
    }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while pending.isEmpty {
            guard try refill() else { return 0 }
        }
        let taken = pending.prefix(buffer.count)
        buffer.copyBytes(from: taken)
        pending = pending.dropFirst(taken.count)
        return taken.count
    }

    /// False at the end of the source.
    private func refill() throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
        let count = try chunk.withUnsafeMutableBytes { try upstream.read(into: $0) }
        var output: [UInt8] = []
        output.reserveCapacity(count * 3 / 2 + 3)
        guard count > 0 else {
            if highSurrogate != nil || oddByte != nil { Self.append("\u{fffd}", to: &output) }
            highSurrogate = nil
            oddByte = nil
            pending = output[...]
            return !output.isEmpty
        }
        for byte in chunk[..<count] {
            guard let first = oddByte else {
                oddByte = byte
                continue
            }
            oddByte = nil
            let unit =
                isBigEndian ? UInt16(first) << 8 | UInt16(byte) : UInt16(byte) << 8 | UInt16(first)
            append(unit, to: &output)
        }
        pending = output[...]
        return true
    }

    private func append(_ unit: UInt16, to output: inout [UInt8]) {
        if isAtStart {
            isAtStart = false
            if unit == 0xfeff { return }
        }
        if let high = highSurrogate {
            highSurrogate = nil
            if UTF16.isTrailSurrogate(unit) {
                let value = 0x1_0000 + (UInt32(high & 0x3ff) << 10 | UInt32(unit & 0x3ff))
                Self.append(Unicode.Scalar(value)!, to: &output)
                return
            }
            Self.append("\u{fffd}", to: &output)
        }
        if UTF16.isLeadSurrogate(unit) {
            highSurrogate = unit
        } else {
            Self.append(Unicode.Scalar(unit) ?? "\u{fffd}", to: &output)
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to output: inout [UInt8]) {
        output.append(contentsOf: UTF8.encode(scalar)!)
    }
}
