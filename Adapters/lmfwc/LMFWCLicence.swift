import AdapterKit
import CardModel
import WireFormat

/// A licence as the plugin shows it.
struct LMFWCLicence: Equatable {
    /// The plugin's numbers.
    enum Status: Int64 {
        case sold = 1
        case delivered, active, inactive
    }

    var key: String
    var status: Status
    var product: Int64?
    var activations: Int64
    /// Nil and 0 set no limit.
    var activationLimit: Int64?
    var expiresAt: Instant?

    /// Nil for an answer that is not the documented one.
    init?(_ answer: JSONAnswer) {
        guard answer.status == 200, answer["/success"]?.boolValue == true,
            let key = answer["/data/licenseKey"]?.stringValue,
            let status = answer["/data/status"]?.integerValue.flatMap(Status.init(rawValue:)),
            let activations = Self.count(answer["/data/timesActivated"]),
            let limit = Self.count(answer["/data/timesActivatedMax"])
        else { return nil }
        if let expiry = answer["/data/expiresAt"] {
            guard let instant = expiry.stringValue.flatMap(Self.instant) else { return nil }
            expiresAt = instant
        }
        self.key = key
        self.status = status
        self.activations = activations
        product = answer["/data/productId"]?.integerValue
        activationLimit = limit == 0 ? nil : limit
    }

    /// Null is none; nil is no number.
    private static func count(_ value: JSONValue?) -> Int64? {
        guard let value else { return 0 }
        return value.integerValue.flatMap { $0 >= 0 ? $0 : nil }
    }

    /// `2026-11-20 08:00:00`, in UTC.
    private static func instant(_ text: String) -> Instant? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        return parts.count == 2 ? Instant(rfc3339: "\(parts[0])T\(parts[1])Z") : nil
    }

    /// The plugin shows an expired licence like any other, so the date decides. Nil where a
    /// product was promised and the answer names none.
    func meaning(
        askedAt: Instant,
        promisedProduct: String?
    ) -> (state: VerdictState, certainty: Certainty)? {
        if let promisedProduct {
            guard let product else { return nil }
            if String(product) != promisedProduct { return (.wrongProduct, .authoritative) }
        }
        if let expiresAt, expiresAt < askedAt { return (.expired, .derived) }
        switch status {
        case .inactive: return (.notActivated, .authoritative)
        case .sold, .delivered, .active:
            return (
                SeatCount(taken: activations, limit: activationLimit).state, .authoritative
            )
        }
    }
}

/// An error as WordPress writes it.
struct LMFWCRefusal: Equatable {
    /// Nil when it says nothing about the key.
    var state: VerdictState?
    /// Credentials, permissions, a route that is switched off, a plugin that is not there.
    var isAboutUs = false

    /// Nil for an answer that is no such error.
    init?(_ answer: JSONAnswer) {
        guard let code = answer["/code"]?.stringValue,
            let message = answer["/message"]?.stringValue
        else { return nil }
        switch (code, answer.status) {
        // The same code stands for an error of the database.
        case ("lmfwc_rest_data_error", 404):
            let isUnknown =
                message.hasPrefix("License Key: ") && message.hasSuffix(" could not be found.")
            state = isUnknown ? .notFound : nil
        case ("lmfwc_rest_license_expired", 405): state = .expired
        case ("lmfwc_rest_route_disabled_error", 404), ("rest_no_route", 404),
            ("lmfwc_rest_authentication_error", _), ("lmfwc_rest_cannot_view", _),
            ("lmfwc_rest_no_ssl_error", _):
            isAboutUs = true
        default: break
        }
    }
}
