import AdapterKit
import CardModel
import WireFormat

/// Reads a licence from the WooCommerce plugin of that name. The key stands in the path.
struct LMFWCAdapter: IssuerAdapter {
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
        let request = try request(inquiry)
        var conversation = IssuerConversation(
            inquiry: inquiry,
            scrubber: setup.scrubber(for: inquiry),
            transport: transport
        )
        return try await conversation.ask(
            request,
            label: "licenses",
            retrySafe: true,
            askedAt: inquiry.askedAt,
            keptBody: {
                PersonalData.removed(from: $0, at: ["/data/userId", "/data/activationData"])
            }
        ) { answer, conversation in
            result(of: answer, inquiry, conversation)
        }
    }

    private func request(_ inquiry: Inquiry) throws(AdapterError) -> OutboundRequest {
        let key = inquiry.askedCode.key.withUnredacted { $0 }
        // The plugin's route takes nothing else, and `..` would ask for another page.
        guard !key.isEmpty, key.utf8.allSatisfy(Self.isKeySymbol) else {
            throw AdapterError(
                code: .inquiry,
                message: "the plugin can be asked only about keys of letters, digits, - and _",
                cause: .notSupportedByIssuer
            )
        }
        let user = setup.settings["consumer_key"] ?? ""
        let authorization = setup.secrets["consumer_secret"]?.withUnredacted {
            BasicCredentials.headerValue(user: user, $0)
        }
        let site = setup.settings["endpoint"] ?? ""
        return OutboundRequest(
            method: "GET",
            url: SecretURL("\(site)/wp-json/lmfwc/v2/licenses/\(key)", secretParts: [key]),
            headers: [
                OutboundHeader(name: "Accept", value: "application/json"),
                OutboundHeader(
                    name: "Authorization",
                    value: authorization ?? "",
                    isSecret: true
                ),
            ],
            limits: descriptor.limits
        )
    }

    private static func isKeySymbol(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private func result(
        of answer: JSONAnswer,
        _ inquiry: Inquiry,
        _ conversation: IssuerConversation
    ) -> InquiryResult {
        let words = conversation.statement(
            code: answer["/code"]?.stringValue ?? answer["/data/status"]?.lexeme,
            text: answer["/message"]?.stringValue
        )
        guard let licence = LMFWCLicence(answer) else {
            let refusal = LMFWCRefusal(answer)
            if let state = refusal?.state { return InquiryResult(state: state, issuer: words) }
            let cause: IndeterminateCause =
                refusal?.isAboutUs == true ? .ourAccount : answer.unmappedCause
            return .indeterminate(cause, issuer: words)
        }
        // An answer about another key says nothing about this one.
        guard inquiry.keyAgrees(with: licence.key) else {
            return .indeterminate(.malformedAnswer, issuer: words)
        }
        let meaning = licence.meaning(
            askedAt: inquiry.askedAt,
            promisedProduct: setup.settings["product_id"]
        )
        guard let meaning else { return .indeterminate(.unmapped, issuer: words) }
        var result = InquiryResult(
            state: meaning.state,
            certainty: meaning.certainty,
            issuer: words
        )
        result.expiresOn = licence.expiresAt.map(inquiry.zone.day)
        return result
    }
}
