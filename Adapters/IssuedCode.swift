import AdapterKit
import CardModel

/// A code as its issuer gave it out, for comparing it with the delivered one.
///
/// Issuers print a number, a PIN, or both; shops deliver them as serial and key, as a bare key,
/// and sometimes crosswise.
struct IssuedCode {
    private let number: String?
    private let pin: String?

    /// Nil when neither is there.
    init?(number: String?, pin: String?) {
        self.number = number.flatMap { $0.isEmpty ? nil : $0 }
        self.pin = pin.flatMap { $0.isEmpty ? nil : $0 }
        if self.number == nil, self.pin == nil { return nil }
    }

    /// Whether the delivered code is this one, after the format's normalisation.
    func agrees(with inquiry: Inquiry) -> Bool {
        guard let number, let pin else {
            // One part was issued: it is the key, whatever was delivered as a serial beside it.
            return [number, pin].compactMap { $0 }.contains { inquiry.keyAgrees(with: $0) }
        }
        guard let serial = inquiry.code.serial, !serial.text.isEmpty else {
            return inquiry.keyAgrees(with: pin) || inquiry.keyAgrees(with: number)
        }
        return inquiry.serialAgrees(with: number) && inquiry.keyAgrees(with: pin)
            || inquiry.serialAgrees(with: pin) && inquiry.keyAgrees(with: number)
    }
}
