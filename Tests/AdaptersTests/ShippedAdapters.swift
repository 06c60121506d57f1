import AdapterKit
import Adapters
import Foundation
import Testing

/// The adapters that ship, with their fixtures on disk.
enum ShippedAdapters {
    static let ids = ["ericsson-vsip", "keygen", "offline"]

    static func factory(_ id: String) throws -> AdapterFactory {
        let found = try AdapterCatalogue.factories().first { $0.descriptor.id == id }
        return try #require(found)
    }

    static func fixtures(_ id: String) throws -> ConformanceFixtures {
        let url = root.appending(path: "Adapters/\(id)/fixtures/answers.yaml")
        return try ConformanceFixtures(
            yaml: String(contentsOf: url, encoding: .utf8),
            file: "\(id)/fixtures/answers.yaml"
        )
    }

    static func factoryIDs() throws -> [String] {
        try AdapterCatalogue.factories().map(\.descriptor.id).sorted()
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
