import Foundation
import Testing

/// One of the issuers under Tests/BlackBox/issuers, running in a Python of its own.
final class PythonIssuer {
    let address: String
    private let process: Process

    init(_ script: String, _ arguments: [String]) throws {
        process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let path = ShippedAdapters.root.appending(path: "Tests/BlackBox/issuers/\(script)").path
        process.arguments = ["python3", path] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        address = line.trimmingCharacters(in: .whitespacesAndNewlines)
        try #require(address.hasPrefix("http://127.0.0.1:"), "the issuer did not start: \(line)")
    }

    /// SIGTERM would stay pending: a child inherits the signal mask of the thread it was made on.
    deinit {
        kill(process.processIdentifier, SIGKILL)
    }

    /// A file for one test, removed with its folder by the caller.
    static func file(_ text: String) throws -> String {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "issuer-\(UUID().uuidString)")
        try text.write(to: url, atomically: true, encoding: .utf8)
        return url.path
    }
}
