public import AdapterKit

/// The room of the issuers and carriers: one folder each, with its manifest, its notes, its
/// fixtures, and Swift only where YAML cannot say it. Imports go no higher than AdapterKit.
///
/// This file names every folder; nothing in the core does.
public enum AdapterCatalogue {
    /// Every adapter that ships in the program.
    ///
    /// - Throws: `AdapterDiagnostics` when an embedded manifest does not read; a test keeps that
    ///   from happening.
    public static func factories() throws(AdapterDiagnostics) -> [AdapterFactory] {
        [
            try swift("ericsson-vsip", PackageResources.ericsson_vsip_yaml) {
                VSIPAdapter(descriptor: $0, setup: $1)
            },
            try AdapterFactory(manifest: manifest("keygen", PackageResources.keygen_yaml)),
            try swift("offline", PackageResources.offline_yaml) { descriptor, _ in
                OfflineAdapter(descriptor: descriptor)
            },
        ]
    }

    private static func manifest(
        _ id: String,
        _ yaml: [UInt8]
    ) throws(AdapterDiagnostics) -> AdapterManifest {
        try AdapterManifest(yaml: String(decoding: yaml, as: UTF8.self), file: "\(id).yaml")
    }

    private static func swift(
        _ id: String,
        _ yaml: [UInt8],
        make: @escaping @Sendable (AdapterDescriptor, AdapterSetup) -> any IssuerAdapter
    ) throws(AdapterDiagnostics) -> AdapterFactory {
        let descriptor = try manifest(id, yaml).descriptor
        return AdapterFactory(descriptor: descriptor, make: make)
    }
}
