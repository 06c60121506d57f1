public import CardModel

/// A card as gateways take it that redeem cards of several issuers: a serial, a key, and the face
/// value in yuan.
///
/// Several of them destroy what a card holds beyond the declared value, and read commas, dashes or
/// at signs as the end of a field. So the value is passed on exactly or the order is not sent, and
/// so is a card with other symbols than ASCII letters and digits.
public struct PlainCard: Sendable {
    /// Digits and letters; printed on the card.
    public let serial: String
    public let key: SecretValue
    public let faceValue: Money

    /// The card of an order, in the spelling the issuer is asked with.
    ///
    /// - Throws: `AdapterError` (`inquiry`, nothing was sent) saying what is missing or cannot be
    ///   passed on.
    public init(_ inquiry: Inquiry) throws(AdapterError) {
        guard let faceValue = inquiry.faceValue, faceValue.minorUnits > 0 else {
            throw Self.refusal("the face value is not known: several issuers destroy the excess")
        }
        guard faceValue.currency == "CNY" else {
            throw Self.refusal("the face value is not in yuan")
        }
        let code = inquiry.askedCode
        guard let serial = code.serial?.text, Self.isPlain(serial) else {
            throw Self.refusal("the serial is missing or not only letters and digits")
        }
        let key = code.key.withUnredacted { $0 }
        guard Self.isPlain(key) else {
            throw Self.refusal("the key is empty or not only letters and digits")
        }
        self.serial = serial
        self.key = SecretValue(key)
        self.faceValue = faceValue
    }

    /// The face value as a whole number of yuan.
    ///
    /// - Throws: `AdapterError` (`inquiry`) when there are fen left.
    public func wholeYuan() throws(AdapterError) -> String {
        guard faceValue.minorUnits.isMultiple(of: 100) else {
            throw Self.refusal("this issuer takes face values in whole yuan")
        }
        return String(faceValue.minorUnits / 100)
    }

    /// Why an order is not sent; nothing happened to the code.
    public static func refusal(_ message: String) -> AdapterError {
        AdapterError(code: .inquiry, message: message, cause: .ourRequest)
    }

    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: false
                }
            }
    }
}

extension Money {
    /// Fen of an amount in yuan as gateways write it back: digits, and up to two decimals.
    public init?(yuan text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? parts[1] : ""
        guard (1...2).contains(parts.count), !parts[0].isEmpty, parts[0].utf8.count <= 12,
            parts.count == 1 || (1...2).contains(fraction.utf8.count),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
            let whole = Int64(parts[0]),
            let fen = Int64((fraction + "00").prefix(2))
        else { return nil }
        self.init(minorUnits: whole * 100 + fen, currency: "CNY")
    }
}
