/// What the codes of one kind of card look like, and in which form two of them are compared.
///
/// A format screens; it never convicts: issuers change lengths without notice, so a finding is
/// worth a question, and only the issuer's own answer is worth more.
public struct CardFormat: Sendable, Hashable {
    /// Lower-case letters, digits and dashes, as products name it.
    public let id: String
    public let title: LocalisedText

    /// `nil` for cards that are a key alone; a serial that comes along is then only looked
    /// at for damage.
    public let serial: CodeRule?
    public let key: CodeRule
    public let mark: SourceMark

    public init(
        id: String,
        title: LocalisedText,
        serial: CodeRule?,
        key: CodeRule,
        mark: SourceMark
    ) {
        self.id = id
        self.title = title
        self.serial = serial
        self.key = key
        self.mark = mark
    }

    /// How well the format is known.
    public enum SourceMark: String, Sendable, Hashable {
        /// The issuer's own specification, or four independent implementations that agree.
        case wellKnown = "A"
        /// Two or three independent sources.
        case known = "B"
        /// One source.
        case singleSource = "C"
        /// Written by the operator, who knows his cards.
        case operatorStated = "operator"
        /// Says nothing about the code.
        case none = "-"
    }

    /// Brings a code into the form in which codes are compared and fingerprinted.
    ///
    /// Dashes and spaces inside go, full-width forms become ASCII, case changes only where the
    /// format says so; applying it twice changes nothing. An empty serial becomes a missing one.
    public func normalise(_ code: CardCode) -> CardCode {
        let key = code.key.withUnredacted { CardKey(self.key.normaliser.normalise($0)) }
        return CardCode(serial: spelling(of: code.serial) { $0.normaliser.normalise($1) }, key: key)
    }

    /// The spelling an issuer is asked with: as ``normalise(_:)``, but with the dashes the issuer
    /// itself writes, and where nobody knows them, the dashes of the delivered code. A licence key
    /// without its dashes would be unknown to its issuer, and an honest seller would be blamed.
    public func issuerSpelling(of delivered: CardCode) -> CardCode {
        let key = delivered.key.withUnredacted { CardKey(self.key.issuerSpelling(of: $0)) }
        let serial = spelling(of: delivered.serial) { $0.issuerSpelling(of: $1) }
        return CardCode(serial: serial, key: key)
    }

    private func spelling(
        of serial: SerialNumber?,
        by change: (CodeRule, String) -> String
    ) -> SerialNumber? {
        guard let serial else { return nil }
        let text = change(self.serial ?? .anything, serial.text)
        return text.isEmpty ? nil : SerialNumber(text)
    }
}

/// The two parts of a card code.
public enum CodePart: String, Sendable, Hashable, CaseIterable {
    case serial
    case key
}
