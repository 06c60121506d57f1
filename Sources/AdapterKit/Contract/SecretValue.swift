/// A password, token or API key from the operator's configuration.
///
/// Prints as `••••` in every way Swift can print; it has no equality, hash or coding. The value is
/// read in one place.
public struct SecretValue: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let text: String

    public init(_ text: String) {
        self.text = text
    }

    /// Lends the value to `body`; what `body` returns must not hold it unless it is a secret type.
    public func withUnredacted<R>(_ body: (String) throws -> R) rethrows -> R {
        try body(text)
    }

    public var description: String { "••••" }
    public var debugDescription: String { "SecretValue(••••)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
