import Testing

/// Functions and files stay small enough to be read at once.
@Suite("Sizes") struct SizeTests {
    /// The hard stop for a function; most are under 25 lines.
    static let longestFunction = 70
    /// The hard stop for a file; most are between 100 and 250 lines.
    static let longestFile = 500
    /// The width that `.swift-format` breaks lines at.
    static let widestLine = 100
    /// What is longer than any name: a vector, which stands as it is.
    static let longestWord = 60

    static let files = SourceTree.swiftFiles(in: ["Sources", "Adapters", "Tests"])

    @Test("the tidy tests see the sources")
    func treeIsFound() {
        #expect(Self.files.count > 20)
        #expect(Self.files.contains { $0.path == "Sources/WireFormat/JSONValue.swift" })
    }

    @Test("no function is longer than 70 lines")
    func functionLength() {
        for file in Self.files {
            for function in SwiftFunction.all(in: file.codeLines) {
                #expect(
                    function.lineCount <= Self.longestFunction,
                    "\(file.path):\(function.line) \(function.name) has \(function.lineCount) lines"
                )
            }
        }
    }

    @Test("no file is longer than 500 lines")
    func fileLength() {
        for file in Self.files {
            #expect(
                file.lines.count <= Self.longestFile,
                "\(file.path) has \(file.lines.count) lines"
            )
        }
    }

    @Test("no line is wider than 100 columns")
    func lineWidth() {
        for file in Self.files {
            for (number, line) in file.lines.enumerated() where line.count > Self.widestLine {
                // A URL or a test vector cannot be broken.
                let words = line.split(separator: " ")
                if words.contains(where: { $0.count > Self.longestWord }) { continue }
                if line.contains("https://") { continue }
                Issue.record("\(file.path):\(number + 1) has \(line.count) columns")
            }
        }
    }

    @Test("no line ends in a space, and every file ends in one line break")
    func lineEnds() {
        for file in Self.files {
            for (number, line) in file.lines.enumerated() where line.last?.isWhitespace == true {
                Issue.record("\(file.path):\(number + 1) ends in white space")
            }
            #expect(file.lines.last == "" && file.lines.dropLast().last != "", "\(file.path)")
        }
    }
}
