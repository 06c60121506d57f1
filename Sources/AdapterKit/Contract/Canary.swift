public import CardModel

/// A code whose answer is known: never issued, or bought for this purpose and never used.
///
/// When a canary's answer changes, nobody knows what the issuer's other answers mean any more: the
/// adapter is degraded and its answers decide nothing until the canary is itself again.
public struct Canary: Sendable {
    /// Stands in events, metrics and logs; never the code.
    public var name: String
    public var code: CardCode
    public var expected: VerdictState

    public init(name: String, code: CardCode, expected: VerdictState) {
        self.name = name
        self.code = code
        self.expected = expected
    }

    /// Canaries of one adapter at most.
    public static let mostOfAnAdapter = 8
}

extension Canary: Hashable {
    /// By name and expectation: codes have no equality.
    public static func == (left: Canary, right: Canary) -> Bool {
        left.name == right.name && left.expected == right.expected
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(expected)
    }
}
