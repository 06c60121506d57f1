import AdapterKit
import CardModel
import WireFormat

/// What an answer to `validate` means.
enum LemonSqueezyMeaning {
    /// Nil for an answer that is not the documented one.
    ///
    /// - Parameter promised: `store_id`, `product_id` and `variant_id`, where configured.
    static func of(_ answer: JSONAnswer, promised: [String: String]) -> VerdictState? {
        switch answer.status {
        // Disabled and expired keys come with 200 or 400, and the licence in the body of both.
        case 200, 400: licence(answer, promised)
        case 404: isUnknownKey(answer) ? .notFound : nil
        default: nil
        }
    }

    /// A 404 with any other body is a wrong address, not an unknown key.
    private static func isUnknownKey(_ answer: JSONAnswer) -> Bool {
        answer["/valid"]?.boolValue == false && answer["/error"]?.stringValue != nil
            && answer["/license_key"] == nil
    }

    private static func licence(_ answer: JSONAnswer, _ promised: [String: String]) -> VerdictState?
    {
        guard let valid = answer["/valid"]?.boolValue,
            let status = answer["/license_key/status"]?.stringValue
        else { return nil }
        for name in ["store_id", "product_id", "variant_id"] {
            guard let wanted = promised[name] else { continue }
            guard let actual = answer["/meta/\(name)"]?.lexeme else { return nil }
            if actual != wanted { return .wrongProduct }
        }
        // Nobody paid for a key of the test mode.
        if answer["/license_key/test_mode"]?.boolValue == true { return .wrongProduct }
        switch (status, valid) {
        case ("expired", false): return .expired
        case ("disabled", false): return .revoked
        case ("inactive", true), ("active", true):
            return seats(answer, isActive: status == "active")
        default: return nil
        }
    }

    /// Status and count must agree.
    private static func seats(_ answer: JSONAnswer, isActive: Bool) -> VerdictState? {
        guard answer.status == 200,
            let taken = answer["/license_key/activation_usage"]?.integerValue,
            (taken > 0) == isActive
        else { return nil }
        let limit = answer["/license_key/activation_limit"]?.integerValue
        return SeatCount(taken: taken, limit: limit.flatMap { $0 > 0 ? $0 : nil }).state
    }
}
