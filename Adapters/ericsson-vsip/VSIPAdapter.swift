import AdapterKit
import CardModel
import WireFormat

/// Asks an Ericsson Voucher Server (VSIP 2.4): XML-RPC over HTTP POST with Basic authentication.
///
/// `GetVoucherDetails` by activation code gives the state; asking by serial would not prove the
/// key. When the voucher is used, `GetVoucherHistory` gives the instant of its use; without it the
/// state stands and the instant stays unknown.
struct VSIPAdapter: IssuerAdapter {
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
        let details = try request(.getVoucherDetails, inquiry)
        var conversation = IssuerConversation(
            inquiry: inquiry,
            scrubber: setup.scrubber(for: inquiry),
            transport: transport
        )
        let response = try await conversation.exchange(
            details,
            label: VSIPMethod.getVoucherDetails.rawValue,
            retrySafe: true,
            keptBody: VSIPPersonalData.removed
        )
        var result = VSIPReading(inquiry: inquiry, conversation: conversation).result(of: response)
        if result.state == .used {
            result.issuer.at = await usedAt(inquiry, &conversation)
        }
        result.transcripts = conversation.transcripts
        return result
    }

    /// When the voucher became used. Nothing here can take the state back: a history that is
    /// refused, broken or late leaves the instant unknown.
    private func usedAt(
        _ inquiry: Inquiry,
        _ conversation: inout IssuerConversation
    ) async -> Instant? {
        guard let request = try? request(.getVoucherHistory, inquiry),
            let response = try? await conversation.exchange(
                request,
                label: VSIPMethod.getVoucherHistory.rawValue,
                retrySafe: true,
                keptBody: VSIPPersonalData.removed
            ),
            let value = VSIPReading.value(in: response, askedAt: inquiry.askedAt)
        else { return nil }
        return VSIPHistory(value, defaultOffset: setup.settings["utc_offset"]).usedAt
    }

    private func request(
        _ method: VSIPMethod,
        _ inquiry: Inquiry
    ) throws(AdapterError) -> OutboundRequest {
        guard let endpoint = setup.settings["endpoint"], let user = setup.settings["username"],
            let password = setup.secrets["password"]
        else {
            throw AdapterError(
                code: .settings,
                message: "endpoint, username and password are needed",
                cause: .ourAccount
            )
        }
        let authorization = password.withUnredacted {
            BasicCredentials.headerValue(user: user, $0)
        }
        return OutboundRequest(
            method: "POST",
            url: SecretURL(endpoint),
            headers: [
                OutboundHeader(name: "Content-Type", value: "text/xml; charset=utf-8"),
                OutboundHeader(name: "Authorization", value: authorization, isSecret: true),
            ],
            body: try body(method, inquiry),
            timeout: descriptor.limits.timeout,
            responseBytesLimit: descriptor.limits.responseBytes
        )
    }

    private func body(
        _ method: VSIPMethod,
        _ inquiry: Inquiry
    ) throws(AdapterError) -> [UInt8] {
        var members = [
            XMLRPCValue.Member(
                "activationCode",
                .string(inquiry.askedCode.key.withUnredacted { $0 })
            )
        ]
        if let network = setup.settings["network_operator_id"] {
            members.append(XMLRPCValue.Member("networkOperatorId", .string(network)))
        }
        do throws(XMLRPCError) {
            return try XMLRPCWriter.call(method.rawValue, [.structure(members)])
        } catch {
            throw AdapterError(
                code: .inquiry,
                message: "the code holds symbols that XML cannot carry",
                cause: .ourRequest
            )
        }
    }
}

/// The two questions we put. The server's other methods reserve, change or load vouchers.
enum VSIPMethod: String {
    case getVoucherDetails = "GetVoucherDetails"
    case getVoucherHistory = "GetVoucherHistory"
}
