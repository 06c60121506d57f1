/// The serial number of a card (卡号).
///
/// Text, never a number: leading zeros are significant everywhere.
public struct SerialNumber: Sendable, Hashable {
    public let text: String

    public init(_ text: String) {
        self.text = text
    }
}

extension SerialNumber: CustomStringConvertible {
    public var description: String { text }
}
