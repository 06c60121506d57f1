public import WireFormat

/// How a platform is reached about a complaint (投诉联系方式), as its operator publishes it (M1-37).
public struct ComplaintContacts: Sendable, Hashable {
    public let phone: String?
    public let email: String?
    /// When somebody is there, in the operator's own words.
    public let hours: String?
    public let address: String?

    /// Bytes of one of them: a postal address is the longest.
    public static let longestText = 200

    /// - Returns: nil without a telephone number and without an e-mail address: whoever complains
    ///   must reach somebody.
    public init?(phone: String?, email: String?, hours: String?, address: String?) {
        guard phone != nil || email != nil else { return nil }
        self.phone = phone
        self.email = email
        self.hours = hours
        self.address = address
    }

    public var jsonValue: JSONValue {
        [
            "phone": JSONValue(text: phone), "email": JSONValue(text: email),
            "hours": JSONValue(text: hours), "address": JSONValue(text: address),
        ]
    }
}
