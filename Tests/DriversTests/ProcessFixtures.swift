import Foundation
import Glibc

/// Sets a variable of this process; for exit tests, which have a process to themselves.
func setEnvironment(_ name: String, _ value: String) {
    setenv(name, value, 1)
}

func openDescriptorCount() -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
}

func threadCount() -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? 0
}

/// A directory of its own for one test.
struct TemporaryDirectory {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "cardproof-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true
        )
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// The output of a program that is expected to end by itself.
struct ProgramResult {
    let status: Int32
    let output: String

    /// Nil when there is no such program at any of the usual places.
    static func run(_ name: String, _ arguments: [String], input: String = "") throws -> Self? {
        guard let path = executable(name) else { return nil }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let (standardInput, standardOutput) = (Pipe(), Pipe())
        process.standardInput = standardInput
        process.standardOutput = standardOutput
        process.standardError = standardOutput
        try process.run()
        // Smaller than a pipe's buffer, or read by the program before it writes.
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        let output = try standardOutput.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Self(
            status: process.terminationStatus,
            output: String(decoding: output, as: UTF8.self)
        )
    }

    static func executable(_ name: String) -> String? {
        ["/usr/bin/", "/usr/local/bin/", "/bin/"].map { $0 + name }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
