/// What a card format says about the case of ASCII letters in a code.
public enum LetterCase: String, Sendable, Hashable, CaseIterable {
    /// Upper and lower case are different symbols (Discord codes, many licence keys).
    case exact
    /// Lower case means upper case (Xbox, Apple, Gumroad).
    case upper
    /// Upper case means lower case.
    case lower

    /// `byte` with its case as the rule says; anything but an ASCII letter is unchanged.
    func applied(to byte: UInt8) -> UInt8 {
        switch (self, byte) {
        case (.upper, UInt8(ascii: "a")...UInt8(ascii: "z")): byte - 0x20
        case (.lower, UInt8(ascii: "A")...UInt8(ascii: "Z")): byte + 0x20
        default: byte
        }
    }
}
