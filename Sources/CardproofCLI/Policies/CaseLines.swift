import Foundation

/// Cases of a file, without reading it whole.
struct CaseLines {
    struct Line: Sendable {
        /// Counted from one, as editors do.
        let number: Int
        let bytes: ArraySlice<UInt8>
    }

    /// Bytes of one case.
    private static let longestLine = 1 << 20
    private static let chunkBytes = 4 << 20

    private let handle: FileHandle
    private let path: String
    private var rest: [UInt8] = []
    private var number = 1
    private var isAtEnd = false

    init(path: String) throws {
        self.path = path
        if path == "-" {
            handle = .standardInput
        } else if let opened = FileHandle(forReadingAtPath: path) {
            handle = opened
        } else {
            throw CommandFailure.usage("--cases \(path): cannot be read")
        }
    }

    /// The next lines that are not empty; nil at the end.
    mutating func next(_ count: Int) throws -> [Line]? {
        var lines: [Line] = []
        var start = rest.startIndex
        while lines.count < count {
            if let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                append(rest[start..<end], to: &lines)
                start = end + 1
            } else if isAtEnd {
                append(rest[start...], to: &lines)
                start = rest.endIndex
                break
            } else {
                guard rest.endIndex - start <= Self.longestLine else {
                    throw CommandFailure.usage("--cases \(path): a line is too long")
                }
                // Lines that were found keep the old bytes; only the open one moves on.
                if !lines.isEmpty { break }
                rest = Array(rest[start...])
                start = 0
                try fill()
            }
        }
        rest = Array(rest[start...])
        return lines.isEmpty && isAtEnd ? nil : lines
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>, to lines: inout [Line]) {
        if !bytes.isEmpty { lines.append(Line(number: number, bytes: bytes)) }
        number += 1
    }

    private mutating func fill() throws {
        guard let data = try handle.read(upToCount: Self.chunkBytes), !data.isEmpty else {
            isAtEnd = true
            return
        }
        rest.append(contentsOf: data)
    }
}
