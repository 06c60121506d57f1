import AdapterKit
import CardModel
import WireFormat

/// Asks Gumroad about a licence key without counting a use.
struct GumroadAdapter: IssuerAdapter {
    let descriptor: AdapterDescriptor
    private let setup: AdapterSetup

    init(descriptor: AdapterDescriptor, setup: AdapterSetup) {
        self.descriptor = descriptor
        self.setup = setup
    }

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
            label: "verify",
            retrySafe: true,
            askedAt: inquiry.askedAt,
            keptBody: GumroadPersonalData.removed
        ) { answer, conversation in
            Self.result(of: answer, inquiry, conversation)
        }
    }

    private func request(_ inquiry: Inquiry) -> OutboundRequest {
        let form = FormEncoding.text([
            ("product_id", setup.settings["product_id"] ?? ""),
            ("license_key", inquiry.askedCode.key.withUnredacted { $0 }),
            // Anything but the word "false" counts a use.
            ("increment_uses_count", "false"),
        ])
        return OutboundRequest(
            method: "POST",
            url: SecretURL((setup.settings["endpoint"] ?? "") + "/v2/licenses/verify"),
            headers: [
                OutboundHeader(name: "Content-Type", value: FormEncoding.mediaType),
                OutboundHeader(name: "Accept", value: "application/json"),
            ],
            body: Array(form.utf8),
            limits: descriptor.limits
        )
    }

    private static func result(
        of answer: JSONAnswer,
        _ inquiry: Inquiry,
        _ conversation: IssuerConversation
    ) -> InquiryResult {
        let words = conversation.statement(
            code: answer["/uses"]?.lexeme,
            text: answer["/message"]?.stringValue
        )
        guard let meaning = GumroadMeaning.of(answer, askedAt: inquiry.askedAt) else {
            return .indeterminate(answer.unmappedCause, issuer: words)
        }
        // An answer about another key says nothing about this one.
        if let key = answer["/purchase/license_key"]?.stringValue, !inquiry.keyAgrees(with: key) {
            return .indeterminate(.malformedAnswer, issuer: words)
        }
        var result = InquiryResult(state: meaning.state, issuer: words)
        result.expiresOn = meaning.endsAt.map(inquiry.zone.day)
        return result
    }
}
