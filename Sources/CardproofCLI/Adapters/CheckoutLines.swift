import Foundation

/// The two lines by which an adapter in Swift becomes part of the program.
struct CheckoutLines {
    /// The folder that holds Package.swift.
    let root: String

    private var package: String { root + "/Package.swift" }
    private var catalogue: String { root + "/Adapters/AdapterCatalogue.swift" }

    /// Nil when `directory` is not the `Adapters` of a checkout of cardproof's source.
    init?(adaptersDirectory directory: String) {
        let folder = AdapterFolder.absolute(directory)
        root = (folder as NSString).deletingLastPathComponent
        guard (folder as NSString).lastPathComponent == "Adapters",
            FileManager.default.fileExists(atPath: package),
            FileManager.default.fileExists(atPath: catalogue)
        else { return nil }
    }

    /// Adds the adapter to both files, or to neither.
    func add(_ scaffold: AdapterScaffold) throws {
        let packageText = try Self.withFolder(scaffold.id, in: read(package))
        let catalogueText = try Self.withFactory(scaffold, in: read(catalogue))
        guard let packageText, let catalogueText else {
            throw CommandFailure.failed(
                "\(root): Package.swift or Adapters/AdapterCatalogue.swift is not written as "
                    + "expected; add \(scaffold.id) to both by hand"
            )
        }
        try ProtectedFile.replace(package, Array(packageText.utf8))
        try ProtectedFile.replace(catalogue, Array(catalogueText.utf8))
    }

    /// Package.swift with one more folder in its sorted array; nil when there is no such array.
    static func withFolder(_ id: String, in text: String) -> String? {
        var lines = text.components(separatedBy: "\n")
        guard let start = lines.firstIndex(of: "let adapterFolders = ["),
            let end = lines[start...].firstIndex(of: "]")
        else { return nil }
        let line = "    \"\(id)\","
        let place = lines[(start + 1)..<end].firstIndex { $0 > line } ?? end
        lines.insert(line, at: place)
        return lines.joined(separator: "\n")
    }

    /// The catalogue with one more factory at the end of its list; nil when there is no list.
    static func withFactory(_ scaffold: AdapterScaffold, in text: String) -> String? {
        var lines = text.components(separatedBy: "\n")
        guard let start = lines.firstIndex(where: { $0.contains("func factories()") }),
            let end = lines[start...].firstIndex(of: "        ]")
        else { return nil }
        let resource = scaffold.id.replacing("-", with: "_") + "_yaml"
        lines.insert(
            contentsOf: [
                "            try swift(\"\(scaffold.id)\", PackageResources.\(resource)) {",
                "                \(scaffold.typeName)(descriptor: $0, setup: $1)",
                "            },",
            ],
            at: end
        )
        return lines.joined(separator: "\n")
    }

    private func read(_ path: String) throws -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw CommandFailure.failed("\(path): cannot be read: \(error.localizedDescription)")
        }
    }
}
