/// A function or initialiser with a body, as the reader of a file finds it.
struct SwiftFunction: Equatable {
    var name: String
    /// The line of its declaration, counted from 1.
    var line: Int
    /// From the declaration to its closing brace.
    var lineCount: Int

    /// Every function of the code, given line by line with comments and strings blanked out.
    static func all(in codeLines: [String]) -> [SwiftFunction] {
        codeLines.indices.compactMap { index in
            guard let name = declaredName(codeLines[index]) else { return nil }
            guard let last = lastLine(of: index, in: codeLines) else { return nil }
            return SwiftFunction(name: name, line: index + 1, lineCount: last - index + 1)
        }
    }

    private static func declaredName(_ line: String) -> String? {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        for (place, word) in words.enumerated() {
            if word == "func", place + 1 < words.count {
                return String(words[place + 1].prefix { $0 != "(" && $0 != "<" })
            }
            if word.hasPrefix("init(") || word.hasPrefix("init?(") || word.hasPrefix("init<")
                || word.hasPrefix("init!(")
            {
                return "init"
            }
            guard modifiers.contains(String(word.prefix { $0 != "(" })) || word.hasPrefix("@")
            else {
                return nil
            }
        }
        return nil
    }

    private static let modifiers: Set<String> = [
        "public", "package", "internal", "private", "fileprivate", "open", "final", "static",
        "class", "override", "mutating", "nonmutating", "nonisolated", "consuming", "borrowing",
        "convenience", "required", "isolated", "prefix", "postfix", "infix", "indirect", "sending",
    ]

    /// The line of the closing brace; nil for a requirement of a protocol, which has no body.
    private static func lastLine(of first: Int, in lines: [String]) -> Int? {
        var round = 0
        var braces = 0
        for index in first..<lines.count {
            for symbol in lines[index] {
                switch symbol {
                case "(", "[": if braces == 0 { round += 1 }
                case ")", "]": if braces == 0 { round -= 1 }
                case "{": if round == 0 { braces += 1 }
                case "}":
                    if braces == 0, round == 0 { return nil }
                    if round == 0 { braces -= 1 }
                    if braces == 0, round == 0 { return index }
                default: break
                }
            }
            if braces == 0, round == 0, !isContinued(lines, after: index) { return nil }
        }
        return nil
    }

    private static func isContinued(_ lines: [String], after index: Int) -> Bool {
        guard index + 1 < lines.count else { return false }
        let next = lines[index + 1].drop { $0 == " " }
        return ["{", "->", "where", "async", "throws", ",", "&"].contains { next.hasPrefix($0) }
            || lines[index].hasSuffix("->") || lines[index].hasSuffix("where")
    }
}
