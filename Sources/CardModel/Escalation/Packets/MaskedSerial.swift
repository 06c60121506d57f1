/// A serial number as packets show it: its last four symbols (D-18); the rest is not kept.
public struct MaskedSerial: Sendable, Hashable {
    public let text: String

    /// A serial of fewer than ``shortestShown`` symbols shows nothing: four would be half of it.
    public init(_ serial: SerialNumber) {
        let isLong = serial.text.count >= Self.shortestShown
        text = Self.mask + (isLong ? String(serial.text.suffix(Self.shown)) : "")
    }

    private static let mask = "••••"
    private static let shown = 4
    static let shortestShown = 8
}
