import AdapterKit
import Adapters
import Drivers
import Foundation

/// An adapter as it lies on disk: `NAME/NAME.yaml` or `NAME.yaml`, its fixtures, and what they
/// need.
struct AdapterFolder {
    let factory: AdapterFactory
    /// Where its recorded answers are expected; nil for a built-in adapter outside of a checkout.
    var fixtures: String?

    var id: String { factory.descriptor.id }

    /// The manifest that an entry of an adapters folder is or holds; nil for anything else.
    static func manifestPath(of name: String, in folder: String) -> String? {
        if isManifestName(name) { return "\(folder)/\(name)" }
        let path = "\(folder)/\(name)/\(name).yaml"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }

    /// The adapter that a word of the command line names: a place (`./NAME`, `.`) or an id.
    /// - Parameter fixtures: the operator's choice before the adapter's own folder.
    static func find(
        _ word: String,
        fixtures: String?,
        options: ConfigurationOptions,
        programs: AdapterPrograms
    ) throws -> AdapterFolder {
        let isPlace = word.contains("/") || word == "." || word == ".."
        var found =
            isPlace
            ? try at(word, programs: programs)
            : try named(word, options: options, programs: programs)
        if let fixtures { found.fixtures = fixtures }
        return found
    }

    /// The adapter in a folder, or of a manifest by itself.
    /// - Throws: ``CommandFailure`` with every fault of its manifest.
    static func at(_ path: String, programs: AdapterPrograms) throws -> AdapterFolder {
        let place = absolute(path)
        let name = (place as NSString).lastPathComponent
        let parent = (place as NSString).deletingLastPathComponent
        guard let file = manifestPath(of: name, in: parent),
            FileManager.default.fileExists(atPath: file)
        else {
            throw CommandFailure.usage(
                "\(path): there is no \(isManifestName(name) ? name : "\(name)/\(name).yaml"); "
                    + "an adapter's folder bears its id"
            )
        }
        return try reading(file, programs)
    }

    /// The adapter of that name: one that the program brings, or one of the configured folder.
    private static func named(
        _ id: String,
        options: ConfigurationOptions,
        programs: AdapterPrograms
    ) throws -> AdapterFolder {
        if let factory = try builtIn(id) {
            return AdapterFolder(factory: factory, fixtures: ofCheckout(id))
        }
        guard let own = try options.sources().text("adapters_directory"),
            let file = ownManifest(of: id, in: own)
        else {
            throw CommandFailure.usage(
                "there is no adapter `\(id)`, neither built in nor in the adapters_directory; "
                    + "name its folder, as ./\(id)"
            )
        }
        return try reading(file, programs)
    }

    /// What `adapter test --all` tests, and the built-in adapters that it cannot.
    struct Everything {
        var folders: [AdapterFolder]
        /// Fixtures are not embedded: a checkout of the source has them.
        var skipped: [String]
    }

    static func all(
        options: ConfigurationOptions,
        programs: AdapterPrograms
    ) throws -> Everything {
        let builtIn = try AdapterCatalogue.factories().map {
            AdapterFolder(factory: $0, fixtures: ofCheckout($0.descriptor.id))
        }
        let own = try options.sources().text("adapters_directory")
        let manifests = own.map(ownManifests) ?? []
        return Everything(
            folders: try builtIn.filter { $0.fixtures != nil }
                + manifests.map { try reading($0, programs) },
            skipped: builtIn.filter { $0.fixtures == nil }.map(\.id)
        )
    }
}

// MARK: - Manifests

extension AdapterFolder {
    private static func isManifestName(_ name: String) -> Bool {
        name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    }

    /// As the gateway reads them.
    private static func ownManifests(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().compactMap { manifestPath(of: $0, in: folder) }
    }

    /// By its name, else by the id in it: a manifest by itself may be called anything.
    private static func ownManifest(of id: String, in folder: String) -> String? {
        let manifests = ownManifests(in: folder)
        if let named = manifests.first(where: { stem(of: $0) == id }) { return named }
        return manifests.first { file in
            let manifest = (try? text(file)).flatMap { try? AdapterManifest(yaml: $0, file: file) }
            return manifest?.descriptor.id == id
        }
    }

    private static func stem(of file: String) -> String {
        ((file as NSString).lastPathComponent as NSString).deletingPathExtension
    }

    private static func reading(
        _ file: String,
        _ programs: AdapterPrograms
    ) throws -> AdapterFolder {
        let folder = absolute((file as NSString).deletingLastPathComponent)
        let name = stem(of: file)
        let hasFolder = (folder as NSString).lastPathComponent == name
        do throws(AdapterDiagnostics) {
            let manifest = try AdapterManifest(yaml: try text(file), file: file)
            let id = manifest.descriptor.id
            guard !hasFolder || id == name else {
                throw AdapterDiagnostics([
                    AdapterDiagnostic(
                        file: file,
                        message: "id: `\(id)` is not the name of its folder, `\(name)`: an "
                            + "adapter's folder bears its id"
                    )
                ])
            }
            return AdapterFolder(
                factory: try factory(manifest, file: file, folder: folder, programs),
                fixtures: hasFolder ? "\(folder)/fixtures" : "\(folder)/\(name)/fixtures"
            )
        } catch {
            throw CommandFailure.usage("\(error)")
        }
    }

    private static func builtIn(_ id: String) throws(AdapterDiagnostics) -> AdapterFactory? {
        try AdapterCatalogue.factories().first { $0.descriptor.id == id }
    }

    private static func ofCheckout(_ id: String) -> String? {
        CheckoutLines(adaptersDirectory: "Adapters") == nil ? nil : "Adapters/\(id)/fixtures"
    }

    private static func factory(
        _ manifest: AdapterManifest,
        file: String,
        folder: String,
        _ programs: AdapterPrograms
    ) throws(AdapterDiagnostics) -> AdapterFactory {
        if manifest.needsCode, let builtIn = try builtIn(manifest.descriptor.id) { return builtIn }
        guard manifest.program != nil else {
            return try AdapterFactory(manifest: manifest, origin: .manifest(file: file))
        }
        return try AdapterFactory(
            program: manifest,
            folder: folder,
            origin: .manifest(file: file),
            transport: programs
        )
    }
}
