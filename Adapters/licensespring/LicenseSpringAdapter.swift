import AdapterKit
import CardModel
import WireFormat

/// Asks LicenseSpring about a licence key: requests signed by an HMAC over their date, answers by
/// the vendor's RSA key over their body.
struct LicenseSpringAdapter: IssuerAdapter {
    let descriptor: AdapterDescriptor
    private let setup: AdapterSetup

    init(descriptor: AdapterDescriptor, setup: AdapterSetup) {
        self.descriptor = descriptor
        self.setup = setup
    }

    /// The customer, and what he or the merchant wrote about him.
    private static let personalData = [
        "/customer", "/user", "/company", "/custom_fields", "/metadata", "/device_variables",
    ]

    func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult {
        let publicKey = setup.settings["public_key"]
            .flatMap(AnswerSigningKey.init(subjectPublicKeyInfo:))
        guard let publicKey else {
            throw AdapterError(
                code: .settings,
                message: "the setting `public_key` must be an RSA SubjectPublicKeyInfo of 2048 "
                    + "bits or more, in PEM or base64",
                cause: .ourAccount
            )
        }
        var conversation = IssuerConversation(
            inquiry: inquiry,
            scrubber: setup.scrubber(for: inquiry),
            transport: transport
        )
        return try await conversation.ask(
            request(inquiry),
            label: "check_license",
            retrySafe: true,
            askedAt: inquiry.askedAt,
            keptBody: { PersonalData.removed(from: $0, at: Self.personalData) }
        ) { answer, conversation in
            result(of: answer, inquiry, conversation, signedBy: publicKey)
        }
    }

    private func request(_ inquiry: Inquiry) -> OutboundRequest {
        let key = inquiry.askedCode.key.withUnredacted { $0 }
        let query = FormEncoding.text([
            ("product", setup.settings["product"] ?? ""),
            ("hardware_id", setup.settings["hardware_id"] ?? ""),
            ("license_key", key),
        ])
        let address = (setup.settings["endpoint"] ?? "") + "/api/v4/check_license"
        let date = HTTPDate.text(inquiry.askedAt)
        let authorization = setup.secrets["shared_key"]?.withUnredacted {
            LicenseSpringSignature.authorization(
                date: date,
                apiKey: setup.settings["api_key"] ?? "",
                sharedKey: $0
            )
        }
        return OutboundRequest(
            method: "GET",
            url: SecretURL(
                "\(address)?\(query)",
                secretParts: [URLSyntax.percentEncoded(key)]
            ),
            headers: [
                OutboundHeader(name: "Accept", value: "application/json"),
                OutboundHeader(name: "Date", value: date),
                OutboundHeader(
                    name: "Authorization",
                    value: authorization ?? "",
                    isSecret: true
                ),
            ],
            limits: descriptor.limits
        )
    }

    private func result(
        of answer: JSONAnswer,
        _ inquiry: Inquiry,
        _ conversation: IssuerConversation,
        signedBy key: AnswerSigningKey
    ) -> InquiryResult {
        let words = conversation.statement(
            code: answer["/code"]?.stringValue,
            text: answer["/message"]?.stringValue
        )
        let signing = LicenseSpringSignature.check(answer.response, by: key)
        guard signing != .wrong, signing == .good || answer.status != 200 else {
            return .indeterminate(.badSignature, issuer: words)
        }
        guard answer.status == 200 else {
            return refusal(answer, words, isSigned: signing == .good)
        }
        guard let licence = LicenseSpringLicence(answer) else {
            return .indeterminate(.unmapped, issuer: words)
        }
        // An answer about another key says nothing about this one.
        guard inquiry.keyAgrees(with: licence.key) else {
            return .indeterminate(.malformedAnswer, issuer: words)
        }
        var result = InquiryResult(
            state: licence.state(promisedProduct: setup.settings["product"]),
            issuer: words
        )
        result.issuer.code = licence.word
        result.expiresOn = licence.validUntil.map(inquiry.zone.day)
        return result
    }

    /// The vendor's own SDK does not check the signature of an error, which may have none: what
    /// such an answer says is derived.
    private func refusal(
        _ answer: JSONAnswer,
        _ words: IssuerStatement,
        isSigned: Bool
    ) -> InquiryResult {
        guard let meaning = LicenseSpringRefusal.meaning(of: answer) else {
            return .indeterminate(answer.unmappedCause, issuer: words)
        }
        let isPlain = isSigned && answer["/code"]?.stringValue != LicenseSpringRefusal.inactive
        return meaning.result(words, certainty: isPlain ? .authoritative : .derived)
    }
}
