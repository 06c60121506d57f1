import CardModel
import WireFormat

/// Asks an issuer as its manifest says.
public struct ManifestAdapter: IssuerAdapter {
    public let descriptor: AdapterDescriptor
    private let exchange: ManifestExchange
    private let setup: AdapterSetup
    /// Where access tokens come from; nil when none is needed.
    private let tokens: Result<AccessTokenSource, AdapterError>?

    /// Nil when the manifest only describes an adapter written in Swift.
    public init?(manifest: AdapterManifest, setup: AdapterSetup) {
        guard let exchange = manifest.exchange else { return nil }
        self.init(descriptor: manifest.descriptor, exchange: exchange, setup: setup)
    }

    init(descriptor: AdapterDescriptor, exchange: ManifestExchange, setup: AdapterSetup) {
        self.descriptor = descriptor
        self.exchange = exchange
        self.setup = setup
        guard case .clientCredentials(let template) = exchange.request.authentication else {
            tokens = nil
            return
        }
        do throws(AdapterError) {
            let values = TextTemplate.Values(inquiry: nil, setup: setup)
            let credentials = try template.credentials(with: values)
            tokens = .success(
                AccessTokenSource(credentials, timeout: descriptor.limits.timeout)
            )
        } catch {
            tokens = .failure(error)
        }
    }

    public func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult {
        let values = TextTemplate.Values(inquiry: inquiry, setup: setup)
        let (request, secrets) = try exchange.request.filled(
            with: values,
            limits: descriptor.limits
        )
        let verifier = try exchange.response.verification?.verifier(for: request, values)
        var conversation = IssuerConversation(
            inquiry: inquiry,
            scrubber: setup.scrubber(for: inquiry),
            transport: transport,
            rateLimitHeaders: descriptor.limits.rateLimitHeaders
        )
        for secret in secrets { conversation.alsoScrub(secret) }
        let response = try await send(request, through: &conversation)
        var result = judge(response, inquiry, verifier, conversation)
        result.allowance = conversation.allowance
        result.transcripts = conversation.transcripts
        return result
    }

    private func send(
        _ request: OutboundRequest,
        through conversation: inout IssuerConversation
    ) async throws(AdapterError) -> OutboundResponse {
        let mapping = exchange.response
        let keptBody = { (response: OutboundResponse) -> [UInt8] in
            switch mapping.format {
            case .json: PersonalData.removed(from: response, at: mapping.withheldPointers)
            case .xml: PersonalXML.removed(from: response, at: mapping.withheldPointers)
            }
        }
        guard let tokens else {
            return try await conversation.exchange(
                request,
                label: Self.label,
                retrySafe: exchange.isRetrySafe,
                keptBody: keptBody
            )
        }
        return try await conversation.exchange(
            request,
            authorizedBy: try tokens.get(),
            label: Self.label,
            retrySafe: exchange.isRetrySafe,
            keptBody: keptBody
        )
    }

    private static let label = "inquire"

    /// Status first, then the media type, the body, its signature, and then the rules.
    private func judge(
        _ response: OutboundResponse,
        _ inquiry: Inquiry,
        _ verifier: AnswerVerifier?,
        _ conversation: IssuerConversation
    ) -> InquiryResult {
        let mapping = exchange.response
        let screening = AnswerScreening(mediaTypes: mapping.mediaTypes)
        if let objection = screening.objection(toStatusOf: response, askedAt: inquiry.askedAt)
            ?? screening.objection(toMediaTypeOf: response)
        {
            return conversation.undecided(objection)
        }
        let limits = JSONLimits(
            depth: JSONLimits.default.depth,
            bytes: descriptor.limits.responseBytes
        )
        guard let tree = mapping.format.tree(response.body, limits: limits) else {
            let name = mapping.format.rawValue.uppercased()
            return conversation.undecided(
                AnswerScreening.unreadable(response, "the body is not valid \(name)")
            )
        }
        let answer = ReadableAnswer(
            response: response,
            format: mapping.format,
            tree: tree,
            settings: setup.settings
        )
        if let verifier, let fault = verifier.fault(in: answer) {
            return conversation.undecided(AnswerScreening.unsigned(response, fault))
        }
        return AnswerReading(
            mapping: mapping,
            inquiry: inquiry,
            answer: answer,
            conversation: conversation
        ).result()
    }
}
