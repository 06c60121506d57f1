import WireFormat

extension Instant {
    /// The time that an option names; nil where it was not given.
    /// - Parameter name: with its dashes.
    /// - Throws: ``CommandFailure`` with 64 for what is no time.
    static func given(_ text: String?, for name: String) throws -> Instant? {
        guard let text else { return nil }
        guard let instant = Instant(rfc3339: text) else {
            throw CommandFailure.usage(
                "\(name) \(text): a time such as 2026-11-20T08:00:00Z is expected")
        }
        return instant
    }
}
