import CardModel

/// The key `contacts`: how each platform is reached about a complaint.
struct ContactSection {
    private static let members = ["phone", "email", "hours", "address"]

    let node: ConfigurationNode?

    /// By platform; one with a fault is left out after it was reported.
    func contacts() -> [String: ComplaintContacts] {
        var contacts: [String: ComplaintContacts] = [:]
        for (name, platform, value) in node?.members() ?? [] {
            guard contacts[platform] == nil else {
                name.fail("stands twice")
                continue
            }
            contacts[platform] = self.contacts(value)
        }
        return contacts
    }

    /// Every member is read even when another is wrong, so that all faults are told.
    private func contacts(_ node: ConfigurationNode) -> ComplaintContacts? {
        guard let members = node.members(known: Self.members) else { return nil }
        let texts = members.mapValues(text)
        guard !texts.values.contains(nil) else { return nil }
        let email = texts["email"] ?? nil
        if let email, !Self.isAddress(email) {
            members["email"]?.fail("an address such as help@shop.example is expected")
            return nil
        }
        let contacts = ComplaintContacts(
            phone: texts["phone"] ?? nil, email: email, hours: texts["hours"] ?? nil,
            address: texts["address"] ?? nil)
        if contacts == nil {
            node.fail("`phone` or `email` is missing: whoever complains must reach somebody")
        }
        return contacts
    }

    private func text(_ node: ConfigurationNode) -> String? {
        guard let word = node.word() else { return nil }
        let isPrintable = word.unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control
        }
        guard word.utf8.count <= ComplaintContacts.longestText, isPrintable else {
            node.fail("one line of at most \(ComplaintContacts.longestText) bytes is expected")
            return nil
        }
        return word
    }

    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && !$0.contains(" ") }
    }
}
