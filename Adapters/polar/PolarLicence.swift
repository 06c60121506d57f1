import AdapterKit
import CardModel
import WireFormat

/// A licence as `validate` shows it.
struct PolarLicence: Equatable {
    enum Status: String {
        case granted, revoked, disabled
    }

    var id: String
    var key: String
    var status: Status
    var usage: Int64
    var usageLimit: Int64?
    var activationLimit: Int64?
    var expiresAt: Instant?

    /// Nil for an answer that is not the documented one.
    init?(_ answer: JSONAnswer) {
        guard answer.status == 200,
            let id = answer["/id"]?.stringValue, Self.isIdentifier(id),
            let key = answer["/key"]?.stringValue,
            let status = answer["/status"]?.stringValue.flatMap(Status.init(rawValue:)),
            let usage = answer["/usage"]?.integerValue, usage >= 0
        else { return nil }
        self.id = id
        self.key = key
        self.status = status
        self.usage = usage
        usageLimit = answer["/limit_usage"]?.integerValue
        activationLimit = answer["/limit_activations"]?.integerValue
        expiresAt = answer["/expires_at"]?.stringValue.flatMap { Instant(rfc3339: $0) }
    }

    /// It becomes a part of an address.
    private static func isIdentifier(_ text: String) -> Bool {
        text.utf8.count == 36 && text.utf8.allSatisfy { $0 == 0x2D || isHexadecimal($0) }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
            || (0x41...0x46).contains(byte)
    }

    var isUsedUp: Bool { SeatCount(taken: usage, limit: usageLimit).state == .used }

    /// - Parameter activations: devices it is activated on; nil when nobody told.
    func state(activations: Int64?) -> VerdictState {
        switch status {
        case .revoked, .disabled: return .revoked
        case .granted:
            let counts = [
                SeatCount(taken: usage, limit: usageLimit),
                SeatCount(taken: activations ?? 0, limit: activationLimit),
            ].map(\.state)
            if counts.contains(.used) { return .used }
            return counts.contains(.partiallyUsed) ? .partiallyUsed : .okUnused
        }
    }
}

/// The kinds of 404, told apart by what they say.
enum PolarRefusal {
    /// Nil for an answer that is not the documented one: an address that does not exist gives a
    /// 404, too, but no `error`.
    static func state(of answer: JSONAnswer) -> VerdictState? {
        guard answer.status == 404, answer["/error"]?.stringValue == "ResourceNotFound",
            let detail = answer["/detail"]?.stringValue
        else { return nil }
        return switch detail {
        case "License key has expired.": .expired
        case "License key is no longer active.": .revoked
        case "License key does not match given benefit.": .wrongProduct
        default: .notFound
        }
    }
}
