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
        do throws(AnswerScreening.Objection) {
            let activations = try await activations(of: licence, inquiry, &conversation)
            result.state = licence.state(activations: activations)
        } catch  where result.state == .okUnused {
            // It may be activated on every device: nobody told.
            result = .indeterminate(
                error.cause,
                issuer: result.issuer,
                retryAfter: error.retryAfter
            )
        } catch {
            result.certainty = .derived
        }
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

    /// Devices that the key is activated on.
    ///
    /// - Throws: `AnswerScreening.Objection` when nobody tells.
    private func activations(
        of licence: PolarLicence,
        _ inquiry: Inquiry,
        _ conversation: inout IssuerConversation
    ) async throws(AnswerScreening.Objection) -> Int64 {
        guard let token = setup.secrets["access_token"] else {
            throw AnswerScreening.Objection(
                cause: .ambiguousAnswer,
                text: "activations are told to a token alone"
            )
        }
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
        let response: OutboundResponse
        do throws(AdapterError) {
            response = try await conversation.exchange(
                request,
                label: "license-keys",
                retrySafe: true,
                keptBody: Self.removed
            )
        } catch {
            throw AnswerScreening.Objection(
                cause: error.cause,
                text: "license-keys",
                retryAfter: error.retryAfter
            )
        }
        let answer = try JSONAnswer(response, askedAt: inquiry.askedAt)
        guard answer.status == 200, answer["/id"]?.stringValue == licence.id,
            let activations = answer["/activations"]?.arrayValue
        else {
            throw AnswerScreening.Objection(cause: answer.unmappedCause, text: "license-keys")
        }
        return Int64(activations.count)
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
