import AdapterKit
import CardModel
import WireFormat

/// Asks Square's Gift Cards API for the card of a gift card account number (GAN).
///
/// `RetrieveGiftCardFromGAN` gives state and balance. Where money is gone, or the card was
/// blocked, `ListGiftCardActivities` tells when; without it the state stands and the instant stays
/// unknown.
struct SquareAdapter: IssuerAdapter {
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
        let lookup = try lookup(inquiry)
        var conversation = IssuerConversation(
            inquiry: inquiry,
            scrubber: setup.scrubber(for: inquiry),
            transport: transport
        )
        let response = try await conversation.exchange(
            lookup,
            label: "RetrieveGiftCardFromGAN",
            retrySafe: true,
            keptBody: { PersonalData.removed(from: $0, at: Self.ownersOfTheCard) }
        )
        let reading = SquareReading(inquiry: inquiry, conversation: conversation)
        var (result, card) = reading.result(of: response)
        if let card, reading.needsHistory(result),
            let history = await history(of: card, inquiry, &conversation)
        {
            history.add(to: &result, promised: inquiry.faceValue, in: conversation)
        }
        result.transcripts = conversation.transcripts
        return result
    }

    /// Who holds a card is a person's affair.
    private static let ownersOfTheCard = ["/gift_card/customer_ids"]

    /// Nothing here can take the state back.
    private func history(
        of card: String,
        _ inquiry: Inquiry,
        _ conversation: inout IssuerConversation
    ) async -> SquareHistory? {
        guard let request = try? activities(of: card),
            let response = try? await conversation.exchange(
                request,
                label: "ListGiftCardActivities",
                retrySafe: true
            ),
            let answer = try? JSONAnswer(response, askedAt: inquiry.askedAt), answer.status == 200
        else { return nil }
        return SquareHistory(answer.json, of: card)
    }

    private func lookup(_ inquiry: Inquiry) throws(AdapterError) -> OutboundRequest {
        let body: JSONValue = ["gan": .string(inquiry.askedCode.key.withUnredacted { $0 })]
        return try request(
            "POST",
            "/v2/gift-cards/from-gan",
            body: body.serialized(),
            headers: [OutboundHeader(name: "Content-Type", value: "application/json")]
        )
    }

    /// Oldest first: the first use is what matters.
    private func activities(of card: String) throws(AdapterError) -> OutboundRequest {
        try request(
            "GET",
            "/v2/gift-cards/activities?gift_card_id=\(URLSyntax.percentEncoded(card))"
                + "&sort_order=ASC&limit=\(SquareHistory.longestPage)"
        )
    }

    private func request(
        _ method: String,
        _ target: String,
        body: [UInt8] = [],
        headers: [OutboundHeader] = []
    ) throws(AdapterError) -> OutboundRequest {
        guard let endpoint = setup.settings["endpoint"],
            let version = setup.settings["square_version"],
            let token = setup.secrets["access_token"]
        else {
            throw AdapterError(
                code: .settings,
                message: "endpoint, square_version and access_token are needed",
                cause: .ourAccount
            )
        }
        let authorization = token.withUnredacted { "Bearer \($0)" }
        return OutboundRequest(
            method: method,
            url: SecretURL(endpoint + target),
            headers: headers + [
                OutboundHeader(name: "Accept", value: "application/json"),
                OutboundHeader(name: "Square-Version", value: version),
                OutboundHeader(name: "Authorization", value: authorization, isSecret: true),
            ],
            body: body,
            timeout: descriptor.limits.timeout,
            responseBytesLimit: descriptor.limits.responseBytes
        )
    }
}
