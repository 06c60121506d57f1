/// Cuts a stream of bytes into lines of a bounded length.
struct LineReader {
    enum Piece: Equatable {
        case line([UInt8])
        /// A line was longer than the limit; the rest of it is skipped.
        case tooLong
    }

    private let longestBytes: Int
    private var begun: [UInt8] = []
    private var isSkipping = false

    /// - Parameter longestBytes: of a line without its end.
    init(longestBytes: Int) {
        self.longestBytes = longestBytes
    }

    /// The lines that `bytes` completes, without their ends (`\n` or `\r\n`).
    mutating func take(_ bytes: some Sequence<UInt8>) -> [Piece] {
        var pieces: [Piece] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if !isSkipping {
                    if begun.last == UInt8(ascii: "\r") { begun.removeLast() }
                    pieces.append(.line(begun))
                }
                begun.removeAll(keepingCapacity: begun.capacity <= Self.keptCapacity)
                isSkipping = false
            } else if !isSkipping {
                begun.append(byte)
                if begun.count > longestBytes {
                    pieces.append(.tooLong)
                    begun = []
                    isSkipping = true
                }
            }
        }
        return pieces
    }

    /// What a line in the making takes between lines at most.
    private static let keptCapacity = 64 << 10
}
