import CardModel
import WireFormat

/// Asks an issuer as its manifest says.
public struct ManifestAdapter: IssuerAdapter {
    public let descriptor: AdapterDescriptor
    private let exchange: ManifestExchange
    private let setup: AdapterSetup

    /// Nil when the manifest only describes an adapter written in Swift.
    public init?(manifest: AdapterManifest, setup: AdapterSetup) {
        guard let exchange = manifest.exchange else { return nil }
        descriptor = manifest.descriptor
        self.exchange = exchange
        self.setup = setup
    }

    init(descriptor: AdapterDescriptor, exchange: ManifestExchange, setup: AdapterSetup) {
        self.descriptor = descriptor
        self.exchange = exchange
        self.setup = setup
    }

    public func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult {
        let values = TextTemplate.Values(
            inquiry: inquiry,
            settings: setup.settings,
            secrets: setup.secrets
        )
        let request = try exchange.request.filled(with: values, limits: descriptor.limits)
        var conversation = IssuerConversation(
            inquiry: inquiry,
            scrubber: setup.scrubber(for: inquiry),
            transport: transport
        )
        let pointers = exchange.response.scrubbedPointers
        let response = try await conversation.exchange(
            request,
            label: "inquire",
            retrySafe: exchange.isRetrySafe
        ) { PersonalData.removed(from: $0, at: pointers) }
        var result = judge(response, inquiry, conversation)
        result.transcripts = conversation.transcripts
        return result
    }

    /// Status first, then the media type, then the body, then the rules.
    private func judge(
        _ response: OutboundResponse,
        _ inquiry: Inquiry,
        _ conversation: IssuerConversation
    ) -> InquiryResult {
        let screening = AnswerScreening(mediaTypes: exchange.response.mediaTypes)
        if let objection = screening.objection(toStatusOf: response, askedAt: inquiry.askedAt)
            ?? screening.objection(toMediaTypeOf: response)
        {
            return conversation.undecided(objection)
        }
        let limits = JSONLimits(
            depth: JSONLimits.default.depth,
            bytes: descriptor.limits.responseBytes
        )
        guard let json = try? JSONValue.parse(response.body, limits: limits) else {
            return conversation.undecided(
                AnswerScreening.unreadable(response, "the body is not valid JSON")
            )
        }
        return AnswerReading(
            mapping: exchange.response,
            inquiry: inquiry,
            answer: ReadableAnswer(response: response, json: json),
            conversation: conversation
        ).result()
    }
}
