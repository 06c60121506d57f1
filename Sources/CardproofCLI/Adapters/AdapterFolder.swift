import AdapterKit
import Adapters
import Drivers
import Foundation
import Logging

/// An adapter as it lies on disk: `NAME/NAME.yaml`, its fixtures, and what they need.
struct AdapterFolder {
    /// Longest manifest or fixture file that is read.
    private static let longestBytes = 512 << 10

    let factory: AdapterFactory
    /// The folder with `answers.yaml`; nil when there is none to be found.
    let fixtures: String?

    var id: String { factory.descriptor.id }

    /// The manifest that an entry of an adapters folder is or holds; nil for anything else.
    static func manifestPath(of name: String, in folder: String) -> String? {
        if name.hasSuffix(".yaml") || name.hasSuffix(".yml") { return "\(folder)/\(name)" }
        let path = "\(folder)/\(name)/\(name).yaml"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }

    /// The adapter in a folder.
    /// - Throws: ``CommandFailure`` with every fault of its manifest.
    static func at(_ path: String, programs: AdapterPrograms) throws -> AdapterFolder {
        let folder = absolute(path)
        let name = (folder as NSString).lastPathComponent
        guard let file = manifestPath(of: name, in: (folder as NSString).deletingLastPathComponent)
        else {
            throw CommandFailure.usage(
                "\(path): there is no \(name)/\(name).yaml; an adapter's folder bears its id"
            )
        }
        do throws(AdapterDiagnostics) {
            let manifest = try AdapterManifest(yaml: try text(file), file: file)
            let fixtures = fixtures(in: folder)
            if manifest.needsCode, let builtIn = try builtIn(manifest.descriptor.id) {
                return AdapterFolder(factory: builtIn, fixtures: fixtures)
            }
            return AdapterFolder(
                factory: try factory(manifest, file: file, folder: folder, programs),
                fixtures: fixtures
            )
        } catch {
            throw CommandFailure.usage("\(error)")
        }
    }

    /// The adapter of that name: one that the program brings, or one of the configured folder.
    static func named(
        _ id: String,
        fixtures: String?,
        options: ConfigurationOptions,
        programs: AdapterPrograms
    ) throws -> AdapterFolder {
        if let factory = try builtIn(id) {
            return AdapterFolder(factory: factory, fixtures: fixtures ?? ofCheckout(id))
        }
        let own = try options.sources().text("adapters_directory")
        guard let own, let path = manifestPath(of: id, in: own),
            FileManager.default.fileExists(atPath: path)
        else {
            throw CommandFailure.usage(
                "there is no adapter `\(id)`, neither built in nor in the adapters_directory; "
                    + "name its folder, as ./\(id)"
            )
        }
        var found = try at((path as NSString).deletingLastPathComponent, programs: programs)
        if let fixtures { found = AdapterFolder(factory: found.factory, fixtures: fixtures) }
        return found
    }

    /// Every built-in adapter whose fixtures are at hand, and every adapter of the operator's that
    /// has a folder.
    static func all(
        options: ConfigurationOptions,
        programs: AdapterPrograms
    ) throws -> [AdapterFolder] {
        let builtIn = try AdapterCatalogue.factories().map {
            AdapterFolder(factory: $0, fixtures: ofCheckout($0.descriptor.id))
        }.filter { $0.fixtures != nil }
        guard let own = try options.sources().text("adapters_directory") else { return builtIn }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: own)) ?? []
        let folders = names.sorted().filter { name in
            FileManager.default.fileExists(atPath: "\(own)/\(name)/\(name).yaml")
        }
        return try builtIn + folders.map { try at("\(own)/\($0)", programs: programs) }
    }

    /// The recorded answers.
    func readFixtures() throws -> ConformanceFixtures {
        guard let fixtures else {
            throw CommandFailure.usage(
                "\(id): its recorded answers are not part of the program: run this in a checkout "
                    + "of its source, or name their folder with --fixtures"
            )
        }
        let file = "\(fixtures)/answers.yaml"
        do throws(AdapterDiagnostics) {
            return try ConformanceFixtures(yaml: try Self.text(file), file: file)
        } catch {
            throw CommandFailure.usage("\(error)")
        }
    }

    private static func builtIn(_ id: String) throws(AdapterDiagnostics) -> AdapterFactory? {
        try AdapterCatalogue.factories().first { $0.descriptor.id == id }
    }

    /// Fixtures are not embedded: a checkout has them.
    private static func ofCheckout(_ id: String) -> String? { fixtures(in: "Adapters/\(id)") }

    private static func fixtures(in folder: String) -> String? {
        let path = "\(folder)/fixtures"
        return FileManager.default.fileExists(atPath: path + "/answers.yaml") ? path : nil
    }

    private static func factory(
        _ manifest: AdapterManifest,
        file: String,
        folder: String,
        _ programs: AdapterPrograms
    ) throws(AdapterDiagnostics) -> AdapterFactory {
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

    private static func text(_ file: String) throws(AdapterDiagnostics) -> String {
        guard let handle = FileHandle(forReadingAtPath: file),
            let data = try? handle.read(upToCount: longestBytes + 1), data.count <= longestBytes,
            let text = String(data: data, encoding: .utf8)
        else {
            throw AdapterDiagnostics([
                AdapterDiagnostic(
                    file: file,
                    message: "cannot be read as UTF-8 of at most \(longestBytes) bytes"
                )
            ])
        }
        return text
    }
}

extension AdapterPrograms {
    /// Programs as a gateway on this machine runs them.
    static var ofThisMachine: AdapterPrograms {
        let random = SystemRandomSource()
        return AdapterPrograms(
            path: ProcessInfo.processInfo.environment["PATH"],
            logger: { Logger(label: "cardproof") },
            jitter: { Double(random.bytes(1).first ?? 0) / 255 }
        )
    }
}
