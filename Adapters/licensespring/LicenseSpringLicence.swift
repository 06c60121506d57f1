import AdapterKit
import CardModel
import WireFormat

/// A licence as `check_license` shows it.
struct LicenseSpringLicence: Equatable {
    var key: String
    var product: String
    var isEnabled: Bool
    var isExpired: Bool
    var activations: Int64
    /// Nil where activations are not limited.
    var activationLimit: Int64?
    var validUntil: Instant?

    /// Nil for an answer that is not the documented one.
    init?(_ answer: JSONAnswer) {
        guard let key = answer["/license_key"]?.stringValue,
            let product = answer["/product_details/short_code"]?.stringValue,
            let activations = answer["/times_activated"]?.integerValue, activations >= 0,
            let limit = answer["/max_activations"]?.integerValue, limit >= 0
        else { return nil }
        self.key = key
        self.product = product
        self.activations = activations
        let isUnlimited = answer["/allow_unlimited_activations"]?.boolValue == true
        activationLimit = isUnlimited ? nil : limit
        isEnabled = answer["/license_enabled"]?.boolValue != false
        isExpired = answer["/is_expired"]?.boolValue == true
        validUntil = answer["/validity_period"]?.stringValue.flatMap { Instant(rfc3339: $0) }
    }

    /// What decided, in the protocol's words.
    var word: String {
        if !isEnabled { return "license_enabled=false" }
        if isExpired { return "is_expired=true" }
        return "\(activations)/\(activationLimit.map(String.init) ?? "unlimited")"
    }

    func state(promisedProduct: String?) -> VerdictState {
        if product != promisedProduct { return .wrongProduct }
        if !isEnabled { return .revoked }
        if isExpired { return .expired }
        return SeatCount(taken: activations, limit: activationLimit).state
    }
}

/// An error as the service writes it: `{"status": …, "code": …, "message": …}`.
enum LicenseSpringRefusal {
    /// Nil for an answer that is no such error, or one that nobody mapped.
    static func meaning(of answer: JSONAnswer) -> WordMeaning? {
        guard let code = answer["/code"]?.stringValue, answer["/message"]?.stringValue != nil
        else { return nil }
        switch code {
        case "license_not_found": return .decided(.notFound)
        case "license_not_enabled": return .decided(.revoked)
        case "license_expired": return .decided(.expired)
        case "license_activated_max_times": return .decided(.used)
        // Inactive is what a licence is before its first device, and after its last one left.
        case inactive: return .decided(.okUnused)
        // Active on another device, or on none at all; on trial for somebody else.
        case "device_not_found", "trial_expired": return .undecided(.ambiguousAnswer)
        case "unknown_product", "disabled_product", "archived_product", "not_found",
            "validation_error", "missing_headers", "missing_parameters", "missing_hardware_id",
            "license_key_required":
            return .undecided(.ourRequest)
        case "signature_mismatch", "invalid_api_key", "api_key_product_not_allowed",
            "authorization_invalid_headers", "authorization_missing_params", "hmac_required":
            return .undecided(.ourAccount)
        default: return nil
        }
    }

    /// The one code that the documents leave room to read otherwise.
    static let inactive = "license_not_active"
}
