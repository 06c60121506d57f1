import CardModel
import WireFormat

/// One adapter's settings after they were checked against its declarations.
public struct AdapterSetup: Sendable {
    /// Values by name, defaults filled in; addresses without a slash at the end.
    public let settings: [String: String]
    public let secrets: [String: SecretValue]
    /// What takes every credential out of an exchange that is about no code.
    public let credentialScrubber: Scrubber

    /// Checks `configuration` against what the descriptor declares.
    ///
    /// - Throws: `AdapterDiagnostics` with every unknown, missing and unusable setting. A secret's
    ///   value is never repeated.
    public init(
        descriptor: AdapterDescriptor,
        configuration: AdapterConfiguration
    ) throws(AdapterDiagnostics) {
        var faults: [String] = []
        var settings: [String: String] = [:]
        var secrets: [String: SecretValue] = [:]
        for declaration in descriptor.settings {
            let name = declaration.name
            if declaration.isSecret {
                if let secret = configuration.secrets[name] { secrets[name] = secret }
            } else if let value = configuration.settings[name] ?? declaration.defaultValue {
                settings[name] = declaration.kind == .url ? Self.withoutSlash(value) : value
            }
            if declaration.isRequired, settings[name] == nil, secrets[name] == nil,
                !configuration.unreadableSecrets.contains(name)
            {
                faults.append(Self.missing(declaration, configuration.secretPlace))
            }
            let value = settings[name] ?? secrets[name]?.withUnredacted { $0 }
            if let objection = value.flatMap(declaration.objection) {
                faults.append("`\(name)` \(objection)")
            }
        }
        faults += configuration.limits.objections
        let unknown = Self.unknown(descriptor, configuration)
        guard faults.isEmpty, unknown.isEmpty else {
            throw AdapterDiagnostics(
                faults.map { configuration.diagnostic($0) } + unknown
            )
        }
        self.settings = settings
        self.secrets = secrets
        credentialScrubber = Scrubber(secrets: Array(secrets.values))
    }

    /// What takes the key of one inquiry, and every credential, out of its exchanges.
    public func scrubber(for inquiry: Inquiry) -> Scrubber {
        let scrubber = credentialScrubber.adding(inquiry.code, format: inquiry.format)
        return inquiry.issuerReference.map(scrubber.adding) ?? scrubber
    }

    private static func withoutSlash(_ address: String) -> String {
        address.hasSuffix("/") ? String(address.dropLast()) : address
    }

    private static func missing(
        _ declaration: SettingDeclaration,
        _ place: AdapterConfiguration.SecretPlace
    ) -> String {
        let name = declaration.name
        guard declaration.isSecret else { return "the setting `\(name)` is missing" }
        return switch place {
        case .files: "the secret `\(name)` is missing: \(fileAdvice(name))"
        case .fixtures: "the secret `\(name)` is missing: it stands under `secrets`"
        }
    }

    private static func fileAdvice(_ name: String) -> String {
        "name its file under `secret_files`, as `\(name): FILE`"
    }

    private static func unknown(
        _ descriptor: AdapterDescriptor,
        _ configuration: AdapterConfiguration
    ) -> [AdapterDiagnostic] {
        let plain = descriptor.settings.filter { !$0.isSecret }.map(\.name)
        let secret = descriptor.settings.filter(\.isSecret).map(\.name)
        let place = configuration.secretPlace
        let misplaced = configuration.settings.keys.filter(secret.contains).sorted().map { name in
            switch place {
            case .files:
                configuration.diagnostic(
                    "`\(name)` is a secret and must not stand here in clear: \(fileAdvice(name))"
                )
            case .fixtures:
                configuration.diagnostic("`\(name)` is a secret: it stands under `secrets`")
            }
        }
        let settings = configuration.settings.keys.filter {
            !plain.contains($0) && !secret.contains($0)
        }
        let secrets = configuration.unreadableSecrets.union(configuration.secrets.keys)
            .subtracting(secret)
        return misplaced
            + (settings.sorted() + secrets.sorted()).map {
                configuration.diagnostic(
                    "unknown setting `\($0)`",
                    suggestion: NearestWord.to($0, among: plain + secret)
                )
            }
    }
}

/// What the operator says about one adapter.
public struct AdapterConfiguration: Sendable {
    /// The name under which products refer to it.
    public var id: String
    /// The adapter behind it, when that is another name: two accounts of one issuer are two
    /// configurations of one adapter.
    public var adapter: String?
    public var settings: [String: String]
    /// By the setting's name; the caller has read the files.
    public var secrets: [String: SecretValue]
    /// Secrets that are given in a way the caller could not read, and has reported: they are not
    /// missing as well.
    public var unreadableSecrets: Set<String> = []
    /// Changes to the manifest's limits.
    public var limits: LimitOverrides
    /// False switches it off, also one that would be ready by itself.
    public var isEnabled: Bool
    /// Another configured adapter that is asked beside this one, and only compared.
    public var shadow: String?
    /// The configured adapter whose inquiry tells what became of a redemption, in place of the one
    /// that the descriptor names.
    public var settledBy: String?
    /// Where its secrets are expected, for errors.
    public var secretPlace: SecretPlace = .files
    /// Where it stands, for errors.
    public var file: String?
    public var line: Int?

    public init(
        id: String,
        adapter: String? = nil,
        settings: [String: String] = [:],
        secrets: [String: SecretValue] = [:],
        limits: LimitOverrides = LimitOverrides(),
        isEnabled: Bool = true,
        shadow: String? = nil,
        settledBy: String? = nil,
        file: String? = nil,
        line: Int? = nil
    ) {
        self.id = id
        self.adapter = adapter
        self.settings = settings
        self.secrets = secrets
        self.limits = limits
        self.isEnabled = isEnabled
        self.shadow = shadow
        self.settledBy = settledBy
        self.file = file
        self.line = line
    }

    /// How secrets are given.
    public enum SecretPlace: Sendable, Hashable {
        /// A configuration names a file for each.
        case files
        /// Recorded answers hold synthetic ones in clear.
        case fixtures
    }

    func diagnostic(_ message: String, suggestion: String? = nil) -> AdapterDiagnostic {
        AdapterDiagnostic(
            file: file,
            line: line,
            message: "adapter `\(id)`: \(message)",
            suggestion: suggestion
        )
    }
}
