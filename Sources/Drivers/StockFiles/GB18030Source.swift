import Gateway

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Turns a source of GB18030 into one of UTF-8 through the C library's `iconv`. Bytes that are no
/// character become U+FFFD, so that their lines are malformed and the others are read.
final class GB18030Source: ByteSource {
    /// Bytes taken from the source at a time.
    private static let chunkBytes = 64 << 10
    /// The longest character of GB18030.
    private static let longestCharacter = 4

    private let source: any ByteSource
    private let converter: iconv_t?
    private var input: [UInt8] = []
    private var output: ArraySlice<UInt8> = []
    private var isAtEnd = false

    init(_ source: any ByteSource) {
        self.source = source
        let opened = iconv_open("UTF-8", "GB18030")
        converter = opened == iconv_t(bitPattern: -1) ? nil : opened
    }

    deinit { if let converter { iconv_close(converter) } }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while output.isEmpty {
            guard try refill() else { return 0 }
        }
        let taken = output.prefix(buffer.count)
        buffer.copyBytes(from: taken)
        output = output.dropFirst(taken.count)
        return taken.count
    }

    /// False at the end of the source.
    private func refill() throws -> Bool {
        guard let converter else {
            throw StockFileError(
                path: "GB18030",
                message: "this system's C library lacks the conversion (iconv)"
            )
        }
        let chunk = try source.collect(Self.chunkBytes)
        isAtEnd = chunk.count < Self.chunkBytes
        input.append(contentsOf: chunk)
        guard !input.isEmpty else { return false }
        var converted: [UInt8] = []
        let used = convert(with: converter, to: &converted)
        input.removeFirst(used)
        output = converted[...]
        return true
    }

    /// Converts what is whole in `input`; returns how many of its bytes are done with.
    private func convert(with converter: iconv_t, to converted: inout [UInt8]) -> Int {
        var used = 0
        // GB18030 never takes more than two bytes of UTF-8 for one of its own.
        var room = [CChar](repeating: 0, count: 2 * input.count + Self.longestCharacter)
        while used < input.count {
            let (taken, written, failure) = step(with: converter, from: used, into: &room)
            converted.append(contentsOf: room[..<written].lazy.map { UInt8(bitPattern: $0) })
            used += taken
            guard failure != 0 || taken == 0, used < input.count else { continue }
            // An incomplete character at the end waits for its rest, if there is one.
            if failure == EINVAL, !isAtEnd { return used }
            converted.append(contentsOf: "\u{fffd}".utf8)
            used += 1
        }
        return used
    }

    private func step(
        with converter: iconv_t,
        from start: Int,
        into room: inout [CChar]
    ) -> (taken: Int, written: Int, failure: Int32) {
        input.withUnsafeMutableBytes { source in
            room.withUnsafeMutableBufferPointer { target in
                var from = source.baseAddress?.advanced(by: start)
                    .assumingMemoryBound(to: CChar.self)
                var left = source.count - start
                var to = target.baseAddress
                var free = target.count
                let result = iconv(converter, &from, &left, &to, &free)
                let failure = result == -1 ? errno : 0
                return (source.count - start - left, target.count - free, failure)
            }
        }
    }
}
