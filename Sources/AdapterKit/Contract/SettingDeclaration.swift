public import CardModel
import WireFormat

/// One value that an adapter takes from the operator's configuration.
public struct SettingDeclaration: Sendable, Hashable {
    /// What a value must look like.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case text
        /// An absolute `http` or `https` URL without user, query and fragment.
        case url
        /// `+08:00`, `-05:30` or `Z`.
        case utcOffset = "utc_offset"
        /// A public key or certificate in PEM, or its bare base64 or hexadecimal: may have lines.
        case key
    }

    /// Lower-case letters, digits and underscores.
    public var name: String
    public var kind: Kind
    /// Given as a file (under `secret_files`), never in clear in the configuration.
    public var isSecret: Bool
    public var isRequired: Bool
    /// Used when nothing is configured.
    public var defaultValue: String?
    public var summary: LocalisedText?

    public init(
        name: String,
        kind: Kind = .text,
        isSecret: Bool = false,
        isRequired: Bool = false,
        defaultValue: String? = nil,
        summary: LocalisedText? = nil
    ) {
        self.name = name
        self.kind = kind
        self.isSecret = isSecret
        self.isRequired = isRequired
        self.defaultValue = defaultValue
        self.summary = summary
    }

    /// Longest value of a setting or secret, in bytes.
    public static let longestValueBytes = 8192

    /// Why `value` cannot be this setting, without quoting a secret; nil when it can.
    public func objection(to value: String) -> String? {
        if value.isEmpty { return "is empty" }
        if value.utf8.count > Self.longestValueBytes {
            return "is longer than \(Self.longestValueBytes) bytes"
        }
        let hasLines = kind == .key
        if value.unicodeScalars.contains(where: {
            $0.properties.generalCategory == .control && !(hasLines && ($0 == "\n" || $0 == "\r"))
        }) {
            return "contains a control character (a line break at the end of the file?)"
        }
        switch kind {
        case .text, .key: return nil
        case .url: return URLSyntax.objection(toBaseURL: value)
        case .utcOffset:
            return Instant(rfc3339: "2000-01-01T00:00:00\(value)") == nil
                ? "must be an offset such as +08:00" : nil
        }
    }
}
