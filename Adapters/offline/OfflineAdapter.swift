import AdapterKit
import CardModel
import WireFormat

/// Judges a code by what is printed on it, for issuers that nobody outside may ask.
///
/// It can only find fault: a code that looks right is `unsupported`, because nobody was asked, and
/// the buyer's own evidence decides. Certainty is `local` throughout.
struct OfflineAdapter: LocalAdapter {
    let descriptor: AdapterDescriptor

    func read(_ inquiry: Inquiry) -> InquiryResult {
        let finding = inquiry.format.findings(in: inquiry.format.normalise(inquiry.code))
            .first { !$0.isAdvisory }
        if let finding {
            return result(.malformed, code: finding.reason, text: finding.text(in: .en), inquiry)
        }
        let handover = inquiry.deliveredAt ?? inquiry.askedAt
        if let day = inquiry.expiresOn, Expiry.isExpired(day, at: handover, in: inquiry.zone) {
            return result(
                .expired,
                code: "label_expired",
                text: "The label's last good day, \(day.iso8601), was over at hand-over.",
                inquiry
            )
        }
        return result(
            .unsupported,
            code: "no_issuer_to_ask",
            text: "The code looks right; its issuer cannot be asked.",
            inquiry
        )
    }

    private func result(
        _ state: VerdictState,
        code: String,
        text: String,
        _ inquiry: Inquiry
    ) -> InquiryResult {
        InquiryResult(
            state: state,
            certainty: .local,
            issuer: IssuerStatement(code: code, text: text),
            expiresOn: inquiry.expiresOn
        )
    }
}
