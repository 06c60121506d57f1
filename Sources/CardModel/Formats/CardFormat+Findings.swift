extension CardFormat {
    /// What the format does not expect about a code in normal form; no binding finding means the
    /// code is plausible, an empty list that there is nothing to say at all.
    public func findings(in normalised: CardCode) -> [FormatFinding] {
        let found = normalised.key.withUnredacted { key in
            partFindings(serial: normalised.serial?.text, key: key)
        }
        guard found.contains(where: { !$0.isAdvisory }), isSwapped(normalised) else { return found }
        return [FormatFinding(part: .serial, defect: .partsSwapped, isAdvisory: false)]
    }

    /// Whether no binding finding speaks against a code in normal form.
    public func isPlausible(_ normalised: CardCode) -> Bool {
        normalised.key.withUnredacted { key in
            partFindings(serial: normalised.serial?.text, key: key).allSatisfy(\.isAdvisory)
        }
    }

    private func partFindings(serial: String?, key: String) -> [FormatFinding] {
        serialFindings(serial) + self.key.findings(in: key, part: .key)
    }

    /// A missing serial is only a remark: bare keys are delivered too, and some issuers answer
    /// for a key alone.
    private func serialFindings(_ serial: String?) -> [FormatFinding] {
        switch (self.serial, serial) {
        case (nil, nil): []
        case (nil, let serial?): CodeRule.anything.findings(in: serial, part: .serial)
        case (_?, nil): [FormatFinding(part: .serial, defect: .missing, isAdvisory: true)]
        case (let rule?, let serial?): rule.findings(in: serial, part: .serial)
        }
    }

    private func isSwapped(_ code: CardCode) -> Bool {
        guard serial != nil, let turned = code.swapped else { return false }
        return isPlausible(normalise(turned))
    }
}

extension CardCode {
    /// Serial and key in each other's place; `nil` without a serial.
    var swapped: CardCode? {
        guard let serial else { return nil }
        return key.withUnredacted { key in
            CardCode(serial: SerialNumber(key), key: CardKey(serial.text))
        }
    }
}

extension CodeRule {
    /// What the rule does not expect about one part in normal form.
    func findings(in text: String, part: CodePart) -> [FormatFinding] {
        func binding(_ defect: FormatFinding.Defect) -> FormatFinding {
            FormatFinding(part: part, defect: defect, isAdvisory: false)
        }
        guard !text.isEmpty else { return [binding(.missing)] }
        // Damage done on the way explains every other finding, so it stands alone.
        if ImportDamage.hasReplacementCharacter(text) { return [binding(.mojibake)] }
        if ImportDamage.hasMarkup(text) { return [binding(.markup)] }
        if ImportDamage.isExponentForm(text) { return [binding(.spreadsheetExponent)] }
        var found: [FormatFinding] = []
        let count = text.unicodeScalars.count
        if !lengths.contains(count) { found.append(binding(.wrongLength(count, allowed: lengths))) }
        if let foreign = foreignPositions(in: text).first {
            found.append(
                binding(
                    .foreignSymbol(
                        position: foreign + 1,
                        lookAlikes: lookAlikes(at: foreign, in: text)
                    )
                )
            )
        }
        if let checkDigit, found.isEmpty, !checkDigit.algorithm.isValid(Array(text.utf8)) {
            found.append(
                FormatFinding(
                    part: part,
                    defect: .checkDigitFailed,
                    isAdvisory: !checkDigit.isBinding
                )
            )
        }
        if found.isEmpty, !prefixes.isEmpty, !prefixes.contains(where: { text.hasPrefix($0) }) {
            found.append(FormatFinding(part: part, defect: .unknownPrefix, isAdvisory: true))
        }
        if ImportDamage.hasSpreadsheetZeros(text) {
            found.append(FormatFinding(part: part, defect: .spreadsheetZeros, isAdvisory: true))
        }
        return found
    }

    /// The positions, from 0, of symbols outside the alphabet.
    func foreignPositions(in text: String) -> [Int] {
        text.unicodeScalars.enumerated().compactMap { index, scalar in
            alphabet(at: index).contains(scalar) ? nil : index
        }
    }

    /// The alphabet that holds at a position.
    func alphabet(at index: Int) -> SymbolSet {
        guard let leading, index < leading.count else { return characters }
        return leading.characters
    }

    /// The symbols of the alphabet that look like the one at `index`.
    func lookAlikes(at index: Int, in text: String) -> [Character] {
        let scalars = text.unicodeScalars
        let scalar = scalars[scalars.index(scalars.startIndex, offsetBy: index)]
        return LookAlike.symbols(like: scalar, within: alphabet(at: index), letterCase: letterCase)
            .map { Character(Unicode.Scalar($0)) }
    }
}
