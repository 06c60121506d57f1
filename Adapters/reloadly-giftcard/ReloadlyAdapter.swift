import AdapterKit
import CardModel
import WireFormat

/// Asks Reloadly which codes it issued for an order, and compares them with the delivered one.
///
/// The order's status comes first: only a successful order has codes. What becomes of a code after
/// that Reloadly does not know.
struct ReloadlyAdapter: IssuerAdapter {
    let descriptor: AdapterDescriptor
    private let setup: AdapterSetup
    private let tokens: AccessTokenSource

    init(descriptor: AdapterDescriptor, setup: AdapterSetup) {
        self.descriptor = descriptor
        self.setup = setup
        tokens = AccessTokenSource(
            ClientCredentials(
                tokenURL: setup.settings["token_url"] ?? "",
                clientID: setup.settings["client_id"] ?? "",
                clientSecret: setup.secrets["client_secret"] ?? SecretValue(""),
                audience: setup.settings["audience"],
                style: .json
            ),
            timeout: descriptor.limits.timeout
        )
    }

    func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult {
        let order = try order(of: inquiry)
        var conversation = IssuerConversation(
            inquiry: inquiry,
            scrubber: setup.scrubber(for: inquiry),
            transport: transport
        )
        let status = try await exchange("/reports/transactions/", order, "", &conversation)
        var result = reading(inquiry, conversation).status(in: status)
        if result.state == .unsupported {
            let cards = try await exchange("/orders/transactions/", order, "/cards", &conversation)
            result = reading(inquiry, conversation).comparison(with: cards)
        }
        result.transcripts = conversation.transcripts
        return result
    }

    private func reading(
        _ inquiry: Inquiry,
        _ conversation: IssuerConversation
    ) -> ReloadlyReading {
        ReloadlyReading(inquiry: inquiry, conversation: conversation)
    }

    /// Longest transaction id, in digits: they are 64-bit numbers.
    private static let longestID = 19

    /// The transaction's number. Whoever has it, and our account, sees the codes.
    private func order(of inquiry: Inquiry) throws(AdapterError) -> String {
        let text = inquiry.issuerReference?.withUnredacted { $0 } ?? ""
        guard (1...Self.longestID).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else {
            throw AdapterError(
                code: .inquiry,
                message: "this issuer is asked with the order's transaction id, a number, and the "
                    + "delivery has none",
                cause: .ourRequest
            )
        }
        return text
    }

    /// The order's other codes belong to other buyers, and its e-mail address to a person.
    private static let unkept = [
        "/*/cardNumber", "/*/pinCode", "/*/redemptionUrl", "/recipientEmail", "/recipientPhone",
        "/customIdentifier",
    ]

    private func exchange(
        _ before: String,
        _ order: String,
        _ after: String,
        _ conversation: inout IssuerConversation
    ) async throws(AdapterError) -> OutboundResponse {
        guard let endpoint = setup.settings["endpoint"] else {
            throw AdapterError(
                code: .settings,
                message: "endpoint is needed",
                cause: .ourAccount
            )
        }
        let request = OutboundRequest(
            method: "GET",
            url: SecretURL(endpoint + before + order + after, secretParts: [order]),
            headers: [OutboundHeader(name: "Accept", value: Self.mediaType)],
            timeout: descriptor.limits.timeout,
            responseBytesLimit: descriptor.limits.responseBytes
        )
        return try await conversation.exchange(
            request,
            authorizedBy: tokens,
            label: after.isEmpty ? "transaction" : "cards",
            retrySafe: true,
            keptBody: { PersonalData.removed(from: $0, at: Self.unkept) }
        )
    }

    private static let mediaType = "application/com.reloadly.giftcards-v1+json"
}
