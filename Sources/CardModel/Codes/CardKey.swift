/// The secret half of a card code (卡密的密码): whoever knows it can spend the card.
///
/// It prints as `••••` through every door Swift has (`print`, `dump`, interpolation, `Mirror`), is
/// neither `Codable` nor `Hashable`, and its text is reached only inside ``withUnredacted(_:)``.
public struct CardKey: Sendable {
    private let text: String

    public init(_ text: String) {
        self.text = text
    }

    /// The number of Unicode scalars in the key; says nothing else about it.
    public var symbolCount: Int { text.unicodeScalars.count }

    /// Gives `body` the key's text. The text must not leave `body` but sealed or hashed, or into
    /// the request an issuer's protocol asks for.
    public func withUnredacted<Result, Failure: Error>(
        _ body: (String) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(text)
    }

    /// Whether both keys are the same text, byte for byte, in a time that does not depend on where
    /// they differ. Compare normalised keys.
    public func matches(_ other: CardKey) -> Bool {
        let mine = text.utf8
        let theirs = other.text.utf8
        guard mine.count == theirs.count else { return false }
        var difference: UInt8 = 0
        for (left, right) in zip(mine, theirs) { difference |= left ^ right }
        return difference == 0
    }
}

extension CardKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "••••" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
