import WireFormat

/// One setting that an adapter needs to ask this sandbox.
public struct SandboxSetting: Sendable, Equatable {
    public let name: String
    public let value: String
    /// A secret is handed over in a file, never in a list of settings.
    public let isSecret: Bool

    static func plain(_ name: String, _ value: String) -> SandboxSetting {
        SandboxSetting(name: name, value: value, isSecret: false)
    }

    static func secret(_ name: String, _ value: String) -> SandboxSetting {
        SandboxSetting(name: name, value: value, isSecret: true)
    }
}

extension SandboxSetting: CustomStringConvertible, CustomReflectable {
    public var description: String { "\(name): \(isSecret ? "••••" : value)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What settings are made of: where the sandbox stands, who the merchant is, and how the issuers
/// sign.
struct SandboxSite: Sendable {
    let origin: String
    let host: String
    let credentials: SandboxCredentials
    let keys: SandboxKeys
    let configuration: SandboxConfiguration
    let start: Instant

    init(endpoints: SandboxEndpoints, desk: IssuerDesk) {
        origin = endpoints.origin
        host = endpoints.host
        credentials = desk.credentials
        keys = desk.keys
        configuration = desk.configuration
        start = desk.books.start
    }
}

/// Everything that a gateway needs to know to ask this sandbox: per adapter its settings.
public struct SandboxSettings: Sendable {
    /// In the order of ``SandboxProtocol``.
    public let adapters: [(adapter: SandboxProtocol, settings: [SandboxSetting])]

    /// What RSA-signed answers verify under.
    public let rsaPublicKeyPEM: String
    /// The same key as a certificate.
    public let rsaCertificatePEM: String

    init(endpoints: SandboxEndpoints, desk: IssuerDesk) {
        let site = SandboxSite(endpoints: endpoints, desk: desk)
        rsaPublicKeyPEM = site.keys.rsaPublicKeyPEM
        rsaCertificatePEM = site.keys.rsaCertificatePEM(from: site.start)
        adapters = SandboxProtocol.allCases.map { adapter in
            let endpoint = endpoints.address(of: adapter)
            return (adapter, [.plain("endpoint", endpoint)] + adapter.issuer.settings(site))
        }
    }

    /// The name of the file that holds a secret.
    public static func fileName(_ adapter: SandboxProtocol, _ setting: SandboxSetting) -> String {
        "\(adapter.rawValue).\(setting.name)"
    }

    /// A part of cardproof.yaml that sets every adapter up for this sandbox.
    /// - Parameter directory: where the files of the secrets stand.
    public func yaml(directory: String) -> String {
        var lines = [
            "# Adapters set up for a sandbox issuer. Synthetic accounts; good while it runs.",
            "outbound:", "  allow_private: [\"127.0.0.0/8\", \"::1/128\"]", "adapters:",
        ]
        for (adapter, settings) in adapters {
            lines.append("  \(adapter.rawValue):")
            lines.append("    settings:")
            for setting in settings where !setting.isSecret {
                lines.append("      \(setting.name): \(Self.quoted(setting.value))")
            }
            let secrets = settings.filter(\.isSecret)
            if !secrets.isEmpty { lines.append("    secret_files:") }
            for secret in secrets {
                let path = directory + "/" + Self.fileName(adapter, secret)
                lines.append("      \(secret.name): \(Self.quoted(path))")
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// A JSON string is a YAML scalar too.
    private static func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).serialized(), as: UTF8.self)
    }
}
