import Foundation
import Testing

/// Calls that would make an answer depend on the time, on chance, or that end the process.
@Suite("Banned calls") struct BannedCallTests {
    /// A call that needs its reason in a comment on the same line or right above it.
    struct Banned {
        var text: String
        var instead: String
    }

    static let banned = [
        Banned(text: "Date()", instead: "a TimeSource given to the initialiser"),
        Banned(text: "Date.now", instead: "a TimeSource given to the initialiser"),
        Banned(text: "UUID()", instead: "an identifier source given to the initialiser"),
        Banned(text: ".random(in:", instead: "a generator given to the initialiser"),
        Banned(text: "SystemRandomNumberGenerator()", instead: "a generator that is given"),
        Banned(text: "try!", instead: "an error that is thrown or decided"),
        Banned(text: "fatalError(", instead: "a state that cannot be written down"),
        Banned(text: "@unchecked Sendable", instead: "a type that the compiler can check"),
        Banned(text: "nonisolated(unsafe)", instead: "a value that the compiler can check"),
        Banned(text: "@preconcurrency", instead: "a module that declares its sendability"),
        Banned(text: "Thread.sleep", instead: "Task.sleep"),
    ]

    static let files = SourceTree.swiftFiles()

    @Test("a call that hides a dependency or ends the process has its reason beside it")
    func bannedCalls() {
        for file in Self.files {
            for (number, line) in file.codeLines.enumerated() {
                for call in Self.banned where line.contains(call.text) {
                    #expect(
                        file.hasReason(at: number),
                        "\(file.path):\(number + 1) \(call.text): use \(call.instead)"
                    )
                }
            }
        }
    }

    @Test("only the command line prints")
    func printing() {
        for file in Self.files where file.module != "CardproofCLI" {
            for (number, line) in file.codeLines.enumerated() {
                for call in ["print(", "debugPrint(", "dump(", "NSLog("] {
                    #expect(
                        !calls(call, in: line),
                        "\(file.path):\(number + 1) calls \(call)…)"
                    )
                }
            }
        }
    }

    @Test("nothing is left to be done later")
    func unfinished() {
        let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK:"]
        for file in SourceTree.swiftFiles(in: ["Sources", "Adapters", "Tests"]) {
            for (number, line) in file.lines.enumerated() {
                for word in words {
                    #expect(!line.contains(word), "\(file.path):\(number + 1) says \(word)")
                }
            }
        }
    }

    /// Whether the name is called, rather than being the end of a longer name or a declaration.
    private func calls(_ name: String, in line: String) -> Bool {
        var rest = Substring(line)
        while let range = rest.range(of: name) {
            let before = rest[..<range.lowerBound].last
            if before.map({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }) != true,
                !line.contains("func \(name)")
            {
                return true
            }
            rest = rest[range.upperBound...]
        }
        return false
    }
}
