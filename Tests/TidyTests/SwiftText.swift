/// Just enough of Swift's lexical grammar to tell code from comments and string literals.
struct SwiftText {
    private let input: [UInt8]
    private var output: [UInt8] = []
    private var at = 0

    private init(_ text: String) {
        input = Array(text.utf8)
        output.reserveCapacity(input.count)
    }

    /// The text with the same line breaks, and spaces where comments and string contents were.
    static func blanked(_ text: String) -> String {
        var reader = SwiftText(text)
        reader.readCode(until: nil)
        return String(decoding: reader.output, as: UTF8.self)
    }

    private func starts(with text: StaticString) -> Bool {
        let bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard at + bytes.count <= input.count else { return false }
        for index in 0..<bytes.count where input[at + index] != bytes[index] { return false }
        return true
    }

    private mutating func keep() {
        output.append(input[at])
        at += 1
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where at < input.count {
            output.append(input[at] == UInt8(ascii: "\n") ? input[at] : UInt8(ascii: " "))
            at += 1
        }
    }

    /// Code up to the end, or up to the parenthesis that closes a string interpolation.
    private mutating func readCode(until closing: UInt8?) {
        var depth = 0
        while at < input.count {
            if starts(with: "//") {
                while at < input.count, input[at] != UInt8(ascii: "\n") { blank() }
            } else if starts(with: "/*") {
                readBlockComment()
            } else if input[at] == UInt8(ascii: "\"") || input[at] == UInt8(ascii: "#") {
                readStringOrHash()
            } else if let closing, input[at] == closing, depth == 0 {
                return
            } else {
                if input[at] == UInt8(ascii: "(") { depth += 1 }
                if input[at] == UInt8(ascii: ")") { depth -= 1 }
                keep()
            }
        }
    }

    private mutating func readBlockComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                blank(2)
            } else if starts(with: "*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && at < input.count
    }

    private mutating func readStringOrHash() {
        var hashes = 0
        while at + hashes < input.count, input[at + hashes] == UInt8(ascii: "#") { hashes += 1 }
        guard at + hashes < input.count, input[at + hashes] == UInt8(ascii: "\"") else {
            for _ in 0..<hashes { keep() }
            return
        }
        blank(hashes)
        let quotes = starts(with: "\"\"\"") ? 3 : 1
        for _ in 0..<quotes { keep() }
        readString(hashes: hashes, quotes: quotes)
    }

    private mutating func readString(hashes: Int, quotes: Int) {
        while at < input.count {
            if input[at] == UInt8(ascii: "\\"), hashesFollow(at + 1, hashes) {
                blank(1 + hashes)
                if at < input.count, input[at] == UInt8(ascii: "(") {
                    blank()
                    readCode(until: UInt8(ascii: ")"))
                }
                blank()
            } else if quotesFollow(quotes), hashesFollow(at + quotes, hashes) {
                for _ in 0..<quotes { keep() }
                blank(hashes)
                return
            } else if quotes == 1, input[at] == UInt8(ascii: "\n") {
                return
            } else {
                blank()
            }
        }
    }

    private func quotesFollow(_ count: Int) -> Bool {
        guard at + count <= input.count else { return false }
        return input[at..<(at + count)].allSatisfy { $0 == UInt8(ascii: "\"") }
    }

    private func hashesFollow(_ start: Int, _ count: Int) -> Bool {
        guard start + count <= input.count else { return false }
        return input[start..<(start + count)].allSatisfy { $0 == UInt8(ascii: "#") }
    }
}
