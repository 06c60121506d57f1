import Foundation
import Testing

/// One of the issuers under Tests/BlackBox/issuers, running in a Python of its own.
final class PythonIssuer {
    let address: String
    private let process: Process

    /// The Python that has the packages of Tests/BlackBox/requirements.txt.
    static let python =
        ProcessInfo.processInfo.environment["CARDPROOF_TEST_PYTHON"]
        ?? ShippedAdapters.root.appending(path: ".build/venv/bin/python").path

    init(_ script: String, _ arguments: [String]) throws {
        process = Process()
        process.executableURL = URL(filePath: Self.python)
        let path = ShippedAdapters.root.appending(path: "Tests/BlackBox/issuers/\(script)").path
        process.arguments = [path] + arguments
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
