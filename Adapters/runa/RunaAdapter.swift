import AdapterKit
import CardModel
import WireFormat

/// Asks Runa which code stands behind a payout address, and compares it with the delivered one.
///
/// The address is the credential: whoever has it sees the code. It comes with the inquiry, so it
/// is only followed to the host that the operator named, and shows as `…` everywhere.
struct RunaAdapter: IssuerAdapter {
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
        let address = try address(of: inquiry)
        var conversation = IssuerConversation(
            inquiry: inquiry,
            scrubber: setup.scrubber(for: inquiry).adding(address.secret),
            transport: transport
        )
        let response = try await conversation.exchange(
            request(address),
            label: "payout",
            retrySafe: true,
            keptBody: { PersonalData.removed(from: $0, at: Self.codes) }
        )
        var result = RunaReading(
            inquiry: inquiry,
            currency: setup.settings["currency"],
            conversation: conversation
        ).result(of: response)
        result.transcripts = conversation.transcripts
        return result
    }

    /// The code that was issued may be another than the delivered one; it is nobody's to keep.
    private static let codes = [
        "/e_code/code", "/e_code/pin", "/e_code/barcode_string", "/e_code/url",
    ]

    private func address(of inquiry: Inquiry) throws(AdapterError) -> RunaPayoutAddress {
        guard let reference = inquiry.issuerReference else {
            throw AdapterError(
                code: .inquiry,
                message: "this issuer is asked with the payout address, and the delivery has none",
                cause: .ourRequest
            )
        }
        let endpoint = setup.settings["endpoint"] ?? ""
        let address = reference.withUnredacted { RunaPayoutAddress($0, at: endpoint) }
        guard let address else {
            throw AdapterError(
                code: .inquiry,
                message: "the payout address is not one at the setting `endpoint`",
                cause: .ourRequest
            )
        }
        return address
    }

    private func request(_ address: RunaPayoutAddress) -> OutboundRequest {
        let key = setup.secrets["api_key"].map { secret in
            secret.withUnredacted { OutboundHeader(name: "X-Api-Key", value: $0, isSecret: true) }
        }
        return OutboundRequest(
            method: "GET",
            url: address.url,
            headers: [OutboundHeader(name: "Accept", value: "application/json")]
                + [key].compactMap { $0 },
            timeout: descriptor.limits.timeout,
            responseBytesLimit: descriptor.limits.responseBytes
        )
    }
}

/// A payout address that leads where it may: `https://spend.runa.io/-/…`.
struct RunaPayoutAddress {
    let url: SecretURL
    /// What makes the address a credential.
    let secret: SecretValue

    /// Longest address, in bytes.
    private static let longestBytes = 512

    /// - Parameters:
    ///   - text: the address, or what follows the host in it.
    ///   - endpoint: the one place that is asked; nil comes of an address anywhere else.
    init?(_ text: String, at endpoint: String) {
        guard text.utf8.count <= Self.longestBytes,
            let path = Self.path(of: text, at: endpoint)
        else { return nil }
        url = SecretURL("\(endpoint)/\(path)?format=json", secretParts: [path])
        secret = SecretValue(path)
    }

    /// What stands behind `endpoint/`; nil when the address is elsewhere, or holds anything that
    /// a plain path does not.
    private static func path(of text: String, at endpoint: String) -> String? {
        let prefix = text.first == "/" ? "/" : endpoint + "/"
        guard text.lowercased().hasPrefix(prefix.lowercased()) else { return nil }
        let path = text.dropFirst(prefix.count)
        let isPlain = path.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."), UInt8(ascii: "~"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
        let leadsOn = path.first != "/" && !URLSyntax.hasDotSegment(String(path))
        return isPlain && leadsOn && path.utf8.count >= shortestPath ? String(path) : nil
    }

    /// Shorter paths are no credential.
    private static let shortestPath = 8
}
