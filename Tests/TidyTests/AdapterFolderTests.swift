import Foundation
import Testing

/// A folder an issuer, and nobody forgets to write it down.
@Suite("Adapter folders") struct AdapterFolderTests {
    static let folders = SourceTree.folders(in: "Adapters")

    @Test("there are adapters")
    func someExist() { #expect(Self.folders.count >= 3) }

    @Test("Package.swift names every folder, and no other")
    func packageArray() throws {
        let manifest = try #require(SourceTree.text("Package.swift"))
        let array = try #require(
            manifest.firstRange(of: /let adapterFolders = \[[^\]]*\]/).map { manifest[$0] }
        )
        let named = array.matches(of: /"([^"]+)"/).map { String($0.1) }
        #expect(named.sorted() == Self.folders)
    }

    @Test("the catalogue names every folder", arguments: folders)
    func catalogue(folder: String) throws {
        let catalogue = try #require(SourceTree.text("Adapters/AdapterCatalogue.swift"))
        let spelled = ["\"\(folder)\"", folder.replacingOccurrences(of: "-", with: "_") + "_yaml"]
        #expect(spelled.contains { catalogue.contains($0) })
    }

    @Test("every folder has its description, its README and its fixtures", arguments: folders)
    func contents(folder: String) {
        for needed in ["\(folder).yaml", "README.md"] {
            let text = SourceTree.text("Adapters/\(folder)/\(needed)")
            #expect((text?.count ?? 0) > 100, "Adapters/\(folder)/\(needed)")
        }
        #expect(SourceTree.folders(in: "Adapters/\(folder)").contains("fixtures"))
    }
}
