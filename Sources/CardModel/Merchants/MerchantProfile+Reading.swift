public import WireFormat

extension MerchantProfile {
    /// Reads a merchant's document.
    ///
    /// - Throws: ``InvalidDocument`` with every fault at once, each with its JSON pointer.
    public init(jsonValue: JSONValue) throws(InvalidDocument) {
        let issues = ObjectReader.IssueList()
        let reader = ObjectReader.document(jsonValue, issues: issues)
        let profile = Self.read(reader)
        reader.refuseOthers()
        guard let profile, issues.issues.isEmpty else {
            throw InvalidDocument(issues: issues.issues)
        }
        self = profile
    }

    /// The most bytes of a name, number, address or contact.
    public static let longestText = 256
    /// The most qualifications of one merchant: every kind, with all its renewals.
    public static let mostQualifications = 64

    private static func read(_ reader: ObjectReader) -> MerchantProfile? {
        let id = required("merchant", in: reader)
        var profile = MerchantProfile(id: id ?? "", endpoints: readEndpoints(reader))
        profile.identity = readIdentity(reader)
        profile.qualifications = readQualifications(reader)
        profile.icpNumber = text("icp_number", in: reader)
        profile.marks = Set(reader.choices("marks", of: CertifiedMark.self) ?? [])
        profile.humanChannel = readHumanChannel(reader)
        return id == nil ? nil : profile
    }

    private static func text(_ name: String, in reader: ObjectReader) -> String? {
        reader.read(name, expected: "a text of 1 to \(longestText) bytes that is not blank") {
            guard let text = $0.stringValue, text.utf8.count <= longestText,
                text.contains(where: { !$0.isWhitespace })
            else { return nil }
            return text
        }
    }

    private static func required(_ name: String, in reader: ObjectReader) -> String? {
        if reader.member(name) == nil { reader.noteMissing(name) }
        return text(name, in: reader)
    }

    private static func readIdentity(_ reader: ObjectReader) -> LegalIdentity? {
        guard let section = reader.object("identity") else { return nil }
        let name = required("name", in: section)
        let number = required("registration_number", in: section)
        let address = text("address", in: section)
        section.refuseOthers()
        guard let name, let number else { return nil }
        return LegalIdentity(name: name, registrationNumber: number, address: address)
    }

    private static func readQualifications(_ reader: ObjectReader) -> [Qualification] {
        objects("qualifications", most: mostQualifications, in: reader).compactMap { entry in
            let kind = entry.choice("kind", of: Qualification.Kind.self)
            if entry.member("kind") == nil { entry.noteMissing("kind") }
            let number = required("number", in: entry)
            let until = entry.read("valid_until", expected: "a day such as 2027-06-30") {
                $0.stringValue.flatMap { CalendarDate(iso8601: $0) }
            }
            entry.refuseOthers()
            guard let kind, let number else { return nil }
            return Qualification(kind: kind, number: number, validUntil: until)
        }
    }

    private static func readHumanChannel(_ reader: ObjectReader) -> HumanChannel? {
        guard let section = reader.object("human_channel") else { return nil }
        let contact = required("contact", in: section)
        let hours = required("hours", in: section)
        section.refuseOthers()
        guard let contact, let hours else { return nil }
        return HumanChannel(
            contact: contact,
            hours: hours == HumanChannel.allHoursText ? .allHours : .stated(hours)
        )
    }

    private static func readEndpoints(_ reader: ObjectReader) -> EndpointHistory {
        var history = EndpointHistory()
        let entries = objects("endpoints", most: EndpointHistory.mostEntries, in: reader)
        for (index, entry) in entries.enumerated() {
            let kind = entry.choice("kind", of: EndpointHistory.Entry.Kind.self)
            let name = required("name", in: entry)
            let since = entry.read("since", expected: "an instant such as 2026-11-20T08:00:00Z") {
                $0.stringValue.flatMap { Instant(rfc3339: $0) }
            }
            for name in ["kind", "since"] where entry.member(name) == nil {
                entry.noteMissing(name)
            }
            entry.refuseOthers()
            guard let kind, let name, let since else { continue }
            if let longer = history.appending(.init(kind: kind, name: name, since: since)) {
                history = longer
            } else {
                reader.note(
                    "endpoints/\(index)/since",
                    .contradiction,
                    "earlier than the entry before"
                )
            }
        }
        return history
    }

    /// Readers of a list's objects; none, and a note, where it has one too many.
    private static func objects(
        _ name: String,
        most: Int,
        in reader: ObjectReader
    ) -> [ObjectReader] {
        guard reader.member(name)?.arrayValue?.count ?? 0 <= most else {
            reader.note(name, .outOfRange, "expected at most \(most) entries")
            return []
        }
        return reader.objects(name) ?? []
    }
}

extension HumanChannel {
    /// The declaration of every hour of every day.
    public static let allHoursText = "7x24"
}
