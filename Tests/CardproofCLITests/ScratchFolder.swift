import Foundation

@testable import CardproofCLI

/// A folder that is gone after the test.
final class ScratchFolder {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("cardproof-cli-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and gives its path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let file = "\(path)/\(name)"
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// A loader of one configuration file.
    func loader(
        _ yaml: String,
        flags: [String: String] = [:],
        environment: [String: String] = [:]
    ) throws -> ConfigurationLoader {
        ConfigurationLoader(
            file: try write("cardproof.yaml", yaml),
            flags: flags,
            environment: environment,
            workingDirectory: path
        )
    }
}
