import Foundation
import Testing

/// What is said in one language is said in the other.
@Suite("Documents") struct ReadmeTests {
    static let chinese = SourceTree.files().map(SourceTree.relative)
        .filter { $0.hasSuffix(".zh-CN.md") && !$0.hasPrefix("Tests/Vectors/") }

    @Test("the README is there in both languages")
    func bothExist() { #expect(Self.chinese.contains("README.zh-CN.md")) }

    @Test("a document in two languages has the same sections in the same order", arguments: chinese)
    func sections(path: String) throws {
        let other = path.replacingOccurrences(of: ".zh-CN.md", with: ".md")
        let translated = try #require(SourceTree.text(path))
        let original = try #require(SourceTree.text(other), "\(other) is missing")
        #expect(Self.outline(of: translated) == Self.outline(of: original))
    }

    @Test("the commands in both languages are the same", arguments: chinese)
    func commands(path: String) throws {
        let other = path.replacingOccurrences(of: ".zh-CN.md", with: ".md")
        let translated = try #require(SourceTree.text(path))
        let original = try #require(SourceTree.text(other))
        #expect(Self.commands(of: translated) == Self.commands(of: original))
    }

    /// The level of each heading, in order.
    static func outline(of text: String) -> [Int] {
        outside(code: text).compactMap { line in
            let level = line.prefix { $0 == "#" }.count
            return level > 0 && line.dropFirst(level).hasPrefix(" ") ? level : nil
        }
    }

    /// The lines of code blocks, without their comments and the output they show.
    static func commands(of text: String) -> [String] {
        var inside = false
        return text.components(separatedBy: "\n").compactMap { line in
            if line.hasPrefix("```") {
                inside.toggle()
                return nil
            }
            guard inside else { return nil }
            let command = line.components(separatedBy: " #")[0]
                .trimmingCharacters(in: .whitespaces)
            let isCommand = ["$ ", "make ", "cardproof ", "curl ", "openssl "]
                .contains { command.hasPrefix($0) }
            return isCommand ? command : nil
        }
    }

    private static func outside(code text: String) -> [String] {
        var inside = false
        return text.components(separatedBy: "\n").filter { line in
            if line.hasPrefix("```") { inside.toggle() }
            return !inside
        }
    }
}
