import AdapterKit
import CardModel
import WireFormat

/// Spends a voucher for a subscriber: Ericsson UCIP 5.0, `Refill` at an AIR node. XML-RPC over
/// HTTP POST with Basic authentication.
///
/// UCIP has no inquiry and no query of a refill. When no understood answer comes, the voucher
/// server (VSIP) is asked what became of the voucher.
struct UCIPAdapter: RedeemingAdapter {
    let descriptor: AdapterDescriptor
    private let setup: AdapterSetup

    init(descriptor: AdapterDescriptor, setup: AdapterSetup) {
        self.descriptor = descriptor
        self.setup = setup
    }

    func redeem(
        _ order: RedemptionOrder,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> RedemptionAnswer {
        let refill = try UCIPRefill(order, settings: setup.settings)
        let request = try request(refill, order)
        var conversation = IssuerConversation(
            inquiry: order.inquiry,
            scrubber: setup.scrubber(for: order.inquiry).adding(refill.subscriber),
            transport: transport
        )
        let response = try await conversation.exchange(
            request,
            label: UCIPRefill.method,
            retrySafe: false
        )
        var answer = UCIPReading(order: order, conversation: conversation).answer(in: response)
        answer.result.transcripts = conversation.transcripts
        return answer
    }

    private func request(
        _ refill: UCIPRefill,
        _ order: RedemptionOrder
    ) throws(AdapterError) -> OutboundRequest {
        guard let endpoint = setup.settings["endpoint"], let user = setup.settings["username"],
            let agent = setup.settings["user_agent"], let password = setup.secrets["password"]
        else { throw UCIPRefill.lacking("endpoint, username, user_agent and password are needed") }
        guard Self.isAgent(agent) else {
            throw UCIPRefill.lacking("user_agent must be written name/protocol/client")
        }
        let authorization = password.withUnredacted {
            BasicCredentials.headerValue(user: user, $0)
        }
        return OutboundRequest(
            method: "POST",
            url: SecretURL(endpoint),
            headers: [
                OutboundHeader(name: "Content-Type", value: "text/xml"),
                OutboundHeader(name: "User-Agent", value: agent),
                OutboundHeader(name: "Date", value: order.inquiry.askedAt.httpDate),
                OutboundHeader(name: "Authorization", value: authorization, isSecret: true),
            ],
            // The transport writes the exact Content-Length, which the node insists on.
            body: try refill.body(),
            timeout: descriptor.limits.timeout,
            responseBytesLimit: descriptor.limits.responseBytes
        )
    }

    /// The node reads the protocol's version out of the second part.
    private static func isAgent(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 3 && parts.allSatisfy { !$0.isEmpty }
    }
}
