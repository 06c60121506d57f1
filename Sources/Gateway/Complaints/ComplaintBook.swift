public import CardModel

/// What each platform publishes of how to complain.
public struct ComplaintBook: Sendable {
    /// By the platform's name.
    public var contacts: [String: ComplaintContacts]
    /// What no policy falls below.
    public var minimum: WarrantyPolicy?

    public init(contacts: [String: ComplaintContacts] = [:], minimum: WarrantyPolicy? = nil) {
        self.contacts = contacts
        self.minimum = minimum
    }
}

extension DeliveryGateway {
    /// How a buyer of the platform complains; nil where there is no such platform.
    public func complaintGuide(
        ofPlatform name: String
    ) -> (guide: ComplaintGuide, platform: Platform)? {
        directory.platform(named: name).map { platform in
            let guide = ComplaintGuide(
                contacts: parts.complaints.contacts[name],
                minimum: parts.complaints.minimum,
                tiers: catalogue.ruleBook.tables.tiers
            )
            return (guide, platform)
        }
    }

    /// The one platform that publishes contacts; nil where none does, or several do.
    public var onlyPlatformWithContacts: String? {
        parts.complaints.contacts.count == 1 ? parts.complaints.contacts.keys.first : nil
    }
}
