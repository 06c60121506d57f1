import AdapterKit
import CardModel
import WireFormat

/// Asks Polar about a licence key, and with a token how many devices it is activated on.
struct PolarAdapter: IssuerAdapter {
    let descriptor: AdapterDescriptor
    private let setup: AdapterSetup

    init(descriptor: AdapterDescriptor, setup: AdapterSetup) {
        self.descriptor = descriptor
        self.setup = setup
    }

    /// The customer, and what he called his devices.
    private static let personalData = [
        "/customer", "/user", "/activation/label", "/activation/meta", "/activations/*/label",
        "/activations/*/meta",
    ]

    private static func removed(from response: OutboundResponse) -> [UInt8] {
        PersonalData.removed(from: response, at: personalData)
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
        var licence: PolarLicence?
        var result = try await conversation.ask(
            validation(of: inquiry),
            label: "validate",
            retrySafe: true,
            askedAt: inquiry.askedAt,
            keptBody: Self.removed
        ) { answer, conversation in
            licence = PolarLicence(answer)
            return Self.result(of: answer, licence, inquiry, conversation)
        }
        guard let licence, licence.activationLimit != nil, !licence.isUsedUp,
            [.okUnused, .partiallyUsed].contains(result.state)
        else { return result }
        guard let activations = await activations(of: licence, inquiry, &conversation) else {
            // Nobody told how many devices the key is activated on.
            result.certainty = .derived
            result.transcripts = conversation.transcripts
            return result
        }
        result.state = licence.state(activations: activations)
        result.transcripts = conversation.transcripts
        return result
    }

    private func validation(of inquiry: Inquiry) -> OutboundRequest {
        var body = JSONObject([
            JSONObject.Member(
                name: "key",
                value: .string(inquiry.askedCode.key.withUnredacted { $0 })
            )
        ])
        for name in ["organization_id", "benefit_id"] {
            body[name] = setup.settings[name].map { .string($0) }
        }
        return OutboundRequest(
            method: "POST",
            url: SecretURL(address("/v1/customer-portal/license-keys/validate")),
            headers: [
                OutboundHeader(name: "Content-Type", value: "application/json"),
                OutboundHeader(name: "Accept", value: "application/json"),
            ],
            body: JSONValue.object(body).serialized(),
            limits: descriptor.limits
        )
    }

    /// Nil without a token, and when the answer is not the documented one. Nothing here can take
    /// the state back.
    private func activations(
        of licence: PolarLicence,
        _ inquiry: Inquiry,
        _ conversation: inout IssuerConversation
    ) async -> Int64? {
        guard let token = setup.secrets["access_token"] else { return nil }
        let request = OutboundRequest(
            method: "GET",
            url: SecretURL(address("/v1/license-keys/\(licence.id)")),
            headers: [
                OutboundHeader(
                    name: "Authorization",
                    value: token.withUnredacted { "Bearer \($0)" },
                    isSecret: true
                ),
                OutboundHeader(name: "Accept", value: "application/json"),
            ],
            limits: descriptor.limits
        )
        let response = try? await conversation.exchange(
            request,
            label: "license-keys",
            retrySafe: true,
            keptBody: Self.removed
        )
        guard let response, response.status == 200,
            let answer = try? JSONAnswer(response, askedAt: inquiry.askedAt),
            answer["/id"]?.stringValue == licence.id
        else { return nil }
        return (answer["/activations"]?.arrayValue?.count).map(Int64.init)
    }

    private func address(_ path: String) -> String {
        (setup.settings["endpoint"] ?? "") + path
    }

    private static func result(
        of answer: JSONAnswer,
        _ licence: PolarLicence?,
        _ inquiry: Inquiry,
        _ conversation: IssuerConversation
    ) -> InquiryResult {
        let words = conversation.statement(
            code: (answer["/status"] ?? answer["/error"])?.stringValue,
            text: answer["/detail"]?.stringValue
                ?? answer["/validations"]?.lexeme.map { "validations=\($0)" }
        )
        if answer.status == 422 { return .indeterminate(.ourRequest, issuer: words) }
        guard let licence else {
            return PolarRefusal.state(of: answer).map { InquiryResult(state: $0, issuer: words) }
                ?? .indeterminate(answer.unmappedCause, issuer: words)
        }
        // An answer about another key says nothing about this one.
        guard inquiry.keyAgrees(with: licence.key) else {
            return .indeterminate(.malformedAnswer, issuer: words)
        }
        var result = InquiryResult(state: licence.state(activations: nil), issuer: words)
        result.expiresOn = licence.expiresAt.map(inquiry.zone.day)
        return result
    }
}
