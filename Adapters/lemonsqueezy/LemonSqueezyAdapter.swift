import AdapterKit
import CardModel
import WireFormat

/// Asks Lemon Squeezy about a licence key without taking a seat.
struct LemonSqueezyAdapter: IssuerAdapter {
    let descriptor: AdapterDescriptor
    private let setup: AdapterSetup

    init(descriptor: AdapterDescriptor, setup: AdapterSetup) {
        self.descriptor = descriptor
        self.setup = setup
    }

    /// The buyer, and what he called his devices.
    private static let personalData = [
        "/meta/customer_name", "/meta/customer_email", "/instance/name",
    ]

    func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult {
        var conversation = IssuerConversation(
            inquiry: inquiry,
            scrubber: setup.scrubber(for: inquiry),
            transport: transport
        )
        return try await conversation.ask(
            request(inquiry),
            label: "validate",
            retrySafe: true,
            askedAt: inquiry.askedAt,
            keptBody: { PersonalData.removed(from: $0, at: Self.personalData) }
        ) { answer, conversation in
            result(of: answer, inquiry, conversation)
        }
    }

    private func request(_ inquiry: Inquiry) -> OutboundRequest {
        let form = FormEncoding.text([
            ("license_key", inquiry.askedCode.key.withUnredacted { $0 })
        ])
        return OutboundRequest(
            method: "POST",
            url: SecretURL((setup.settings["endpoint"] ?? "") + "/v1/licenses/validate"),
            headers: [
                OutboundHeader(name: "Content-Type", value: FormEncoding.mediaType),
                OutboundHeader(name: "Accept", value: "application/json"),
            ],
            body: Array(form.utf8),
            limits: descriptor.limits
        )
    }

    private func result(
        of answer: JSONAnswer,
        _ inquiry: Inquiry,
        _ conversation: IssuerConversation
    ) -> InquiryResult {
        let words = conversation.statement(
            code: answer["/license_key/status"]?.stringValue,
            text: answer["/error"]?.stringValue
        )
        if answer.status == 422 { return .indeterminate(.ourRequest, issuer: words) }
        guard let state = LemonSqueezyMeaning.of(answer, promised: setup.settings) else {
            return .indeterminate(answer.unmappedCause, issuer: words)
        }
        // An answer about another key says nothing about this one.
        if let key = answer["/license_key/key"]?.stringValue, !inquiry.keyAgrees(with: key) {
            return .indeterminate(.malformedAnswer, issuer: words)
        }
        var result = InquiryResult(state: state, issuer: words)
        let expiresAt = Self.instant(answer["/license_key/expires_at"])
        result.expiresOn = expiresAt.map(inquiry.zone.day)
        if let createdAt = Self.instant(answer["/license_key/created_at"]), let expiresAt,
            createdAt < expiresAt
        {
            result.term = MembershipTerm(start: createdAt, end: expiresAt)
        }
        return result
    }

    private static func instant(_ value: JSONValue?) -> Instant? {
        value?.stringValue.flatMap { Instant(rfc3339: $0) }
    }
}
