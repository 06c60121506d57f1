import WireFormat

extension ObjectReader {
    /// What `read` finds under `name`; notes the member as missing where it is not there at all.
    func required<Field>(_ name: String, _ read: (String) -> Field?) -> Field? {
        guard member(name) != nil else {
            noteMissing(name)
            return nil
        }
        return read(name)
    }

    /// The id of a table, a row or a citation.
    func identifier(_ name: String) -> String? {
        read(name, expected: Self.identifierShape) { $0.stringValue.flatMap(Self.fitIdentifier) }
    }

    func identifiers(_ name: String) -> [String]? {
        guard let elements = elements(name) else { return nil }
        let found = elements.compactMap { index, value -> String? in
            let text = value.stringValue.flatMap(Self.fitIdentifier)
            if text == nil {
                note("\(name)/\(index)", .unknownValue, "expected \(Self.identifierShape)")
            }
            return text
        }
        return found.count == elements.count ? found : nil
    }

    private static let identifierShape =
        "at most \(longestIdentifier) lower-case letters, digits, dots, dashes and underscores"
    /// Longer ids do not fit a line of a report.
    private static let longestIdentifier = 64

    private static func fitIdentifier(_ text: String) -> String? {
        let isFit =
            (1...longestIdentifier).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x61...0x7A, 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "-"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
        return isFit ? text : nil
    }

    func money(_ name: String) -> Money? {
        read(name, expected: "{amount_minor: 10000, currency: CNY}") { value in
            Money(jsonValue: value).flatMap { $0.minorUnits >= 0 ? $0 : nil }
        }
    }

    /// YAML reads an unquoted `12315` as a number; it is meant as the name.
    func channel(_ name: String) -> EscalationChannel? {
        let names = EscalationChannel.allCases.map(\.rawValue).joined(separator: ", ")
        return read(name, expected: "one of \(names)") {
            $0.lexeme.flatMap { EscalationChannel(rawValue: $0) }
        }
    }

    /// Channels and `payment`; never an empty list.
    func channelChoices(_ name: String) -> [ChannelChoice]? {
        guard let elements = elements(name) else { return nil }
        let found = elements.compactMap { index, value -> ChannelChoice? in
            let choice = value.lexeme.flatMap { ChannelChoice($0) }
            if choice == nil {
                let names = EscalationChannel.allCases.map(\.rawValue).joined(separator: ", ")
                note("\(name)/\(index)", .unknownValue, "expected payment or one of \(names)")
            }
            return choice
        }
        if elements.isEmpty { note(name, .missing, "at least one channel is needed") }
        return found.count == elements.count && !found.isEmpty ? found : nil
    }
}
