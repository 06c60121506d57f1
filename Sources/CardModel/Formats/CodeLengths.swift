/// The lengths a part of a card code may have, in symbols, after normalisation.
public struct CodeLengths: Sendable, Hashable {
    /// The allowed ranges, ascending; never empty.
    public let ranges: [ClosedRange<Int>]

    /// `nil` when there is no range or a range reaches below 1 or above ``longest``.
    public init?(_ ranges: [ClosedRange<Int>]) {
        guard !ranges.isEmpty,
            ranges.allSatisfy({ $0.lowerBound >= 1 && $0.upperBound <= Self.longest })
        else { return nil }
        self.ranges = ranges.sorted { $0.lowerBound < $1.lowerBound }
    }

    private init(trusted ranges: [ClosedRange<Int>]) {
        self.ranges = ranges
    }

    /// The most symbols a part of a code may have: the intake's limit of a code field.
    public static let longest = 512

    public static func exactly(_ lengths: Int...) -> CodeLengths {
        CodeLengths(trusted: lengths.sorted().map { $0...$0 })
    }

    public static func between(_ least: Int, _ most: Int) -> CodeLengths {
        CodeLengths(trusted: [least...max(least, most)])
    }

    /// Anything that is not empty.
    public static let any = between(1, longest)

    public func contains(_ count: Int) -> Bool {
        ranges.contains { $0.contains(count) }
    }
}

extension CodeLengths: CustomStringConvertible {
    /// `16`, `14 / 15`, `8–20`.
    public var description: String {
        ranges.map { range in
            range.count == 1
                ? String(range.lowerBound) : "\(range.lowerBound)–\(range.upperBound)"
        }.joined(separator: " / ")
    }
}
