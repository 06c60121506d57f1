public import WireFormat

extension OutsideFiling {
    /// The filing as the store keeps it.
    public var jsonValue: JSONValue {
        [
            "channel": .string(channel.rawValue),
            "prepared_at": .string(preparedAt.rfc3339),
            "status": .string(status.rawValue),
            "changed_at": .string(changedAt.rfc3339),
            "filed_by": JSONValue(text: filedBy?.rawValue),
            "filed_at": JSONValue(text: filedAt?.rfc3339),
            "accepted_at": JSONValue(text: acceptedAt?.rfc3339),
            "reference": JSONValue(text: reference?.text),
        ]
    }

    /// Reads what ``jsonValue`` writes; `nil` for anything else.
    public init?(jsonValue value: JSONValue) {
        let fields = StoredFields(value)
        guard let channel = fields.choice("channel", EscalationChannel.self),
            let preparedAt = fields.instant("prepared_at"),
            let status = fields.choice("status", Status.self),
            let changedAt = fields.instant("changed_at")
        else { return nil }
        self.init(preparedFor: channel, at: preparedAt)
        restore(
            status, changedAt, filedBy: fields.choice("filed_by", FilingPerson.self),
            filedAt: fields.instant("filed_at"), acceptedAt: fields.instant("accepted_at"),
            reference: fields.text("reference").flatMap { FilingReference($0) })
    }
}
