import CardModel
import WireFormat

extension ProgramStatement {
    /// What may have been promised, and what a use left behind.
    func addPromised(to result: inout InquiryResult) throws(ProgramFault) {
        result.balanceUntil = try date("balance_until")
        result.term = try term()
        result.attributes = try attributes()
        result.usedByHint = try visible("used_by_hint")
        result.loginAnomaly = try visible("login_anomaly")
    }

    private func term() throws(ProgramFault) -> MembershipTerm? {
        guard let value = fields["term"] else { return nil }
        let term = try ProgramFields(value, "result.term", known: ["starts_at", "ends_at"])
        guard let start = try Self.instant(term, "starts_at"),
            let end = try Self.instant(term, "ends_at"), start < end
        else { throw ProgramFault("`result.term` needs `starts_at`, and an `ends_at` after it") }
        return MembershipTerm(start: start, end: end)
    }

    private func attributes() throws(ProgramFault) -> CodeAttributes {
        let told = try fields.read("attributes", "texts by name, within the limits") {
            CodeAttributes(jsonValue: $0)
        }
        return scrubber.attributes((told ?? .none).sorted)
    }

    private func visible(_ name: String) throws(ProgramFault) -> String? {
        try fields.text(name).map { scrubber.visible($0, InquiryResult.longestIssuerCode) }
    }
}
