/// A code that may have been meant, and the one kind of edit that leads to it.
public struct CodeSuggestion: Sendable {
    public let edit: Edit
    public let code: CardCode

    public enum Edit: String, Sendable, Hashable, CaseIterable {
        /// Symbols replaced by look-alikes (O/0, I/1, B/8, …).
        case lookAlike = "look_alike"
        /// Serial and key exchanged.
        case swap
        /// Leading zeros that a spreadsheet ate put back.
        case leadingZeros = "leading_zeros"
    }
}

extension CardFormat {
    /// Plausible codes in normal form that differ from `code` by edits of exactly one kind.
    ///
    /// Where symbols lie outside the alphabet, those are replaced by look-alikes, up to
    /// ``mostMisreadSymbols`` of them; where none does, one symbol at a time. The answer is for
    /// the person who typed the code: it is never used in the code's place without asking.
    public func suggestions(for code: CardCode) -> [CodeSuggestion] {
        let normal = normalise(code)
        let candidates =
            lookAlikeCandidates(for: normal).map { CodeSuggestion(edit: .lookAlike, code: $0) }
            + swapCandidates(for: normal).map { CodeSuggestion(edit: .swap, code: $0) }
            + zeroCandidates(for: normal).map { CodeSuggestion(edit: .leadingZeros, code: $0) }
        return Array(candidates.filter { isPlausible($0.code) }.prefix(Self.mostSuggestions))
    }

    /// The most misread symbols that are repaired in one suggestion.
    public static let mostMisreadSymbols = 3

    /// The most suggestions in one answer: a 512-symbol key has this many single replacements.
    public static let mostSuggestions = 2_048

    private func lookAlikeCandidates(for code: CardCode) -> [CardCode] {
        code.key.withUnredacted { key in
            let serialForeign =
                code.serial.map { serial?.foreignPositions(in: $0.text) ?? [] } ?? []
            let keyForeign = self.key.foreignPositions(in: key)
            guard serialForeign.count + keyForeign.count <= Self.mostMisreadSymbols else {
                return []
            }
            if serialForeign.isEmpty, keyForeign.isEmpty {
                return singleReplacements(serial: code.serial, key: key)
            }
            let serials = repaired(code.serial, at: serialForeign)
            let keys = self.key.replacements(in: key, at: keyForeign)
            return serials.flatMap { serial in
                keys.map { CardCode(serial: serial, key: CardKey($0)) }
            }
        }
    }

    private func repaired(_ serial: SerialNumber?, at positions: [Int]) -> [SerialNumber?] {
        guard let serial, let rule = self.serial else { return [serial] }
        return rule.replacements(in: serial.text, at: positions).map { SerialNumber($0) }
    }

    private func singleReplacements(serial: SerialNumber?, key: String) -> [CardCode] {
        var codes: [CardCode] = []
        for position in 0..<key.unicodeScalars.count {
            codes += self.key.replacements(in: key, at: [position]).map {
                CardCode(serial: serial, key: CardKey($0))
            }
        }
        guard let serial, let rule = self.serial else { return codes }
        for position in 0..<serial.text.unicodeScalars.count {
            codes += rule.replacements(in: serial.text, at: [position]).map {
                CardCode(serial: SerialNumber($0), key: CardKey(key))
            }
        }
        return codes
    }

    private func swapCandidates(for code: CardCode) -> [CardCode] {
        guard serial != nil, !isPlausible(code), let swapped = code.swapped else { return [] }
        return [normalise(swapped)]
    }

    private func zeroCandidates(for code: CardCode) -> [CardCode] {
        code.key.withUnredacted { key in
            let serials = code.serial.map { padded($0.text, by: serial).map { SerialNumber($0) } }
            let keys = padded(key, by: self.key)
            let withSerial = (serials ?? []).map { CardCode(serial: $0, key: code.key) }
            let withKey = keys.map { CardCode(serial: code.serial, key: CardKey($0)) }
            let withBoth = (serials ?? []).flatMap { serial in
                keys.map { CardCode(serial: serial, key: CardKey($0)) }
            }
            return withSerial + withKey + withBoth
        }
    }

    /// `text` with zeros in front up to each exact length of the rule; only digits are padded.
    private func padded(_ text: String, by rule: CodeRule?) -> [String] {
        let count = text.utf8.count
        guard let rule, !rule.lengths.contains(count),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return [] }
        return rule.lengths.ranges.compactMap { range in
            guard range.count == 1, range.lowerBound > count else { return nil }
            return String(repeating: "0", count: range.lowerBound - count) + text
        }
    }
}

extension CodeRule {
    /// Every text in which the symbols at `positions` are replaced by look-alikes.
    fileprivate func replacements(in text: String, at positions: [Int]) -> [String] {
        var texts = [Array(text.unicodeScalars)]
        for position in positions {
            texts = texts.flatMap { scalars in
                LookAlike.symbols(
                    like: scalars[position],
                    within: alphabet(at: position),
                    letterCase: letterCase
                ).map { symbol in
                    var changed = scalars
                    changed[position] = Unicode.Scalar(symbol)
                    return changed
                }
            }
        }
        return texts.map { scalars in
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            return String(text)
        }
    }
}
