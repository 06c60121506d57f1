extension CodeRule {
    /// One kind of edit that makes a part plausible.
    public enum Repair: Sendable, Hashable {
        /// Look-alikes in place of the symbols outside the alphabet or, where there is none, of the
        /// one symbol that helps; the position of the first, counted from 1.
        case lookAlike(position: Int)
        /// Zeros in front, which a spreadsheet ate.
        case leadingZeros
    }

    /// More zeros than this in front of a code are too many to have been lost.
    private static let mostLostZeros = 4

    /// The edit that makes `text`, one part in normal form with a binding finding, plausible; nil
    /// when there is none. ``CardFormat/suggestions(for:)`` says what comes out; this is the fast
    /// form for stock files, which only says where.
    public func repair(of text: [UInt8]) -> Repair? {
        guard text.allSatisfy({ $0 < 0x80 }) else { return nil }
        if lacksZeros(text) { return .leadingZeros }
        guard lengths.contains(text.count) else { return nil }
        let foreign = text.indices.filter { !alphabet(at: $0).contains(text[$0]) }
        guard foreign.count <= CardFormat.mostMisreadSymbols else { return nil }
        var changed = text
        if let first = foreign.first {
            return isRepaired(&changed, at: foreign[...])
                ? .lookAlike(position: first + 1) : nil
        }
        // A check digit is met by chance too: where several symbols would do, none is named.
        let places = text.indices.filter { isRepaired(&changed, at: [$0]) }
        return places.count == 1 ? .lookAlike(position: places[0] + 1) : nil
    }

    private func lacksZeros(_ text: [UInt8]) -> Bool {
        guard text.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
        return lengths.ranges.contains { range in
            guard range.count == 1, range.lowerBound > text.count,
                range.lowerBound - text.count <= Self.mostLostZeros
            else { return false }
            let zeros = [UInt8](repeating: 0x30, count: range.lowerBound - text.count)
            return (zeros + text).withUnsafeBytes { accepts($0) }
        }
    }

    /// Tries every look-alike at every one of `positions`; leaves `text` as it was.
    private func isRepaired(_ text: inout [UInt8], at positions: ArraySlice<Int>) -> Bool {
        guard let position = positions.first else { return text.withUnsafeBytes { accepts($0) } }
        let original = text[position]
        defer { text[position] = original }
        let candidates = LookAlike.symbols(
            like: Unicode.Scalar(original),
            within: alphabet(at: position),
            letterCase: letterCase
        )
        return candidates.contains { candidate in
            text[position] = candidate
            return isRepaired(&text, at: positions.dropFirst())
        }
    }
}
