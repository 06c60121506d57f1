import AdapterKit
import Adapters
import Foundation
import Testing

/// The adapters that ship, with their fixtures on disk.
enum ShippedAdapters {
    /// Empty when an embedded manifest does not read, which a test of its own reports.
    static let ids = (try? factoryIDs()) ?? []

    /// Read once: a debug build takes a tenth of a second for all manifests.
    private static let factories = Result { try AdapterCatalogue.factories() }

    static func factory(_ id: String) throws -> AdapterFactory {
        let found = try factories.get().first { $0.descriptor.id == id }
        return try #require(found)
    }

    static func fixtures(_ id: String) throws -> ConformanceFixtures {
        let files = try ["answers.yaml", "redemptions.yaml"].compactMap {
            name -> ConformanceFixtures? in
            let url = root.appending(path: "Adapters/\(id)/fixtures/\(name)")
            guard FileManager.default.fileExists(atPath: url.path) else { return nil }
            return try ConformanceFixtures(
                yaml: String(contentsOf: url, encoding: .utf8),
                file: "\(id)/fixtures/\(name)"
            )
        }
        let first = try #require(files.first, "there are no fixtures of \(id)")
        return files.dropFirst().reduce(first) { $0.adding($1) }
    }

    static func factoryIDs() throws -> [String] {
        try factories.get().map(\.descriptor.id).sorted()
    }

    static func foldersOnDisk() throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            at: root.appending(path: "Adapters"),
            includingPropertiesForKeys: [.isDirectoryKey]
        ).filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
            .map(\.lastPathComponent).sorted()
    }

    /// The repository.
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
}
