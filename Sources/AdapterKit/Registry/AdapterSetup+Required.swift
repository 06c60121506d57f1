import CardModel

extension AdapterSetup {
    /// A setting that a request cannot do without.
    ///
    /// - Throws: `AdapterError` (`settings`) when it is not configured.
    public func setting(_ name: String) throws(AdapterError) -> String {
        guard let value = settings[name] else { throw Self.missing(name) }
        return value
    }

    /// A secret that a request cannot do without.
    ///
    /// - Throws: `AdapterError` (`settings`) when it is not configured.
    public func secret(_ name: String) throws(AdapterError) -> SecretValue {
        guard let value = secrets[name] else { throw Self.missing(name) }
        return value
    }

    /// A setting that does not make a valid request. The message quotes no value.
    public static func unusable(_ message: String) -> AdapterError {
        AdapterError(code: .settings, message: message, cause: .ourAccount)
    }

    private static func missing(_ name: String) -> AdapterError {
        unusable("`\(name)` is not configured")
    }
}
