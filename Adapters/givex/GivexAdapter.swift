import AdapterKit
import CardModel
import WireFormat

/// Asks Givex for a card's balance: `dc_994` over JSON-RPC, whose parameters and results go by
/// their places in a list.
struct GivexAdapter: IssuerAdapter {
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
        let response = try await conversation.exchange(request, label: Self.method, retrySafe: true)
        var result = GivexReading(
            inquiry: inquiry,
            currency: setup.settings["currency"] ?? "",
            conversation: conversation
        ).result(of: response)
        result.transcripts = conversation.transcripts
        return result
    }

    private static let method = "dc_994"

    /// The transaction code of a question; its answer repeats it.
    static func transactionCode(_ inquiry: Inquiry) -> String { String(inquiry.nonce) }

    private func request(_ inquiry: Inquiry) throws(AdapterError) -> OutboundRequest {
        guard let endpoint = setup.settings["endpoint"], let language = setup.settings["language"],
            let user = setup.secrets["user"], let password = setup.secrets["password"]
        else {
            throw AdapterError(
                code: .settings,
                message: "endpoint, language, user and password are needed",
                cause: .ourAccount
            )
        }
        let code = Self.transactionCode(inquiry)
        let (card, pin) = Self.numberAndPIN(inquiry.askedCode)
        let body: JSONValue = [
            "jsonrpc": "2.0", "method": .string(Self.method), "id": .string(code),
            "params": .array(
                [
                    language, code, user.withUnredacted { $0 }, password.withUnredacted { $0 },
                    card, pin,
                ].map(JSONValue.string)
            ),
        ]
        return OutboundRequest(
            method: "POST",
            url: SecretURL(endpoint),
            headers: [
                OutboundHeader(name: "Accept", value: "application/json"),
                OutboundHeader(name: "Content-Type", value: "application/json"),
            ],
            body: body.serialized(),
            timeout: descriptor.limits.timeout,
            responseBytesLimit: descriptor.limits.responseBytes
        )
    }

    /// A card without a PIN is delivered as a bare key: that is its number.
    private static func numberAndPIN(_ code: CardCode) -> (String, String) {
        let key = code.key.withUnredacted { $0 }
        return code.serial.map { ($0.text, key) } ?? (key, "")
    }
}
