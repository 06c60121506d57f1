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
            try swift("19pay", PackageResources._9pay_yaml) {
                NineteenPayAdapter(descriptor: $0, setup: $1)
            },
            try AdapterFactory(
                manifest: manifest("adyen-giftcard", PackageResources.adyen_giftcard_yaml)
            ),
            try swift("ckxiang", PackageResources.ckxiang_yaml) {
                CKXiangAdapter(descriptor: $0, setup: $1)
            },
            try swift("cryptolens", PackageResources.cryptolens_yaml) {
                CryptolensAdapter(descriptor: $0, setup: $1)
            },
            try swift("ericsson-ucip", PackageResources.ericsson_ucip_yaml) {
                UCIPAdapter(descriptor: $0, setup: $1)
            },
            try swift("ericsson-vsip", PackageResources.ericsson_vsip_yaml) {
                VSIPAdapter(descriptor: $0, setup: $1)
            },
            try swift("givex", PackageResources.givex_yaml) {
                GivexAdapter(descriptor: $0, setup: $1)
            },
            try swift("gumroad", PackageResources.gumroad_yaml) {
                GumroadAdapter(descriptor: $0, setup: $1)
            },
            try AdapterFactory(manifest: manifest("keygen", PackageResources.keygen_yaml)),
            try swift("lemonsqueezy", PackageResources.lemonsqueezy_yaml) {
                LemonSqueezyAdapter(descriptor: $0, setup: $1)
            },
            try swift("licensespring", PackageResources.licensespring_yaml) {
                LicenseSpringAdapter(descriptor: $0, setup: $1)
            },
            try swift("lmfwc", PackageResources.lmfwc_yaml) {
                LMFWCAdapter(descriptor: $0, setup: $1)
            },
            try swift("offline", PackageResources.offline_yaml) { descriptor, _ in
                OfflineAdapter(descriptor: descriptor)
            },
            try swift("polar", PackageResources.polar_yaml) {
                PolarAdapter(descriptor: $0, setup: $1)
            },
            try swift("reloadly-giftcard", PackageResources.reloadly_giftcard_yaml) {
                ReloadlyAdapter(descriptor: $0, setup: $1)
            },
            try swift("runa", PackageResources.runa_yaml) {
                RunaAdapter(descriptor: $0, setup: $1)
            },
            try swift("shenzhoufu", PackageResources.shenzhoufu_yaml) {
                ShenzhoufuAdapter(descriptor: $0, setup: $1)
            },
            try swift("square-giftcard", PackageResources.square_giftcard_yaml) {
                SquareAdapter(descriptor: $0, setup: $1)
            },
            try swift("yeepay-card", PackageResources.yeepay_card_yaml) {
                YeePayCardAdapter(descriptor: $0, setup: $1)
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
